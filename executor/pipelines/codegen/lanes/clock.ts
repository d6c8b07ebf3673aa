import type { LeafAddress } from '../../../compiler/batch-access.js'
import type { FunctionBuilder } from '../../../compiler/wasm/function-builder.js'
import type { Local } from '../../../compiler/wasm/types.js'
import { hardWhere, type LaneSite, type Lanes, splat, validLanes } from './lanes.js'
import { pushDividedBy } from './quotient.js'

/** So many days before 1970 times count from here; from 2^60 micros on they are left to other code. */
const DAYS_BEFORE = 6_500_000n
const MICROS_PER_DAY = 86_400_000_000n
const MOST_BITS = 60
/** An hour has 2^10 times so many micros. */
const [HOUR_BITS, HOUR_PARTS] = [10, 3_515_625]
/** Whole numbers below this are the lower bits of doubles from this on. */
const TWO_TO_52 = 2 ** 52
const LOW_HALVES = [0, 1, 2, 3, 8, 9, 10, 11, 16, 17, 18, 19, 24, 25, 26, 27]

const splatLong = (f: FunctionBuilder, value: bigint): Local => f.atEntry('v128', () => f.i64(value).op('i64x2.splat'))
const splatDouble = (f: FunctionBuilder, value: number): Local =>
  f.atEntry('v128', () => f.f64(value).op('f64x2.splat'))

/**
 * The hour of times of a column, which count micros: whole hours are found as doubles. These have the bits for it, as with a half added no number of parts is nearer than
 * 2^-23 hours to a whole one.
 */
export function hourLanes(site: LaneSite, column: LeafAddress): Lanes {
  const { f } = site
  const valid = validLanes(site, column)
  const times = [0, 16].map((offset) => {
    f.get(column.data).get(site.row).i32(3).op('i32.shl').op('i32.add').load('v128.load', offset)
    return f
      .get(splatLong(f, DAYS_BEFORE * MICROS_PER_DAY))
      .op('i64x2.add')
      .setNew('v128')
  })
  const beyond = times.map((time) => f.get(time).i32(MOST_BITS).op('i64x2.shr_u').setNew('v128'))
  f.get(beyond[0]!).get(beyond[1]!).shuffle(LOW_HALVES).get(splat(f, 0)).op('i32x4.ne')
  hardWhere(site, valid)
  const base = splatDouble(f, TWO_TO_52)
  const hours = times.map((time) => {
    f.get(time).i32(HOUR_BITS).op('i64x2.shr_u').get(base).op('v128.or')
    f.get(splatDouble(f, TWO_TO_52 - 0.5)).op('f64x2.sub')
    f.get(splatDouble(f, 1 / HOUR_PARTS))
      .op('f64x2.mul')
      .op('f64x2.floor')
    return f.get(base).op('f64x2.add').setNew('v128')
  })
  const all = f.get(hours[0]!).get(hours[1]!).shuffle(LOW_HALVES).setNew('v128')
  pushDividedBy(f, all, 24n)
  const days = f.setNew('v128')
  f.get(all).get(days).get(splat(f, 24)).op('i32x4.mul').op('i32x4.sub')
  return { values: f.setNew('v128'), valid, isSmall: true }
}
