import { zoneKind } from '../../../../common/time/time-zone.js'
import type { Operand } from '../../wasm/types.js'
import type { CastSite } from './cast-site.js'

/** What the clocks of the cast's zone show at an instant. */
export const localTime = (site: CastSite, instant: Operand): Operand => shifted(site, instant, 1n, 'zoneLocal')

/** When they show a time. */
export const instantOf = (site: CastSite, local: Operand): Operand => shifted(site, local, -1n, 'zoneInstant')

/** In UTC nothing is done, and at a fixed offset one addition. */
function shifted(site: CastSite, time: Operand, sign: bigint, kernel: 'zoneLocal' | 'zoneInstant'): Operand {
  const { timeZone } = site.cast
  if (timeZone === undefined) return time
  const { f } = site.scope
  const kind = zoneKind(timeZone)
  f.get(time)
  if (typeof kind === 'number') f.i64(sign * BigInt(kind) * 1_000_000n).op('i64.add')
  else {
    pushZone(site)
    f.call(site.scope.kernel(kernel))
  }
  return f.setNew('i64')
}

/** Pushes the address and length of the name of the cast's zone, which UTC has none of. */
export function pushZone({ cast: { timeZone }, scope }: CastSite): void {
  if (timeZone === undefined) {
    scope.f.i32(0).i32(0)
    return
  }
  const name = Buffer.from(timeZone)
  scope.pushAddress(scope.context.constants.add(name))
  scope.f.i32(name.length)
}
