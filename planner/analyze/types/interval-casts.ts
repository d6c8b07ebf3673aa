import { INTERVAL_UNITS } from '../../../columnar/times/interval-units.js'
import {
  DAY_TIME_FIELDS,
  type DataType,
  type DayTimeField,
  isInterval,
  type YearMonthField,
} from '../../../columnar/types.js'
import type { Origin } from '../../../common/errors/condition.js'
import { call, cast, literal, routineCall } from '../../plan/expression/build.js'
import type { CastMode, Expression } from '../../plan/expression/expression.js'
import type { Routine } from '../../plan/expression/routine.js'

const WHOLE: ReadonlySet<DataType['kind']> = new Set(['tinyint', 'smallint', 'int', 'bigint', 'decimal'])

/** Whether Spark casts the one to the other, one of which is an interval. */
export function canCastInterval(from: DataType, to: DataType): boolean {
  if (from.kind === 'interval' || to.kind === 'interval') return canCastCalendar(from, to)
  if (isInterval(from)) return to.kind === from.kind || to.kind === 'string' || WHOLE.has(to.kind)
  return from.kind === 'string' || from.kind === 'void' || WHOLE.has(from.kind)
}

/** Intervals of months and days are cast to and from texts alone. */
const canCastCalendar = (from: DataType, to: DataType): boolean =>
  from.kind === to.kind || from.kind === 'void' || from.kind === 'string' || to.kind === 'string'

/** A cast to or from an interval, which the types allow. */
export function castInterval(
  value: Expression,
  type: DataType,
  mode: Exclude<CastMode, 'lenient'>,
  origin: Origin | undefined,
): Expression {
  const from = value.type
  if (from.kind === 'void') return literal(type, null, origin)
  if (from.kind === 'interval' && type.kind === 'interval') return value
  if (from.kind === 'interval') return host('intervals.textOfParts', {}, type, value, origin)
  // In any mode a text that says none is NULL.
  if (type.kind === 'interval') return host('intervals.parseParts', GIVES_NULL, type, value, origin)
  if (isInterval(from) && isInterval(type)) return withFields(value, type, origin)
  if (isInterval(from) && type.kind === 'string') return host('intervals.text', {}, type, value, origin)
  const traits = mode === 'try' ? GIVES_NULL : RAISES
  if (isInterval(from))
    return host(mode === 'try' ? 'intervals.tryToNumber' : 'intervals.toNumber', traits, type, value, origin)
  if (from.kind === 'string')
    return host(mode === 'try' ? 'intervals.tryParse' : 'intervals.parse', traits, type, value, origin)
  return host(mode === 'try' ? 'intervals.tryOfNumber' : 'intervals.ofNumber', traits, type, value, origin)
}

type Traits = Pick<Routine, 'givesNull' | 'raises'>

const GIVES_NULL: Traits = { givesNull: true }
const RAISES: Traits = { raises: true }

/** A routine of `executor/routines/intervals.ts`. */
const host = (
  name: string,
  traits: Traits,
  type: DataType,
  value: Expression,
  origin: Origin | undefined,
): Expression => routineCall({ by: 'host', name, label: 'cast', ...traits }, type, [value], origin)

/** What a field counts, down to the smallest that there is of it: seconds have fractions. */
const smallest = (field: YearMonthField | DayTimeField): bigint => (field === 'second' ? 1n : INTERVAL_UNITS[field])

/** The interval with other fields; what these do not count is cut off. */
function withFields(value: Expression, type: DataType, origin: Origin | undefined): Expression {
  const [from, to] = [value.type, type].map((one) => smallest(lastField(one))) as [bigint, bigint]
  const retyped = cast(value, type, 'ansi', origin)
  if (from % to === 0n) return retyped
  const unit = literal(type, type.kind === 'interval_ym' ? Number(to) : to)
  return call('subtract', type, [retyped, call('remainder', type, [retyped, unit])], { origin })
}

function lastField(type: DataType): YearMonthField | DayTimeField {
  if (type.kind === 'interval_ym') return type.fields?.[1] ?? 'month'
  return type.kind === 'interval_dt' ? (type.fields?.[1] ?? DAY_TIME_FIELDS.at(-1)!) : 'second'
}
