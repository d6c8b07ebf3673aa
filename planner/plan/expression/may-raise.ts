import { hasVariants } from '../../../columnar/types.js'
import { onceEach } from '../../../common/once-each.js'
import { fitsAlways } from './cast-range.js'
import { holdsAllResults } from './decimal-room.js'
import type { Call, Cast, Expression } from './expression.js'
import { LOGIC_FUNCTIONS, type ScalarFunction } from './functions.js'
import { childrenOf } from './transform.js'

/** Functions that give a value, or NULL, for all operands. What is not here may raise under ANSI rules: overflow, division by zero. */
const TOTAL: ReadonlySet<ScalarFunction> = new Set([
  ...LOGIC_FUNCTIONS,
  'collate',
  'as_collated',
  'cell_kind',
  'cell_group',
  'cell_member',
  'unpacked',
  'array',
  'size',
  'get',
  'try_element_at',
  'map_value',
  'map_keys',
  'map_values',
  'array_contains',
  'order_key',
  'transform',
  'filter',
  'exists',
  'forall',
  'aggregate',
  'compared_order',
  'map_filter',
  'transform_values',
  'zip',
  'zip_with',
  'bits_and',
  'bits_or',
  'bits_xor',
  'bits_not',
  'bit_count',
  'shift_left',
  'shift_right',
  'shift_right_unsigned',
  'coalesce',
  'greatest',
  'least',
  'year',
  'month',
  'day',
  'hour',
  'minute',
  'second',
  'truncate_time',
  'unix_millis',
  'unix_micros',
  'time_nanos',
  'time_of_nanos',
  'length',
  'substring',
  'like',
  'starts_with',
  'ends_with',
  'contains',
  'trim',
  'ltrim',
  'rtrim',
])

/**
 * Whether an expression could raise for some row. Such a one must not be evaluated for rows that a predicate before it would have kept from it:
 * `x <> 0 and 1 / x > 2` guards its division. Errs on the side of true.
 */
export const mayRaise: (e: Expression) => boolean = onceEach((e) => {
  if (e.kind === 'call' && e.fn === 'attempt') return false
  if (e.kind === 'call' && !isTotalCall(e)) return true
  if (e.kind === 'cast' && !isTotalCast(e)) return true
  return childrenOf(e).some(mayRaise)
})

function isTotalCall(call: Call): boolean {
  const { fn, routine, failure } = call
  if (failure === 'null' || failure === 'wrap') return true
  if (routine) return routine.raises !== true && routine.errors === undefined
  return TOTAL.has(fn) || holdsAllResults(call)
}

const isTotalCast = ({ child, type, mode }: Cast): boolean =>
  (mode !== 'ansi' && !hasVariants(child.type)) || fitsAlways(child.type, type)
