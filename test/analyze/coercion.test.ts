import test from 'ava'
import { type DataType, typeName } from '../../columnar/types.js'
import { MillraceError } from '../../common/errors/millrace-error.js'
import { adjust, decimalResult, widerDecimal } from '../../planner/analyze/types/decimal-types.js'
import { outputOf } from '../../planner/plan/logical/output.js'
import { parseSchema } from '../../planner/sql/types.js'
import { analyzed, catalogOf } from '../support/analysis.js'

/** A column of each type, named like it. */
const COLUMNS: Readonly<Record<string, string>> = {
  i8: 'tinyint',
  i16: 'smallint',
  i32: 'int',
  i64: 'bigint',
  f32: 'float',
  f64: 'double',
  m5: 'decimal(5,2)',
  m38: 'decimal(38,10)',
  s: 'string',
  b: 'boolean',
  bin: 'binary',
  d: 'date',
  ts: 'timestamp',
  ntz: 'timestamp_ntz',
  arr: 'array<int>',
  map: 'map<string,int>',
  st: 'struct<x: int, y: string>',
}
const columns = Object.entries(COLUMNS).map(([name, type]) => `${name} ${type}`)
const source = { provider: 'parquet', options: {}, paths: ['t'], schema: parseSchema(columns.join(', ')) }
const catalog = catalogOf({ t: source })

/** The type of an expression, or the condition that refuses it. */
function typeOf(expression: string): string {
  try {
    return typeName(outputOf(analyzed(`select ${expression} as x from t`, catalog))[0]!.type)
  } catch (error) {
    if (MillraceError.is(error)) return error.condition
    throw error
  }
}

/** Checks lines of `expression -> type`. */
const checks = (lines: string) => (t: import('ava').ExecutionContext) => {
  const cases = lines
    .trim()
    .split('\n')
    .map((line) => line.split(' -> ').map((part) => part.trim()) as [string, string])
  for (const [expression, type] of cases) t.is(typeOf(expression), type, expression)
}

const DIFFERENT = 'DATATYPE_MISMATCH.BINARY_OP_DIFF_TYPES'
const WRONG = 'DATATYPE_MISMATCH.BINARY_OP_WRONG_TYPE'
const UNEXPECTED = 'DATATYPE_MISMATCH.UNEXPECTED_INPUT_TYPE'

test('sums of two numbers have the wider type, of an integer and a float double', (t) => {
  const numbers = ['i8', 'i16', 'i32', 'i64', 'f32', 'f64']
  const wider: readonly (readonly string[])[] = [
    ['tinyint', 'smallint', 'int', 'bigint', 'double', 'double'],
    ['smallint', 'smallint', 'int', 'bigint', 'double', 'double'],
    ['int', 'int', 'int', 'bigint', 'double', 'double'],
    ['bigint', 'bigint', 'bigint', 'bigint', 'double', 'double'],
    ['double', 'double', 'double', 'double', 'float', 'double'],
    ['double', 'double', 'double', 'double', 'double', 'double'],
  ]
  for (const [i, left] of numbers.entries()) {
    for (const [j, right] of numbers.entries()) {
      for (const operator of ['+', '-', '*', '%']) {
        t.is(typeOf(`${left} ${operator} ${right}`), wider[i]![j]!, `${left} ${operator} ${right}`)
      }
      t.is(typeOf(`${left} / ${right}`), 'double', `${left} / ${right}`)
      t.is(typeOf(`coalesce(${left}, ${right})`), wider[i]![j]!, `coalesce(${left}, ${right})`)
      t.is(typeOf(`${left} <= ${right}`), 'boolean', `${left} <= ${right}`)
    }
  }
})

test(
  'decimals meet integers with the digits of their type, and integer literals with their own',
  checks(`
    i8 + m5 -> decimal(6,2)
    m5 + i16 -> decimal(8,2)
    i32 + m5 -> decimal(13,2)
    i64 + m5 -> decimal(23,2)
    i32 * m5 -> decimal(16,2)
    i32 / m5 -> decimal(18,6)
    m5 / i32 -> decimal(16,13)
    m5 % i32 -> decimal(5,2)
    m5 + 1 -> decimal(6,2)
    100 * m5 -> decimal(9,2)
    m5 * 1.5 -> decimal(8,3)
    m5 - 10000 -> decimal(8,2)
    m5 + f32 -> double
    f64 * m5 -> double
    m5 + null -> decimal(6,2)
    m38 + m38 -> decimal(38,9)
    m38 * m38 -> decimal(38,6)
    m38 / m38 -> decimal(38,6)
    m38 * 2 -> decimal(38,8)
    -m5 -> decimal(5,2)
    abs(m5) -> decimal(5,2)
    coalesce(m5, i32) -> decimal(12,2)
    coalesce(m5, 1) -> decimal(12,2)
    coalesce(m5, i64, f32) -> double
    coalesce(m38, i64) -> decimal(38,10)
    coalesce(m38, 0.000000000001) -> decimal(38,10)
    case when b then m5 else 1.125 end -> decimal(6,3)
  `),
)

test(
  'strings become what they stand beside, and are no numbers among themselves',
  checks(`
    s + i8 -> bigint
    i64 - s -> bigint
    s * f32 -> double
    s * m5 -> double
    s / i32 -> double
    s % i32 -> bigint
    s + null -> double
    -s -> double
    abs(s) -> double
    s + s -> ${WRONG}
    '1' / '2' -> ${WRONG}
    s + b -> ${WRONG}
    s * d -> ${WRONG}
    s = i32 -> boolean
    s < d -> boolean
    s >= ts -> boolean
    s = b -> boolean
    s = bin -> boolean
    s = m5 -> boolean
    coalesce(s, i32) -> bigint
    coalesce(s, f32) -> double
    coalesce(s, d) -> date
    case when b then s else ts end -> timestamp
    if(b, s, null) -> string
    nullif(s, 1) -> string
    s in (1, 2) -> boolean
    s || i32 || d -> string
    concat(s, b) -> string
  `),
)

test(
  'dates and times move by days and intervals, and compare as the finer of the two',
  checks(`
    d + 1 -> date
    1 + d -> date
    d - i16 -> date
    d + null -> timestamp
    d + 1.5 -> ${UNEXPECTED}
    d + interval '1' day -> date
    interval '1' day + d -> date
    d - interval '36' hour -> timestamp
    d + interval '1' year -> date
    ts + interval '1' day -> timestamp
    ts - interval '1' month -> timestamp
    ts + 1 -> ${DIFFERENT}
    d - d -> interval day
    ts - d -> interval day to second
    d - '2024-01-01' -> interval day
    d * 2 -> ${DIFFERENT}
    d + d -> ${UNEXPECTED}
    d - b -> ${UNEXPECTED}
    d - null -> interval day
    null - d -> interval day
    interval '1' day * 2 -> interval day to second
    interval '1' day + b -> ${UNEXPECTED}
    d = ts -> boolean
    d < ntz -> boolean
    ts = ntz -> boolean
    d = i32 -> ${DIFFERENT}
    coalesce(d, ts) -> timestamp
    coalesce(d, ntz) -> timestamp_ntz
    coalesce(ts, ntz) -> timestamp
    date_add(s, 1) -> date
    date_add(ts, 1L) -> ${UNEXPECTED}
    date_add(ts, 1S) -> date
    date_add(d, 1.0) -> ${UNEXPECTED}
    date_sub(d, '3') -> date
    datediff(ts, s) -> int
    add_months(d, 3) -> date
    year(ts) -> int
    month(s) -> int
    hour(d) -> int
    hour(i32) -> ${UNEXPECTED}
    timestamp_millis(i32) -> timestamp
    unix_millis(ts) -> bigint
  `),
)

test(
  'logic takes booleans, and comparisons what can be ordered',
  checks(`
    b and s -> boolean
    not null -> boolean
    b or i32 -> ${DIFFERENT}
    i32 and i32 -> ${WRONG}
    b = i32 -> ${DIFFERENT}
    b + b -> ${WRONG}
    b + 1 -> ${DIFFERENT}
    null = null -> boolean
    null < 1 -> boolean
    null + null -> double
    st = st -> boolean
    map = map -> DATATYPE_MISMATCH.INVALID_ORDERING_TYPE
    arr = arr -> boolean
    arr = 1 -> ${DIFFERENT}
    i32 between 1 and 2.5 -> boolean
    i32 in (1, 2L, 3.5) -> boolean
    b in (1) -> DATATYPE_MISMATCH.DATA_DIFF_TYPES
    case when i32 then 1 end -> ${UNEXPECTED}
    case when b then 1 else b end -> DATATYPE_MISMATCH.DATA_DIFF_TYPES
    if(b, d, 1) -> DATATYPE_MISMATCH.DATA_DIFF_TYPES
    case when b then null end -> void
    nvl2(i32, 1, 2.5) -> decimal(11,1)
  `),
)

test(
  'arguments are turned into parameters as ANSI store assignment would',
  checks(`
    substring(s, i64, i8) -> string
    substring(i32, 1) -> string
    substring(s, m5) -> string
    repeat(s, f64) -> string
    upper(d) -> string
    upper(arr) -> ${UNEXPECTED}
    length(bin) -> int
    length(i32) -> int
    left(s, 2) -> string
    startswith(s, 1) -> boolean
    s like 1 -> UNSUPPORTED_FEATURE
    i32 like '1%' -> boolean
    concat() -> string
    concat(s, arr) -> DATATYPE_MISMATCH.DATA_DIFF_TYPES
    int(s) -> int
    double(i32) -> double
    decimal(s) -> decimal(10,0)
    date(ts) -> date
    to_date(s) -> date
    to_date(i32) -> date
    to_date(s, 'yyyy') -> date
    cast(null as struct<a: int>) -> struct<a:int>
    cast(d as int) -> DATATYPE_MISMATCH.CAST_WITH_FUNC_SUGGESTION
    cast(b as timestamp) -> DATATYPE_MISMATCH.CAST_WITH_CONF_SUGGESTION
    cast(bin as int) -> DATATYPE_MISMATCH.CAST_WITHOUT_SUGGESTION
    cast(st as string) -> string
    cast(arr as array<string>) -> array<string>
    cast(interval '1' day as string) -> string
    cast(named_struct('a', interval '1' day) as struct<a: string>) -> struct<a:string>
    cast(named_struct('a', interval '1' day) as struct<a: interval hour>) -> struct<a:interval hour>
    cast(named_struct('a', '1') as struct<a: interval day>) -> struct<a:interval day>
    cast(interval '1' day as interval month) -> DATATYPE_MISMATCH.CAST_WITHOUT_SUGGESTION
    cast(st as struct<a: bigint, b: string>) -> struct<a:bigint,b:string>
    cast(st as int) -> DATATYPE_MISMATCH.CAST_WITHOUT_SUGGESTION
  `),
)

test(
  'aggregates have the type of Spark',
  checks(`
    sum(i8) -> bigint
    sum(i64) -> bigint
    sum(f32) -> double
    sum(m5) -> decimal(15,2)
    sum(m38) -> decimal(38,10)
    sum(s) -> double
    sum(b) -> ${UNEXPECTED}
    sum(d) -> ${UNEXPECTED}
    avg(i8) -> double
    avg(f32) -> double
    avg(m5) -> decimal(9,6)
    avg(m38) -> decimal(38,14)
    mean(s) -> double
    min(s) -> string
    max(distinct d) -> date
    max(map) -> DATATYPE_MISMATCH.INVALID_ORDERING_TYPE
    min(st) -> struct<x:int,y:string>
    first(arr) -> array<int>
    any_value(m5) -> decimal(5,2)
    count(arr) -> bigint
    count(i32, s) -> bigint
    count(t.*) -> INVALID_USAGE_OF_STAR_WITH_TABLE_IDENTIFIER_IN_COUNT
    count(t.*, 1) -> bigint
    count(distinct s) -> bigint
    count_if(i32 > 1) -> bigint
    count_if(i32) -> ${UNEXPECTED}
    sum(i32) / count(*) -> double
    100.00 * sum(m5) / sum(m5) -> decimal(38,19)
  `),
)

test('decimal results follow the precision rules, with six digits after the point kept where they do not fit', (t) => {
  const m = (precision: number, scale: number) => ({ kind: 'decimal', precision, scale }) as const
  t.deepEqual(decimalResult('add', m(38, 0), m(1, 1)), m(38, 1))
  t.deepEqual(decimalResult('multiply', m(38, 18), m(38, 18)), m(38, 6))
  t.deepEqual(decimalResult('multiply', m(20, 2), m(18, 3)), m(38, 5))
  t.deepEqual(decimalResult('divide', m(38, 18), m(38, 18)), m(38, 6))
  t.deepEqual(decimalResult('divide', m(1, 0), m(1, 0)), m(7, 6))
  t.deepEqual(decimalResult('remainder', m(10, 2), m(5, 4)), m(5, 4))
  t.deepEqual(adjust(40, 3), m(38, 3))
  t.deepEqual(adjust(50, 30), m(38, 18))
  t.deepEqual(widerDecimal(m(38, 8), m(38, 6)), m(38, 6))
  t.deepEqual(widerDecimal(m(10, 0), m(5, 5)), m(15, 5))
})

test('what may be NULL within one of two values may be so within what they become, whichever comes first', (t) => {
  const both: readonly (readonly [string, string])[] = [
    ['array(1)', 'array(i32)'],
    ["map('a', 1)", "map('a', i32)"],
    ["named_struct('x', 1)", "named_struct('x', i32)"],
    ["array(named_struct('x', 1))", "array(named_struct('x', i32))"],
  ]
  const isNullWithin = (type: DataType): boolean => {
    if (type.kind === 'array') return type.containsNull || isNullWithin(type.element)
    return type.kind === 'map' ? type.valueContainsNull : type.kind === 'struct' && type.fields.some((f) => f.nullable)
  }
  for (const [never, maybe] of both)
    for (const [value, may] of [
      [`if(b, ${never}, ${never})`, false],
      [`if(b, ${never}, ${maybe})`, true],
      [`if(b, ${maybe}, ${never})`, true],
    ] as const)
      t.is(isNullWithin(outputOf(analyzed(`select ${value} as x from t`, catalog))[0]!.type), may, value)
})

test(
  'of two types of times the one that holds both is taken, whichever comes first',
  checks(`
    if(b, ts, ntz) -> timestamp
    if(b, ntz, ts) -> timestamp
    if(b, d, ntz) -> timestamp_ntz
    if(b, ntz, d) -> timestamp_ntz
    if(b, cast(s as time(3)), cast(s as time(6))) -> time(6)
    if(b, cast(s as time(6)), cast(s as time(3))) -> time(6)
  `),
)

test(
  'a decimal compared with the literal of a whole number takes its digits only, but all of those of a tinyint',
  checks(`
    m5 + 1Y -> decimal(6,2)
    m5 * 1Y -> decimal(9,2)
    m5 * 1S -> decimal(7,2)
  `),
)
