import { STRING, TIMESTAMP } from '../../../columnar/types.js'
import { zoneKind } from '../../../common/time/time-zone.js'
import { call, literal } from '../../plan/expression/build.js'
import type { Expression } from '../../plan/expression/expression.js'
import type { RoutineError } from '../../plan/expression/routine.js'
import { analysisSession, localTime, zonedCast } from '../session.js'
import { type CallSite, kernelCall } from './definition.js'

/* Days and months are those of the session's clocks: where these are put forward or back, a day has fewer or more hours. */

/** Whether the session's clocks are ever put forward or back, for a value that is told by them. */
const isUneven = ({ type }: Expression): boolean =>
  type.kind === 'timestamp' && zoneKind(analysisSession().timeZone) === 'region'

const OVERFLOW: RoutineError = {
  condition: 'DATETIME_OVERFLOW',
  parameters: { operation: 'add an interval to a timestamp' },
}

/** A timestamp so many days, hours and so on later. */
export function movedByTime(base: Expression, interval: Expression, site: CallSite): Expression {
  if (!isUneven(base)) return call('timestamp_add', base.type, [base, interval], { origin: site.origin })
  const zone = literal(STRING, analysisSession().timeZone)
  return kernelCall('zoneMoved', TIMESTAMP, [base, interval, zone], site, { errors: [OVERFLOW] })
}

/** A timestamp so many months later. */
export function movedByMonths(base: Expression, months: Expression, site: CallSite): Expression {
  const { origin } = site
  const local = localTime(base)
  const moved = call('timestamp_add_months', local.type, [local, months], { origin })
  if (base.type.kind === 'timestamp_ntz') return moved
  return isUneven(base) ? nearInstant(moved, base, site) : zonedCast(moved, TIMESTAMP, 'ansi', origin)
}

/** When the session's clocks show a time; of two instants the one with the offset that holds at a third. */
export function nearInstant(local: Expression, near: Expression, site: CallSite): Expression {
  const zone = literal(STRING, analysisSession().timeZone)
  return kernelCall('zoneInstantNear', TIMESTAMP, [local, near, zone], site)
}
