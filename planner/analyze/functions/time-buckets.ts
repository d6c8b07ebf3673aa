import { BIGINT, type DataType, isInterval, quotedTypeName, TIMESTAMP, TIMESTAMP_NTZ } from '../../../columnar/types.js'
import { MillraceError } from '../../../common/errors/millrace-error.js'
import { quotedName } from '../../../common/errors/quoting.js'
import { zoneKind } from '../../../common/time/time-zone.js'
import { call, literal } from '../../plan/expression/build.js'
import type { Expression, Literal } from '../../plan/expression/expression.js'
import { literalText } from '../../plan/expression/literal-text.js'
import type { RoutineError } from '../../plan/expression/routine.js'
import { constantOf } from '../constants/constants.js'
import type { CallText } from '../printing.js'
import { analysisSession, localTime, zonedCast } from '../session.js'
import { castTo, unexpectedType } from '../types/coercion.js'
import {
  between,
  type CallSite,
  type FunctionDefinition,
  type FunctionTable,
  helped,
  kernelCall,
} from './definition.js'
import { ANY_TIMESTAMP } from './interval-arithmetic.js'

const MICROS_PER_DAY = 86_400_000_000n
const SIZES = '("INTERVAL DAY TO SECOND" or "INTERVAL YEAR TO MONTH")'
const OVERFLOW: RoutineError = {
  condition: 'ARITHMETIC_OVERFLOW',
  parameters: { message: 'overflow', alternative: '', config: '"spark.sql.ansi.enabled"' },
}

const isTimestamp = ({ kind }: DataType): boolean => kind === 'timestamp' || kind === 'timestamp_ntz'

/** The beginning of the bucket that a time is in: those of one size, one of which begins at an origin. */
const timeBucket: FunctionDefinition = between(2, 3, ([size, time, from], site) => {
  if (!isInterval(size!.type) && size!.type.kind !== 'void') throw unexpectedType(size!, SIZES, 0, site)
  if (!isTimestamp(time!.type) && time!.type.kind !== 'void') throw unexpectedType(time!, ANY_TIMESTAMP, 1, site)
  const type = typeOf(time!, from, site)
  const bucket = constant(size!, 'bucketSize', site)
  const origin = from ? constant(from, 'origin', site) : undefined
  if (bucket.value === null || origin?.value === null || time!.type.kind === 'void')
    return literal(type, null, site.origin)
  if (BigInt(bucket.value as number | bigint) <= 0n) throw notPositive(bucket, site)
  return bucketOf(time!, origin, bucket, site)
})

/** That of the time, or if it is NULL of the origin. */
function typeOf({ type }: Expression, origin: Expression | undefined, site: CallSite): DataType {
  if (origin && !isTimestamp(origin.type) && origin.type.kind !== 'void')
    throw unexpectedType(origin, ANY_TIMESTAMP, 2, site)
  if (type.kind === 'void') return origin && isTimestamp(origin.type) ? origin.type : TIMESTAMP
  if (origin && isTimestamp(origin.type) && origin.type.kind !== type.kind)
    throw unexpectedType(origin, quotedTypeName(type), 2, site)
  return type
}

/** @throws DATATYPE_MISMATCH.NON_FOLDABLE_INPUT */
function constant(e: Expression, name: string, site: CallSite): Literal {
  const known = constantOf(e)
  if (known) return known
  const inputExpr = site.argumentSql?.(name === 'origin' ? 2 : 0) ?? site.sql
  const parameters = { sqlExpr: site.sql, inputName: quotedName(name), inputType: quotedTypeName(e.type), inputExpr }
  throw new MillraceError('DATATYPE_MISMATCH.NON_FOLDABLE_INPUT', parameters, { origin: site.origin })
}

const notPositive = ({ type, value }: Literal, { sql, origin }: CallSite): MillraceError =>
  new MillraceError(
    'DATATYPE_MISMATCH.VALUE_OUT_OF_RANGE',
    { sqlExpr: sql, exprName: '`bucketSize`', valueRange: '(0, inf)', currentValue: literalText(type, value) },
    { origin },
  )

/** By the session's clocks: of sizes below a day by the time that passes, which their changes do not interrupt. */
function bucketOf(time: Expression, origin: Literal | undefined, size: Literal, site: CallSite): Expression {
  const firstLocal = origin ? localTime(origin) : literal(TIMESTAMP_NTZ, 0n)
  const instant = (local: Expression): Expression =>
    time.type.kind === 'timestamp' ? zonedCast(local, TIMESTAMP, 'ansi', site.origin) : local
  if (size.type.kind === 'interval_ym') {
    const operands = [localTime(time), firstLocal, literal(BIGINT, BigInt(size.value as number))]
    return instant(kernelCall('monthBucket', TIMESTAMP_NTZ, operands, site, { errors: [OVERFLOW] }))
  }
  const micros = size.value as bigint
  if (micros < MICROS_PER_DAY) return start(time, origin ?? instant(firstLocal), micros, site)
  const isUneven = time.type.kind === 'timestamp' && zoneKind(analysisSession().timeZone) === 'region'
  if (isUneven && micros % MICROS_PER_DAY !== 0n) {
    const feature = `${site.name} of days and parts of days in a time zone whose clocks change`
    throw new MillraceError('UNSUPPORTED_FEATURE', { feature }, { origin: site.origin })
  }
  return instant(start(localTime(time), firstLocal, micros, site))
}

/** The last of the times before one that lie whole sizes from an origin. */
function start(time: Expression, origin: Expression, size: bigint, site: CallSite): Expression {
  const micros = (e: Expression): Expression => call('unix_micros', BIGINT, [castTo(e, time.type)])
  const since = call('subtract', BIGINT, [micros(time), micros(origin)], { origin: site.origin })
  const within = kernelCall('microsWithin', BIGINT, [since, literal(BIGINT, size)], site)
  const first = call('subtract', BIGINT, [micros(time), within], { origin: site.origin })
  return call('timestamp_micros', time.type, [first], { origin: site.origin })
}

/** What buckets begin at is printed where it is not said, too. */
const bucketText: CallText = (args, text, context) => {
  if (args.length !== 2) return undefined
  const type = context.typeOf?.(args[1]!)?.kind === 'timestamp_ntz' ? TIMESTAMP_NTZ : TIMESTAMP
  return `time_bucket(${[...args.map(text), literalText(type, 0n)].join(', ')})`
}

export const TIME_BUCKETS: FunctionTable = {
  time_bucket: helped(
    '(size, timestamp[, origin])',
    'The beginning of the bucket that a timestamp is in: buckets of a constant interval, one of which begins at the origin, which is 1970-01-01 00:00:00 otherwise.',
    [
      ["time_bucket(INTERVAL '15' MINUTE, timestamp'2024-01-01 11:27:00')", '2024-01-01 11:15:00'],
      [
        "time_bucket(INTERVAL '1' MONTH, timestamp'2024-07-20 14:30:00', timestamp'2024-06-15 09:00:00')",
        '2024-07-15 09:00:00',
      ],
    ],
    timeBucket,
    { printed: { call: bucketText } },
  ),
}
