import type { ScanFilter } from '../../connectors/api.js'
import { literalText } from '../plan/expression/literal-text.js'

const SYMBOLS = { eq: '=', lt: '<', le: '<=', gt: '>', ge: '>=' } as const

/** A filter told to a source, as SQL. */
export function filterText(filter: ScanFilter): string {
  switch (filter.op) {
    case 'isNotNull':
      return `${filter.column} IS NOT NULL`
    case 'in':
      return `${filter.column} IN (${filter.values.map((value) => literalText(filter.type, value)).join(', ')})`
    default:
      return `${filter.column} ${SYMBOLS[filter.op]} ${literalText(filter.type, filter.value)}`
  }
}
