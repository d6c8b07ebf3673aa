import type { OfKind, PlainType, TypeKind } from '../../../../columnar/types.js'
import type { CastTarget } from '../../../../planner/plan/expression/cast-targets.js'
import type { Value } from '../value.js'
import type { CastSite } from './cast-site.js'
import {
  stringToBigint,
  stringToBoolean,
  stringToDate,
  stringToDecimal,
  stringToDouble,
  stringToFloat,
  stringToInteger,
  stringToNtz,
  stringToTimestamp,
} from './from-string.js'
import { ntzToTime, stringToTime, timestampToTime, timeToDecimal, timeToInteger, timeToTime } from './of-day.js'
import { decimalToDecimal, floatToDecimal, integerToDecimal, timestampToDecimal } from './to-decimal.js'
import {
  dateToNothing,
  decimalToFloat,
  decimalToInteger,
  floatToFloat,
  floatToInteger,
  integerToBinary,
  integerToFloat,
  integerToInteger,
  numberToBoolean,
  timestampToFloat,
  timestampToInteger,
} from './to-number.js'
import { castBytes } from './to-string.js'
import {
  bigintToTimestamp,
  booleanToTimestamp,
  dateToNtz,
  dateToTimestamp,
  decimalToTimestamp,
  floatToTimestamp,
  integerToTimestamp,
  ntzToDate,
  ntzToTimestamp,
  timestampToDate,
  timestampToNtz,
} from './to-time.js'

/** As a method, so that one of a kind is one of any kind to who looks it up. */
type CastCode<F extends TypeKind = TypeKind, T extends TypeKind = TypeKind> = {
  compile(site: CastSite<OfKind<F>, OfKind<T>>, value: Value): Value
}['compile']

const FROM_INTEGER = {
  tinyint: integerToInteger,
  smallint: integerToInteger,
  int: integerToInteger,
  bigint: integerToInteger,
  float: integerToFloat,
  double: integerToFloat,
  decimal: integerToDecimal,
}
/** Of whole numbers that are no booleans. */
const FROM_WHOLE = { ...FROM_INTEGER, boolean: numberToBoolean, binary: integerToBinary }
const FROM_FLOAT = {
  tinyint: floatToInteger,
  smallint: floatToInteger,
  int: floatToInteger,
  bigint: floatToInteger,
  float: floatToFloat,
  double: floatToFloat,
  decimal: floatToDecimal,
  boolean: numberToBoolean,
  timestamp: floatToTimestamp,
}

/** The casts of each kind but those to texts, which `to-string.ts` makes. A pair that the analysis allows and that is not here does not compile. */
const CASTS: {
  readonly [F in PlainType['kind']]: { readonly [T in Exclude<CastTarget<F>, 'string'>]: CastCode<F, T> }
} = {
  void: {},
  boolean: { ...FROM_INTEGER, timestamp: booleanToTimestamp },
  tinyint: { ...FROM_WHOLE, timestamp: integerToTimestamp },
  smallint: { ...FROM_WHOLE, timestamp: integerToTimestamp },
  int: { ...FROM_WHOLE, timestamp: integerToTimestamp },
  bigint: { ...FROM_WHOLE, timestamp: bigintToTimestamp },
  float: FROM_FLOAT,
  double: FROM_FLOAT,
  decimal: {
    tinyint: decimalToInteger,
    smallint: decimalToInteger,
    int: decimalToInteger,
    bigint: decimalToInteger,
    float: decimalToFloat,
    double: decimalToFloat,
    decimal: decimalToDecimal,
    boolean: numberToBoolean,
    timestamp: decimalToTimestamp,
  },
  string: {
    boolean: stringToBoolean,
    tinyint: stringToInteger,
    smallint: stringToInteger,
    int: stringToInteger,
    bigint: stringToBigint,
    float: stringToFloat,
    double: stringToDouble,
    decimal: stringToDecimal,
    binary: castBytes,
    date: stringToDate,
    time: stringToTime,
    timestamp: stringToTimestamp,
    timestamp_ntz: stringToNtz,
  },
  binary: {},
  date: {
    timestamp: dateToTimestamp,
    timestamp_ntz: dateToNtz,
    boolean: dateToNothing,
    tinyint: dateToNothing,
    smallint: dateToNothing,
    int: dateToNothing,
    bigint: dateToNothing,
    float: dateToNothing,
    double: dateToNothing,
    decimal: dateToNothing,
  },
  time: {
    time: timeToTime,
    tinyint: timeToInteger,
    smallint: timeToInteger,
    int: timeToInteger,
    bigint: timeToInteger,
    decimal: timeToDecimal,
  },
  timestamp: {
    date: timestampToDate,
    time: timestampToTime,
    timestamp_ntz: timestampToNtz,
    tinyint: timestampToInteger,
    smallint: timestampToInteger,
    int: timestampToInteger,
    bigint: timestampToInteger,
    float: timestampToFloat,
    double: timestampToFloat,
    decimal: timestampToDecimal,
    boolean: numberToBoolean,
  },
  timestamp_ntz: { date: ntzToDate, time: ntzToTime, timestamp: ntzToTimestamp },
  interval_ym: {},
  interval_dt: {},
  interval: {},
  // Kernels cast them (`variant.ts`).
  variant: {},
}

/** How a plain value becomes one of another kind; undefined where it does not. */
export function castCode(from: PlainType, to: TypeKind): CastCode | undefined {
  const casts: Readonly<Partial<Record<TypeKind, CastCode>>> = CASTS[from.kind]
  return casts[to]
}
