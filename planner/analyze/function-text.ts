/* How Spark prints the names and the arguments of functions. */

/** Functions that Spark prints in capitals. */
const CAPITALS: ReadonlySet<string> = new Set(
  `acos acosh asin asinh atan atan2 atanh cbrt cos cosh cot csc degrees e exp expm1 hypot log log10 log1p log2 pi power radians rlike regexp regexp_like sec signum sin
  sinh spark_partition_id sqrt tan tanh`.split(/\s+/),
)

const SPOKEN: Readonly<Record<string, string>> = {
  array_agg: 'collect_list',
  curdate: 'current_date',
  current_database: 'current_schema',
  user: 'current_user',
  session_user: 'current_user',
}

/** The name by which Spark calls a function that has several. */
export const spokenName = (name: string): string => (Object.hasOwn(SPOKEN, name) ? SPOKEN[name]! : name)

/** How many arguments Spark prints of functions of which it leaves some out. */
export const SHOWN: ReadonlyMap<string, number> = new Map([
  ['approx_count_distinct', 1],
  ['shuffle', 1],
  ['variant_get', 2],
  ['try_variant_get', 2],
])

/** What `aggregate` makes of its state at the end unless it is said. */
const STATE_ITSELF = 'lambdafunction(namedlambdavariable(), namedlambdavariable())'

/** How arrays are sorted unless it is said: NULLs last. */
const SMALLER_FIRST = `lambdafunction((IF(((namedlambdavariable() IS NULL) AND (namedlambdavariable() IS NULL)), 0, (IF((namedlambdavariable() IS NULL), 1, (IF((namedlambdavariable() IS NULL), -1, (IF((namedlambdavariable() < namedlambdavariable()), -1, (IF((namedlambdavariable() > namedlambdavariable()), 1, 0)))))))))), namedlambdavariable(), namedlambdavariable())`

/** The last arguments that Spark adds to a call of fewer than so many. */
const DEFAULTS: Readonly<Record<string, { readonly count: number; readonly last: readonly string[] }>> = {
  split: { count: 3, last: ['-1'] },
  sort_array: { count: 2, last: ['true'] },
  array_sort: { count: 2, last: [SMALLER_FIRST] },
  aggregate: { count: 4, last: [STATE_ITSELF] },
  reduce: { count: 4, last: [STATE_ITSELF] },
  aes_encrypt: { count: 6, last: ['GCM', 'DEFAULT', '', ''] },
  aes_decrypt: { count: 5, last: ['GCM', 'DEFAULT', ''] },
  try_aes_decrypt: { count: 5, last: ['GCM', 'DEFAULT', ''] },
  lpad: { count: 3, last: [' '] },
  rpad: { count: 3, last: [' '] },
  replace: { count: 3, last: [''] },
  locate: { count: 3, last: ['1'] },
  position: { count: 3, last: ['1'] },
  regexp_extract: { count: 3, last: ['1'] },
  regexp_extract_all: { count: 3, last: ['1'] },
  regexp_instr: { count: 3, last: ['0'] },
  regexp_replace: { count: 4, last: ['1'] },
  overlay: { count: 4, last: ['-1'] },
  percentile: { count: 3, last: ['1'] },
  percentile_approx: { count: 3, last: ['10000'] },
  approx_percentile: { count: 3, last: ['10000'] },
  listagg: { count: 2, last: ['NULL'] },
  string_agg: { count: 2, last: ['NULL'] },
  make_interval: { count: 7, last: ['0', '0', '0', '0', '0', '0', '0.000000'] },
  try_make_interval: { count: 7, last: ['0', '0', '0', '0', '0', '0', '0.000000'] },
  make_ym_interval: { count: 2, last: ['0', '0'] },
  make_dt_interval: { count: 4, last: ['0', '0', '0', '0.000000'] },
  str_to_map: { count: 3, last: [',', ':'] },
  vector_norm: { count: 2, last: ['2.0'] },
  vector_normalize: { count: 2, last: ['2.0'] },
  mask: { count: 5, last: ['X', 'x', 'n', 'NULL'] },
}

export function defaultsOf(name: string, given: number): readonly string[] {
  const known = Object.hasOwn(DEFAULTS, name) ? DEFAULTS[name] : undefined
  return known && given < known.count ? known.last.slice(given - known.count) : []
}

/** A name as Spark prints it in a call. */
export const printedName = (name: string): string => (CAPITALS.has(name) ? name.toUpperCase() : spokenName(name))
