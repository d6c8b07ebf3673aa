import { UTF8_BINARY } from '../../columnar/collation.js'
import { collationOf, type DataType, type PlainType } from '../../columnar/types.js'
import type { ScanFilter } from '../api.js'
import type { ColumnType } from './column-types.js'
import type { Condition } from './split.js'
import { quotedIdentifier } from './sql.js'
import { type PresentValue, valueText } from './value-text.js'

const OPERATORS = { eq: '=', lt: '<', le: '<=', gt: '>', ge: '>=' } as const
type Operator = keyof typeof OPERATORS
/** More values are left to the engine. */
const MOST_VALUES = 100
/** Years 1 to 9999: the server knows these days for sure. */
const FIRST_DAY = -719_162
const LAST_DAY = 2_932_896
const MICROS_PER_DAY = 86_400_000_000n

/**
 * What a server is to leave out; undefined when it would compare otherwise than the engine, or would not take the value. It may leave
 * in more than the filter does, which stays in the plan.
 */
export function pushed(filter: ScanFilter, column: ColumnType, isUtf8: boolean): Condition | undefined {
  const name = quotedIdentifier(filter.column)
  if (filter.op === 'isNotNull') return { parts: [`${name} is not null`], values: [] }
  const { comparedAs } = column
  const values = (filter.op === 'in' ? filter.values : [filter.value]).map((value) => parameterOf(filter.type, value))
  if (comparedAs === undefined || values.length === 0 || values.length > MOST_VALUES) return undefined
  if (!values.every((value) => value !== undefined)) return undefined
  if (filter.op === 'in') {
    const between = values.slice(1).map(() => `::${comparedAs}, `)
    return { parts: [`${name} in (`, ...between, `::${comparedAs})`], values }
  }
  const isOrdered = filter.op !== 'eq' && comparedAs === 'text'
  if (isOrdered && !isUtf8) return undefined
  return compared(isOrdered ? `${name} collate "C"` : name, filter.op, values[0]!, comparedAs)
}

export const compared = (left: string, operator: Operator, value: string, type: string): Condition => ({
  parts: [`${left} ${OPERATORS[operator]} `, `::${type}`],
  values: [value],
})

/** The text of a value that a server takes as a parameter. */
function parameterOf(type: DataType, value: PresentValue): string | undefined {
  if (!isTaken(type, value)) return undefined
  return valueText(type as PlainType)?.(value)
}

function isTaken(type: DataType, value: PresentValue): boolean {
  switch (type.kind) {
    case 'string': {
      const text = String(value)
      return collationOf(type) === UTF8_BINARY && !text.includes('\0') && Buffer.from(text).toString() === text
    }
    case 'date':
      return Number(value) >= FIRST_DAY && Number(value) <= LAST_DAY
    case 'timestamp':
    case 'timestamp_ntz': {
      const micros = BigInt(value as bigint)
      return micros >= BigInt(FIRST_DAY) * MICROS_PER_DAY && micros <= BigInt(LAST_DAY) * MICROS_PER_DAY
    }
    default:
      return true
  }
}
