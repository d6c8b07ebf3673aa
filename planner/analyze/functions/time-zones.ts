import { STRING, TIMESTAMP, TIMESTAMP_NTZ } from '../../../columnar/types.js'
import { literal } from '../../plan/expression/build.js'
import type { Expression } from '../../plan/expression/expression.js'
import { DETAIL_TEXT, type RoutineError } from '../../plan/expression/routine.js'
import type { CallText } from '../printing.js'
import { analysisSession } from '../session.js'
import { expectType } from '../types/coercion.js'
import {
  between,
  type CallSite,
  collated,
  exactly,
  type FunctionDefinition,
  type FunctionTable,
  helped,
  kernelCall,
} from './definition.js'

const NO_ZONE: RoutineError = { condition: 'INVALID_TIMEZONE', parameters: { timeZone: DETAIL_TEXT } }

/** The instant at which the clocks of a zone show a time. */
export const instantIn = (local: Expression, zone: Expression, site: CallSite): Expression =>
  kernelCall('checkedZoneInstant', TIMESTAMP, [local, zone], site, { errors: [NO_ZONE] })

/** What the clocks of a zone show when those of UTC show a time, or the other way round. */
const moved = (kernel: 'checkedZoneLocal' | 'checkedZoneInstant'): FunctionDefinition =>
  exactly(2, ([time, zone], site) => {
    const operands = [expectType(time!, TIMESTAMP, 0, site), expectType(zone!, STRING, 1, site)]
    return kernelCall(kernel, TIMESTAMP, operands, site, { errors: [NO_ZONE] })
  })

const convert: FunctionDefinition = between(2, 3, (args, site) => {
  const [from, to] = args.length === 3 ? args : [literal(STRING, analysisSession().timeZone), args[0]]
  const at = args.length - 1
  const zones = [from!, to!].map((zone, i) => expectType(zone, STRING, args.length === 3 ? i : 0, site))
  const instant = instantIn(expectType(args[at]!, TIMESTAMP_NTZ, at, site), zones[0]!, site)
  return kernelCall('checkedZoneLocal', TIMESTAMP_NTZ, [instant, zones[1]!], site, { errors: [NO_ZONE] })
})

const convertedText: CallText = (args, text) =>
  args.length === 2 ? `convert_timezone(${['current_timezone()', ...args.map(text)].join(', ')})` : undefined

export const TIME_ZONES: FunctionTable = collated('plain', {
  from_utc_timestamp: helped(
    '(timestamp, timeZone)',
    'What the clocks of a time zone show when those of UTC show a time.',
    [["from_utc_timestamp('2016-08-31', 'Asia/Seoul')", '2016-08-31 09:00:00']],
    moved('checkedZoneLocal'),
  ),
  to_utc_timestamp: helped(
    '(timestamp, timeZone)',
    'What the clocks of UTC show when those of a time zone show a time.',
    [["to_utc_timestamp('2016-08-31', 'Asia/Seoul')", '2016-08-30 15:00:00']],
    moved('checkedZoneInstant'),
  ),
  convert_timezone: helped(
    '([sourceZone, ]targetZone, timestamp)',
    "What the clocks of one time zone show when those of another, or else the session's, show a time.",
    [
      [
        "convert_timezone('Europe/Brussels', 'America/Los_Angeles', timestamp_ntz'2021-12-06 00:00:00')",
        '2021-12-05 15:00:00',
      ],
    ],
    convert,
    { printed: { call: convertedText } },
  ),
  current_timezone: helped(
    '()',
    "The session's time zone.",
    [['current_timezone()', 'UTC']],
    exactly(0, (_, site) => literal(STRING, analysisSession().timeZone, site.origin)),
  ),
})
