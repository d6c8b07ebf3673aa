import { DETAIL_LINES, DETAIL_TEXT, type RoutineError } from './routine.js'

/* What kernels of variants raise, in the order of the statuses of `executor/kernels/interface/variant.ts`. */

/** Of a variant that is read. */
export const UNREADABLE_VARIANT: readonly RoutineError[] = [
  { condition: 'MALFORMED_VARIANT', parameters: {} },
  { condition: 'UNKNOWN_PRIMITIVE_TYPE_IN_VARIANT', parameters: { id: DETAIL_TEXT } },
]

/** Of a variant that is cast. */
export const UNCASTABLE_VARIANT: readonly RoutineError[] = [
  ...UNREADABLE_VARIANT,
  { condition: 'INVALID_VARIANT_CAST', parameters: { value: DETAIL_LINES[0], dataType: DETAIL_LINES[1] } },
]

const EQUAL_KEYS: RoutineError = { condition: 'VARIANT_DUPLICATE_KEY', parameters: { key: DETAIL_TEXT } }

const tooLarge = (name: string): RoutineError => ({
  condition: 'VARIANT_SIZE_LIMIT',
  parameters: { sizeLimit: '128.0 MiB', functionName: `\`${name}\`` },
})

/** Of values that become a variant, in a function of this name. */
export const noVariant = (name: string): readonly RoutineError[] => [...UNREADABLE_VARIANT, EQUAL_KEYS, tooLarge(name)]

/** Of a text that is parsed. */
export const unparsable = (name: string): readonly RoutineError[] => [
  {
    condition: 'MALFORMED_RECORD_IN_PARSING.WITHOUT_SUGGESTION',
    parameters: { badRecord: DETAIL_TEXT, failFastMode: 'FAILFAST' },
  },
  EQUAL_KEYS,
  tooLarge(name),
]

/** Of a path. */
export const noPath = (name: string): readonly RoutineError[] => [
  ...UNREADABLE_VARIANT,
  { condition: 'INVALID_VARIANT_GET_PATH', parameters: { path: DETAIL_TEXT, functionName: `\`${name}\`` } },
]
