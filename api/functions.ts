import type { DataType } from '../columnar/types.js'
import { typeName } from '../columnar/types.js'
import { MillraceError } from '../common/errors/millrace-error.js'
import { Column, type ColumnOrLiteral, functionOf, nameOrColumn, toColumn } from './column.js'

export { col, expr, lit } from './column.js'

/** Where Spark takes a column or its name. */
export type ColumnOrName = Column | string

const call = (name: string, ...args: readonly ColumnOrName[]): Column => functionOf(name, ...args.map(nameOrColumn))
const one =
  (name: string) =>
  (column: ColumnOrName): Column =>
    call(name, column)

export const sum = one('sum')
export const avg = one('avg')
export const mean = one('avg')
export const min = one('min')
export const max = one('max')
export const first = one('first')
export const countIf = one('count_if')

/** Rows where the column is not NULL; `count('*')` and `count()` count all. */
export function count(column: ColumnOrName = '*'): Column {
  return call('count', column)
}

/** Different values, NULL not counted. */
export function countDistinct(column: ColumnOrName, ...more: readonly ColumnOrName[]): Column {
  const args = [column, ...more].map((c) => nameOrColumn(c).expression)
  return new Column({ kind: 'function', name: 'count', args, distinct: true })
}

export const abs = one('abs')
export const not = (column: Column): Column => column.not()
export const isnull = one('isnull')
export const coalesce = (...columns: readonly ColumnOrName[]): Column => call('coalesce', ...columns)
export const nullif = (a: ColumnOrName, b: ColumnOrName): Column => call('nullif', a, b)

/** The first branch of a CASE; `when` and `otherwise` of the column add to it. */
export function when(condition: Column, value: ColumnOrLiteral): Column {
  return new Column({ kind: 'case', branches: [{ when: condition.expression, value: toColumn(value).expression }] })
}

export const length = one('length')
export const upper = one('upper')
export const lower = one('lower')
export const trim = one('trim')
export const ltrim = one('ltrim')
export const rtrim = one('rtrim')
export const concat = (...columns: readonly ColumnOrName[]): Column => call('concat', ...columns)
export const substring = (column: ColumnOrName, position: number, count: number): Column =>
  functionOf('substring', nameOrColumn(column), position, count)

export const year = one('year')
export const month = one('month')
export const dayofmonth = one('dayofmonth')
export const hour = one('hour')
export const minute = one('minute')
export const second = one('second')
export const toDate = one('to_date')
export const toTimestamp = one('to_timestamp')
export const timestampSeconds = one('timestamp_seconds')
export const timestampMillis = one('timestamp_millis')
export const timestampMicros = one('timestamp_micros')
export const unixMillis = one('unix_millis')
export const dateAdd = (column: ColumnOrName, days: number | Column): Column =>
  functionOf('date_add', nameOrColumn(column), days)
export const dateSub = (column: ColumnOrName, days: number | Column): Column =>
  functionOf('date_sub', nameOrColumn(column), days)
export const datediff = (end: ColumnOrName, start: ColumnOrName): Column => call('datediff', end, start)
export const addMonths = (column: ColumnOrName, months: number): Column =>
  functionOf('add_months', nameOrColumn(column), months)

/** The window of so long a time that a timestamp lies in, as a struct of `start` and `end`: `F.window('at', '10 seconds')`. */
export function window(
  column: ColumnOrName,
  duration: string,
  slide: string = duration,
  startTime = '0 seconds',
): Column {
  return functionOf('window', nameOrColumn(column), duration, slide, startTime)
}

/** The fields of a JSON text. @param schema columns as in DDL, `user_id bigint, amount decimal(12,2)`, or a struct type */
export function fromJson(column: ColumnOrName, schema: string | DataType): Column {
  return functionOf('from_json', nameOrColumn(column), typeof schema === 'string' ? schema : typeName(schema))
}

export const toJson = one('to_json')
/** A struct of columns, under their names or aliases; `'*'` is all of them. */
export const struct = (...columns: readonly ColumnOrName[]): Column => call('struct', ...columns)

/** User functions are not built yet. @throws UNSUPPORTED_FEATURE */
export function udf(): never {
  throw new MillraceError('UNSUPPORTED_FEATURE', { feature: 'user-defined functions' })
}
