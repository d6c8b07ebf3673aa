import { Decimal } from '../../columnar/decimal.js'
import { doubleText, floatText } from '../../columnar/double-text.js'
import { fixedBytes } from '../../columnar/leaves.js'
import { timestampText } from '../../columnar/times/calendar.js'
import { CalendarDate } from '../../columnar/times/calendar-date.js'
import { Timestamp } from '../../columnar/times/timestamp.js'
import { type DataType, quotedTypeName } from '../../columnar/types.js'
import { MillraceError } from '../../common/errors/millrace-error.js'
import { quotedName } from '../../common/errors/quoting.js'
import type { CatalogColumn, ColumnStatistics } from '../../connectors/catalog.js'
import type { UnresolvedExpression } from '../../planner/plan/unresolved/expression.js'
import type { UnresolvedRelation } from '../../planner/plan/unresolved/relation.js'
import { collectRows } from '../frame/actions.js'
import type { Engine } from './engine.js'

/** What is counted of rows. */
export interface Counted {
  readonly rows: number
  readonly columns: Readonly<Record<string, ColumnStatistics>>
}

/** Reads rows once and counts them, and the values of these columns. */
export async function countStatistics(
  plan: UnresolvedRelation,
  columns: readonly CatalogColumn[],
  { engine, tableName }: { readonly engine: Engine; readonly tableName: string },
): Promise<Counted> {
  const output = [
    named(call('count', { kind: 'star', target: [] }), 'rows'),
    ...columns.flatMap((column, i) => measures(column, i, tableName)),
  ]
  const [row] = await collectRows<Record<string, unknown>>(engine, {
    kind: 'aggregate',
    input: plan,
    groupBy: [],
    output,
  })
  const rows = Number(row!['rows'])
  const entries = columns.map((column, i) => [column.name, statisticsOf(column, i, rows, row!)] as const)
  return { rows, columns: Object.fromEntries(entries) }
}

const call = (name: string, ...args: readonly UnresolvedExpression[]): UnresolvedExpression => ({
  kind: 'function',
  name,
  args,
})
const named = (child: UnresolvedExpression, name: string): UnresolvedExpression => ({ kind: 'alias', child, name })

/** @throws UNSUPPORTED_FEATURE.ANALYZE_UNSUPPORTED_COLUMN_TYPE */
function measures({ name, type }: CatalogColumn, i: number, tableName: string): readonly UnresolvedExpression[] {
  const isText = type.kind === 'string' || type.kind === 'binary'
  const isInterval = type.kind === 'interval_ym' || type.kind === 'interval_dt'
  if (isInterval || (fixedBytes(type) === undefined && !isText)) {
    const names = { columnName: quotedName(name), tableName }
    throw new MillraceError('UNSUPPORTED_FEATURE.ANALYZE_UNSUPPORTED_COLUMN_TYPE', {
      columnType: quotedTypeName(type),
      ...names,
    })
  }
  const column: UnresolvedExpression = { kind: 'attribute', parts: [name] }
  const least = isText ? call('avg', call('length', column)) : call('min', column)
  const greatest = call('max', isText ? call('length', column) : column)
  const distinct: UnresolvedExpression = { kind: 'function', name: 'count', args: [column], distinct: true }
  return [
    named(call('count', column), `n${i}`),
    named(distinct, `d${i}`),
    named(least, `a${i}`),
    named(greatest, `z${i}`),
  ]
}

function statisticsOf(
  { type }: CatalogColumn,
  i: number,
  rows: number,
  row: Readonly<Record<string, unknown>>,
): ColumnStatistics {
  const counts = { distinct: Number(row[`d${i}`]), nulls: rows - Number(row[`n${i}`]) }
  const [a, z] = [row[`a${i}`], row[`z${i}`]]
  const bytes = fixedBytes(type)
  if (bytes === undefined) return { ...counts, meanBytes: Math.ceil(Number(a ?? 0)), mostBytes: Number(z ?? 0) }
  const own = { ...counts, meanBytes: bytes, mostBytes: bytes }
  if (a === null || z === null) return own
  const range = [numberOf(a), numberOf(z)] as const
  const isRange = type.kind !== 'boolean' && range.every(Number.isFinite)
  return { ...own, least: textOf(a, type), greatest: textOf(z, type), ...(isRange ? { range } : {}) }
}

/** As sources give it: days, microseconds, unscaled decimals. */
function numberOf(value: unknown): number {
  if (value instanceof CalendarDate) return value.days
  if (value instanceof Timestamp) return Number(value.micros)
  return Number(value instanceof Decimal ? value.unscaled : value)
}

/** As Spark shows it. */
function textOf(value: unknown, type: DataType): string {
  if (value instanceof Timestamp) {
    const [seconds, fraction = ''] = timestampText(value.micros).split('.')
    return `${seconds}.${fraction.padEnd(6, '0')}${type.kind === 'timestamp' ? ' +0000' : ''}`
  }
  if (type.kind === 'double') return doubleText(Number(value))
  return type.kind === 'float' ? floatText(Number(value)) : String(value)
}
