import { type DataType, sameType } from '../../columnar/types.js'
import type { ScanFilter } from '../api.js'
import { type Bounds, boundsOf, type Comparable, compare } from './bounds.js'
import { findColumn } from './columns.js'
import type { FileColumn } from './file-column.js'
import type { RowGroup } from './metadata.js'

type ValueFilter = Exclude<ScanFilter, { op: 'isNotNull' }>

/**
 * Tells of each row group of a file whether it can hold a row that passes all filters, as far as its statistics tell. When in doubt it can. Files have
 * thousands of groups: columns and values are looked up once.
 */
export function rowGroupTest(
  columns: readonly FileColumn[],
  filters: readonly ScanFilter[],
): (group: RowGroup) => boolean {
  const tests = filters.map((filter) => columnTest(findColumn(columns, filter.column), filter))
  return (group) => tests.every((test) => test(group))
}

function columnTest(column: FileColumn | undefined, filter: ScanFilter): (group: RowGroup) => boolean {
  // A column the file lacks is NULL in every row, and no filter passes NULL.
  if (column === undefined) return () => false
  if (column.kind !== 'leaf') return () => true
  const matches = filter.op === 'isNotNull' ? undefined : boundsTest(column.conversion.type, filter)
  return (group) => {
    const statistics = group.chunks[column.chunk]?.statistics()
    if (statistics === undefined) return true
    if (column.level > 0 && statistics.nullCount === group.rows) return false
    return matches === undefined || matches(boundsOf(column, statistics))
  }
}

/** Whether values within bounds may pass; undefined where bounds do not tell. */
function boundsTest(type: DataType, filter: ValueFilter): ((bounds: Bounds) => boolean) | undefined {
  if (!comparable(type, filter.type)) return undefined
  if (filter.op === 'in') {
    const values = filter.values.map((value) => literal(type, value))
    return (bounds) => values.some((value) => within(value, bounds))
  }
  const isFloat = type.kind === 'float' || type.kind === 'double'
  const value = literal(type, filter.value)
  if (value === undefined) return undefined
  switch (filter.op) {
    case 'eq':
      return (bounds) => within(value, bounds)
    case 'lt':
      return ({ min }) => min === undefined || compare(min, value) < 0
    case 'le':
      return ({ min }) => min === undefined || compare(min, value) <= 0
    // NaN is greater than every number but no part of the statistics.
    case 'gt':
      return ({ max }) => isFloat || max === undefined || compare(max, value) > 0
    case 'ge':
      return ({ max }) => isFloat || max === undefined || compare(max, value) >= 0
  }
}

const within = (value: Comparable | undefined, { min, max }: Bounds): boolean =>
  value === undefined ||
  ((min === undefined || compare(value, min) >= 0) && (max === undefined || compare(value, max) <= 0))

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
