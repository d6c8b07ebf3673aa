import { type DataType, sameType } from '../../columnar/types.js'
import type { ScanFilter } from '../api.js'
import { boundsOf, type Comparable, compare, type LeafColumn } from './bounds.js'
import { findColumn } from './columns.js'
import type { FileColumn } from './file-column.js'
import type { ChunkStatistics, RowGroup } from './metadata.js'

/** Whether a row group can hold a row that passes all filters, as far as its statistics tell. When in doubt it can. */
export function mayMatch(group: RowGroup, columns: readonly FileColumn[], filters: readonly ScanFilter[]): boolean {
  return filters.every((filter) => {
    const column = findColumn(columns, filter.column)
    // A column the file lacks is NULL in every row, and no filter passes NULL.
    if (column === undefined) return false
    if (column.kind !== 'leaf') return true
    const chunk = group.chunks[column.chunk]
    const statistics = chunk?.statistics()
    if (statistics === undefined) return true
    if (column.level > 0 && statistics.nullCount === group.rows) return false
    return filter.op === 'isNotNull' || valuesMayMatch(filter, column, statistics)
  })
}

function valuesMayMatch(
  filter: Exclude<ScanFilter, { op: 'isNotNull' }>,
  column: LeafColumn,
  statistics: ChunkStatistics,
): boolean {
  const { type } = column.conversion
  if (!comparable(type, filter.type)) return true
  const { min, max } = boundsOf(column, statistics)
  const isFloat = type.kind === 'float' || type.kind === 'double'
  const within = (value: Comparable | undefined): boolean =>
    value === undefined ||
    ((min === undefined || compare(value, min) >= 0) && (max === undefined || compare(value, max) <= 0))
  if (filter.op === 'in') return filter.values.some((value) => within(literal(type, value)))
  const value = literal(type, filter.value)
  if (value === undefined) return true
  switch (filter.op) {
    case 'eq':
      return within(value)
    case 'lt':
      return min === undefined || compare(min, value) < 0
    case 'le':
      return min === undefined || compare(min, value) <= 0
    // NaN is greater than every number but no part of the statistics.
    case 'gt':
      return isFloat || max === undefined || compare(max, value) > 0
    case 'ge':
      return isFloat || max === undefined || compare(max, value) >= 0
  }
}

const INTEGERS: readonly DataType['kind'][] = ['tinyint', 'smallint', 'int', 'bigint']

function comparable(column: DataType, filter: DataType): boolean {
  if (sameType(column, filter)) return true
  if (INTEGERS.includes(column.kind) && INTEGERS.includes(filter.kind)) return true
  return column.kind === 'decimal' && filter.kind === 'decimal' && column.scale === filter.scale
}

/** The value in the form of a bound; undefined when it cannot be compared with one (NaN). */
function literal(type: DataType, value: boolean | number | bigint | string): Comparable | undefined {
  if (typeof value === 'string') return Buffer.from(value, 'utf8')
  if (typeof value === 'boolean') return value ? 1n : 0n
  if (typeof value === 'bigint') return value
  if (Number.isNaN(value)) return undefined
  if (type.kind === 'float') return Math.fround(value)
  return type.kind === 'double' ? value : BigInt(value)
}
