/** Three-valued logic and comparison: what has an answer for all operands at once. */
export const LOGIC_FUNCTIONS = [
  // `and` and `or` take two or more operands
  'and',
  'or',
  'not',
  'eq',
  'ne',
  'lt',
  'le',
  'gt',
  'ge',
  'eq_null_safe', // never NULL
  'is_null', // never NULL
  'is_not_null', // never NULL
] as const

/**
 * The scalar functions a resolved plan may call, after coercion. The analyzer maps SQL and DataFrame names and their
 * overloads to these; the optimizer folds them; the compiler has an implementation of each (a total record, so that a new
 * name breaks the build until all three know it).
 *
 * Operand types as the analyzer leaves them: comparisons, `coalesce` and integral or floating arithmetic have operands of
 * one same type; decimal arithmetic keeps each operand's own precision and scale and the call's `type` is the result.
 * NULL in gives NULL out unless noted. Overflow and division by zero raise, unless the call says otherwise (`failure`).
 */
const SCALAR_FUNCTIONS = [
  ...LOGIC_FUNCTIONS,
  'routine', // what the call's `routine` says
  'collate', // (text) -> the same as a text of another collation, which the query says
  'as_collated', // (value) -> the same, its texts of other collations
  'attempt', // (value) -> the value; NULL where computing it raises
  // arithmetic
  'add',
  'subtract',
  'multiply',
  'divide', // double or decimal
  'int_divide', // `div`: bigint result
  'remainder', // sign of the dividend
  'negate',
  'abs',
  'round', // (number, literal int places) -> its type, or a decimal of fewer places; half away from zero
  'bround', // the same, half to the even digit
  'ceil', // (double, literal int 0) -> bigint, (decimal, literal int places) -> decimal
  'floor', // as ceil
  // whole numbers as bits
  'bits_and', // of two of one type
  'bits_or',
  'bits_xor',
  'bits_not',
  'bit_count', // (integer or boolean) -> int, of 64 bits
  'shift_left', // (int or bigint, int)
  'shift_right',
  'shift_right_unsigned',
  'coalesce', // first operand that is not NULL
  'greatest', // of the operands that are not NULL
  'least', // of the operands that are not NULL
  'single_value', // (bigint rows, value) -> the value; raises when there are more rows than one
  // dates and timestamps, fields and arithmetic by the clocks of UTC; intervals are operands of type interval_ym or interval_dt
  'year',
  'month',
  'day',
  'hour',
  'minute',
  'second',
  'date_add_days', // (date, int) -> date
  'date_add_interval', // (date, interval_dt of whole days) -> date
  'date_add_months', // (date, interval_ym or int) -> date, day clamped to the month's last
  'date_diff', // (end date, start date) -> int
  'timestamp_add', // (timestamp, interval_dt) -> timestamp
  'date_subtract', // (end date, start date) -> interval_dt
  'timestamp_add_months', // (timestamp, interval_ym or bigint) -> timestamp
  'timestamp_subtract', // (end timestamp, start timestamp) -> interval_dt
  'units_between', // (start timestamp, end timestamp, literal micros of a unit) -> bigint, towards zero
  'months_between', // (start timestamp, end timestamp, literal months of a unit) -> bigint, towards zero
  'interval_multiply', // (interval, number) -> interval, half up
  'interval_divide', // (interval, number) -> interval, half up
  'timestamp_seconds', // (bigint, decimal, float or double) -> timestamp
  'timestamp_millis', // (bigint) -> timestamp
  'timestamp_micros', // (bigint) -> timestamp
  'unix_millis', // (timestamp) -> bigint
  'unix_micros', // (timestamp) -> bigint
  'time_nanos', // (time) -> bigint
  'time_of_nanos', // (bigint, which a day has) -> time
  'truncate_time', // (timestamp, literal of micros) -> the last whole multiple of these that is not later
  'window_start', // (timestamp, window micros literal, start offset micros literal) -> start of the tumbling window it is in
  // strings (UTF-8, positions count code points from 1)
  'length', // code points of a string, bytes of a binary
  'substring', // (string, int position, int length)
  'concat', // two or more strings
  'like', // (string, literal pattern), escape '\'
  'like_computed', // (string, string pattern, literal escape character); raises where an escape character stands wrongly
  'starts_with',
  'ends_with',
  'contains',
  'upper',
  'lower',
  'trim',
  'ltrim',
  'rtrim',
  // nested
  'named_struct', // operands are the fields' values; names and types are the call's struct type
  'from_json', // (string) -> the call's type, by its options; PERMISSIVE: malformed text gives a struct of NULLs, and no array or map
  'from_csv', // (string) -> the call's struct type, by its options
  'to_csv', // (struct) -> string, by its options
  'to_json', // (struct) -> string, NULL fields left out
  // state of the user's code, as planner/plan/state-cells.ts has it
  'cell_kind', // (binary key) -> int: the variable, and the part times 256
  'cell_group', // (binary key) -> its group, as the call's type
  'cell_member', // (binary key) -> its member, as the call's type: a number or bytes
  'unpacked', // (binary, literal int) -> the array whose bytes they are from there on
] as const

/** Functions of arrays and maps. Unless said otherwise a NULL among their operands gives NULL. */
const NESTED_FUNCTIONS = [
  'array', // the elements, of the type's
  'map', // keys and values in turn; raises for a NULL among the keys and for equal ones
  'size', // (array or map) -> int
  'get', // (array, int index from 0); NULL where there is no such element
  'item', // as get; raises where there is no such element
  'element_at', // (array, int index from 1, from the end where negative); raises where there is no such element
  'try_element_at', // as element_at; NULL where there is no such element
  'map_value', // (map, key); NULL where there is no such key
  'map_keys', // (map) -> array
  'map_values', // (map) -> array
  'map_of', // (array of keys, array of values): raises as map does, and when they are not as many
  'array_contains', // (array, value): NULL where it is not found among elements some of which are NULL
  'zip', // (arrays) -> array of structs, as long as the longest of them
  'order_key', // (array) -> binary that sorts as the array does
  // with a lambda for an operand
  'transform', // (array, element or element and index -> value) -> array
  'filter', // (array, element or element and index -> boolean) -> array
  'exists', // (array, element -> boolean) -> boolean, three-valued
  'forall', // (array, element -> boolean) -> boolean, three-valued
  'aggregate', // (array, start, (state, element) -> state, state -> result)
  'map_filter', // (map, (key, value) -> boolean) -> map
  'transform_keys', // (map, (key, value) -> key) -> map; raises as map does
  'transform_values', // (map, (key, value) -> value) -> map
  'compared_order', // (array, (element, element) -> int) -> array of the numbers of the elements in that order
  'zip_with', // (array, array, (element, element) -> value) -> array
] as const

export type NestedFunction = (typeof NESTED_FUNCTIONS)[number]

export type ScalarFunction = NestedFunction | (typeof SCALAR_FUNCTIONS)[number]

/**
 * Aggregate functions of the plan, which those of SQL are made of. `count` without arguments counts rows. `first` and `last` keep the first and the last
 * value met, NULL or not. A `fold` is what the call's `fold` says. `collect` keeps the values of all rows in which the first argument is not NULL, as
 * bytes (see `PackedValues` in executor/pipelines/codegen/collected.ts).
 */
const AGGREGATE_FUNCTIONS = ['sum', 'count', 'avg', 'min', 'max', 'first', 'last', 'fold', 'collect'] as const

export type AggregateFunction = (typeof AGGREGATE_FUNCTIONS)[number]

/** Functions of a window that are no aggregates. */
const POSITION_FUNCTIONS = [
  'row_number',
  'rank',
  'dense_rank',
  'percent_rank',
  'cume_dist',
  'ntile', // into `n` parts
  'at_offset', // (value, default) of the row that the frame is; the default where there is none
  'nth_value', // the `n`th of the frame
] as const

/** What a window may compute. `first`, `last`, `nth_value` and `at_offset` may leave NULLs out (`ignoresNulls`). */
export type WindowFunction = AggregateFunction | (typeof POSITION_FUNCTIONS)[number]
