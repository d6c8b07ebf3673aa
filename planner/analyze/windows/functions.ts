import { type DataType, DOUBLE, INT, isNested, quotedTypeName, sameType, VOID } from '../../../columnar/types.js'
import { MillraceError } from '../../../common/errors/millrace-error.js'
import { literal } from '../../plan/expression/build.js'
import type { Expression, WindowCall } from '../../plan/expression/expression.js'
import type { UnresolvedCall } from '../../plan/unresolved/expression.js'
import { constantOf } from '../constants/constants.js'
import type { CallSite, FunctionHelp } from '../functions/definition.js'
import { helped } from '../functions/definition.js'
import { castTo, unexpectedType } from '../types/coercion.js'
import { canCoerce, isNumeric } from '../types/common-types.js'
import { isAssignableWithin } from '../types/store-assignment.js'

/** What of a function over a window does not depend on the window. */
export type WindowShape = Pick<
  WindowCall,
  'fn' | 'fold' | 'finish' | 'args' | 'type' | 'nullable' | 'ignoresNulls' | 'n'
> & {
  /** How far behind the current row lies the one row that the function looks at. */
  readonly offset?: number
}

interface WindowDefinition {
  readonly help?: FunctionHelp
  readonly minArgs: number
  readonly maxArgs: number
  /** Whether IGNORE NULLS may stand behind it. */
  readonly choosesNulls: boolean
  build(args: readonly Expression[], call: UnresolvedCall, site: CallSite): WindowShape
}

const ANY_NUMBER = Number.POSITIVE_INFINITY

function ranking(fn: WindowCall['fn'], type: DataType, maxArgs: number): WindowDefinition {
  const shape: WindowShape = Object.freeze({ fn, args: [], type, nullable: false, ignoresNulls: false })
  return { minArgs: 0, maxArgs, choosesNulls: false, build: () => shape }
}

const ntile: WindowDefinition = {
  ...ranking('ntile', INT, 1),
  build: ([buckets], _, site) => {
    const n = buckets ? positiveInt(buckets, 'buckets', 0, 2 ** 31 - 1, site) : 1
    return { fn: 'ntile', args: [], type: INT, nullable: false, ignoresNulls: false, n }
  },
}

const nthValue: WindowDefinition = {
  minArgs: 2,
  maxArgs: 3,
  choosesNulls: true,
  build: ([value, offset, nulls], call, site) => {
    const n = positiveOffset(offset!, site)
    const ignoresNulls = ignores(call, nulls, site)
    return { fn: 'nth_value', args: [value!], type: value!.type, nullable: true, ignoresNulls, n }
  },
}

/** `lag` and `lead`: a row so many rows away, in the direction of the sign. */
const atOffset = (sign: 1 | -1): WindowDefinition => ({
  minArgs: 0,
  maxArgs: 4,
  choosesNulls: true,
  build: ([given, distance, otherwise, nulls], call, site) => {
    const value = given ?? literal(VOID, null)
    const offset = distance ? offsetOf(distance, sign, site) : sign
    const fallback = otherwise ? defaultOf(otherwise, value, site) : literal(value.type, null)
    const nullable = value.nullable || fallback.nullable
    const ignoresNulls = ignores(call, nulls, site)
    return { fn: 'at_offset', args: [value, fallback], type: value.type, nullable, ignoresNulls, offset }
  },
})

/** Functions that only windows have, by SQL name. Without an order of the rows they would mean nothing. */
export const OVER_WINDOWS: Readonly<Record<string, WindowDefinition>> = {
  row_number: helped(
    '() OVER (… ORDER BY …)',
    'The number of the row in its partition, from 1.',
    [['SELECT v, row_number() OVER (ORDER BY v) FROM VALUES (7), (5), (5) AS t(v)', '5, 1\n5, 2\n7, 3']],
    ranking('row_number', INT, 0),
  ),
  rank: helped(
    '() OVER (… ORDER BY …)',
    'One more than the number of rows that come before those equal to this one.',
    [['SELECT v, rank() OVER (ORDER BY v) FROM VALUES (7), (5), (5) AS t(v)', '5, 1\n5, 1\n7, 3']],
    ranking('rank', INT, ANY_NUMBER),
  ),
  dense_rank: helped(
    '() OVER (… ORDER BY …)',
    'One more than the number of different values that come before.',
    [['SELECT v, dense_rank() OVER (ORDER BY v) FROM VALUES (7), (5), (5) AS t(v)', '5, 1\n5, 1\n7, 2']],
    ranking('dense_rank', INT, ANY_NUMBER),
  ),
  percent_rank: helped(
    '() OVER (… ORDER BY …)',
    'The rank of the row, from 0 to 1.',
    [['SELECT v, percent_rank() OVER (ORDER BY v) FROM VALUES (7), (5), (5) AS t(v)', '5, 0.0\n5, 0.0\n7, 1.0']],
    ranking('percent_rank', DOUBLE, ANY_NUMBER),
  ),
  cume_dist: helped(
    '() OVER (… ORDER BY …)',
    'Which part of the rows comes before this one or is equal to it.',
    [
      [
        'SELECT v, cume_dist() OVER (ORDER BY v) FROM VALUES (7), (5), (5), (8) AS t(v)',
        '5, 0.5\n5, 0.5\n7, 0.75\n8, 1.0',
      ],
    ],
    ranking('cume_dist', DOUBLE, 0),
  ),
  ntile: helped(
    '(n) OVER (… ORDER BY …)',
    'In which of n parts, as equal in size as can be, the row is.',
    [['SELECT v, ntile(2) OVER (ORDER BY v) FROM VALUES (7), (5), (6) AS t(v)', '5, 1\n6, 1\n7, 2']],
    ntile,
  ),
  lag: helped(
    '(value[, offset[, default]]) OVER (… ORDER BY …)',
    'The value of the row that comes so many rows before, 1 where that is not said; the default where there is none.',
    [['SELECT v, lag(v) OVER (ORDER BY v) FROM VALUES (7), (5), (6) AS t(v)', '5, NULL\n6, 5\n7, 6']],
    atOffset(-1),
  ),
  lead: helped(
    '(value[, offset[, default]]) OVER (… ORDER BY …)',
    'The value of the row that comes so many rows behind.',
    [['SELECT v, lead(v, 1, 0) OVER (ORDER BY v) FROM VALUES (7), (5), (6) AS t(v)', '5, 6\n6, 7\n7, 0']],
    atOffset(1),
  ),
  nth_value: helped(
    '(value, n) OVER (… ORDER BY …)',
    'The value of the nth row of the frame.',
    [['SELECT v, nth_value(v, 2) OVER (ORDER BY v) FROM VALUES (7), (5), (6) AS t(v)', '5, NULL\n6, 6\n7, 6']],
    nthValue,
  ),
}

/** Whether NULLs are left out, as IGNORE NULLS or a last argument says. */
function ignores(
  call: UnresolvedCall,
  argument: Expression | undefined,
  { name, origin, argumentSql }: CallSite,
): boolean {
  if (call.nulls) return call.nulls === 'ignore'
  if (!argument) return false
  if (argument.kind === 'literal' && typeof argument.value === 'boolean') return argument.value
  const invalidValue = argumentSql?.(call.args.length - 1) ?? ''
  const parameters = { functionName: `\`${name}\``, parameter: '`ignoreNulls`', invalidValue }
  throw new MillraceError('INVALID_PARAMETER_VALUE.BOOLEAN', parameters, { origin })
}

function positiveInt(e: Expression, exprName: string, position: number, most: number, site: CallSite): number {
  if (e.type.kind !== 'int') throw unexpectedType(e, '"INT"', position, site)
  const value = argumentOf(e, exprName, position, site)
  if (typeof value === 'number' && value > 0) return value
  throw outOfRange(exprName, `(0, ${most}]`, String(value), site)
}

/** Any number is cast to a bigint; no partition has more rows than an int counts. */
function positiveOffset(e: Expression, site: CallSite): number {
  if (!isNumeric(e.type) && e.type.kind !== 'void') throw unexpectedType(e, '"BIGINT"', 1, site)
  const value = argumentOf(e, 'offset', 1, site)
  const offset = typeof value === 'bigint' ? value : BigInt(Math.trunc(Number(value ?? 0)))
  if (offset <= 0n) throw outOfRange('offset', `(0, ${2n ** 63n - 1n}]`, `${offset}L`, site)
  return Number(offset < 2n ** 31n ? offset : 2n ** 31n - 1n)
}

/** The distance of `lag` and `lead`: an int. */
function offsetOf(e: Expression, sign: 1 | -1, site: CallSite): number {
  // The offset of `lag` is turned before anything looks at its type.
  if (sign < 0 && !isNumeric(e.type) && e.type.kind !== 'void')
    throw new MillraceError('FAILED_FUNCTION_CALL', { funcName: `\`${site.name}\`` }, { origin: site.origin })
  if (!canCoerce(e.type, INT)) throw unexpectedType(e, quotedTypeName(INT), 1, site)
  const value = argumentOf(e, 'offset', 1, site)
  if (e.type.kind === 'int' && typeof value === 'number') return sign * value
  throw new MillraceError('_LEGACY_ERROR_TEMP_1035', { prettyName: site.name }, { origin: site.origin })
}

/** What stands where there is no row. @throws DATATYPE_MISMATCH.UNEXPECTED_INPUT_TYPE */
function defaultOf(e: Expression, { type }: Expression, site: CallSite): Expression {
  const isTaken = isNested(type) ? isAssignableWithin(e.type, type) : sameType(e.type, type) || canCoerce(e.type, type)
  if (isTaken) return castTo(e, type)
  throw unexpectedType(e, `(${quotedTypeName(type)} or "VOID")`, 2, site)
}

/** @throws DATATYPE_MISMATCH.NON_FOLDABLE_INPUT */
function argumentOf(e: Expression, inputName: string, position: number, site: CallSite): unknown {
  const constant = constantOf(e)
  if (constant) return constant.value
  const parameters = {
    inputName: `\`${inputName}\``,
    inputType: quotedTypeName(e.type),
    inputExpr: site.argumentSql?.(position) ?? '',
    sqlExpr: site.sql,
  }
  throw new MillraceError('DATATYPE_MISMATCH.NON_FOLDABLE_INPUT', parameters, { origin: site.origin })
}

function outOfRange(
  exprName: string,
  valueRange: string,
  currentValue: string,
  { sql, origin }: CallSite,
): MillraceError {
  const parameters = { exprName, valueRange, currentValue, sqlExpr: sql }
  return new MillraceError('DATATYPE_MISMATCH.VALUE_OUT_OF_RANGE', parameters, { origin })
}
