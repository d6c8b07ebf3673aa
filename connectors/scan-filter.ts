import type { DataType } from '../columnar/types.js'

/** A predicate in the small language sources understand: comparisons of one column with literals (values as in the plan's literals). */
export type ScanFilter =
  | {
      readonly op: 'eq' | 'lt' | 'le' | 'gt' | 'ge'
      readonly column: string
      readonly type: DataType
      readonly value: boolean | number | bigint | string
    }
  | {
      readonly op: 'in'
      readonly column: string
      readonly type: DataType
      readonly values: readonly (boolean | number | bigint | string)[]
    }
  | { readonly op: 'isNotNull'; readonly column: string }
