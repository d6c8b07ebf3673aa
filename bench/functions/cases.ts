/** A function over every row, in our SQL and, where that differs, in DuckDB's; what comes out is added up, so that every value is made. */
export interface Case {
  readonly what: string
  readonly ours: string
  readonly duckdb: string
}

const same = (what: string, sql: string): Case => ({ what, ours: sql, duckdb: sql })

const both = (what: string, ours: string, duckdb: string): Case => ({ what, ours, duckdb })
/** Texts are added up by their lengths. */
const text = (ours: string, duckdb = ours): Case => both(ours, `sum(char_length(${ours}))`, `sum(length(${duckdb}))`)
const number = (ours: string, duckdb = ours): Case => both(ours, `sum(${ours})`, `sum(${duckdb})`)
const count = (ours: string, duckdb = ours): Case => both(ours, `count_if(${ours})`, `count_if(${duckdb})`)
const latest = (ours: string, duckdb = ours): Case => both(ours, `max(${ours})`, `max(${duckdb})`)

const STRINGS: readonly Case[] = [
  text('upper(s)'),
  text('lower(s)'),
  text('trim(s)'),
  text('substring(s, 3, 5)'),
  text("replace(s, 'Group', 'G')"),
  text("concat(s, '-', w)"),
  text("concat_ws('/', s, w)"),
  text('reverse(s)'),
  text("lpad(w, 20, '*')"),
  text('repeat(w, 2)'),
  text("split_part(w, ',', 2)"),
  text("translate(s, 'aeiou', '12345')"),
  text('left(s, 4)'),
  text('hex(s)'),
  text('md5(s)'),
  text('base64(s)', 'to_base64(encode(s))'),
  number('char_length(s)', 'length(s)'),
  number("position('of' in s)"),
  number('ascii(s)'),
  number("levenshtein(w, 'a12,b7,c')"),
  count("s like '%7%Group%'"),
  count("startswith(s, 'Item 1')", "starts_with(s, 'Item 1')"),
  count("contains(s, '99')"),
]

const PATTERNS: readonly Case[] = [
  count("s rlike '[0-9]+ of G'", "regexp_matches(s, '[0-9]+ of G')"),
  text("regexp_extract(s, 'Item ([0-9]+)', 1)"),
  text("regexp_replace(s, '[0-9]+', '#')", "regexp_replace(s, '[0-9]+', '#', 'g')"),
]

const DATES: readonly Case[] = [
  number('year(d)'),
  number('month(d)'),
  number('dayofyear(d)'),
  number('hour(ts)'),
  number("datediff(d, date '1980-01-01')", "d - date '1980-01-01'"),
  latest('date_add(d, 7)', 'd + 7'),
  latest('add_months(d, 5)', 'cast(d + to_months(5) as date)'),
  latest('last_day(d)'),
  latest("trunc(d, 'MM')", "cast(date_trunc('month', d) as date)"),
  latest("date_trunc('hour', ts)"),
  text("date_format(ts, 'yyyy-MM-dd HH:mm')", "strftime(ts, '%Y-%m-%d %H:%M')"),
  text('cast(d as string)', 'cast(d as varchar)'),
  latest('cast(dt as date)'),
  latest("to_date(dt, 'yyyy-MM-dd')", "cast(strptime(dt, '%Y-%m-%d') as date)"),
]

const NUMBERS: readonly Case[] = [
  same('round(x, 2)', 'max(round(x, 2))'),
  same('sqrt(x)', 'max(sqrt(x))'),
  number('abs(n - 500000)'),
  number('n % 17'),
  number('greatest(n, k)'),
  number('cast(w1 as int)'),
  text('cast(n as string)', 'cast(n as varchar)'),
]

const DOCUMENTS: readonly Case[] = [
  text("get_json_object(j, '$.user')", "j->>'$.user'"),
  number("cast(get_json_object(j, '$.geo.lat') as int)", "cast(j->>'$.geo.lat' as int)"),
  number("from_json(j, 'user string, n int').n", `from_json(j, '{"user":"VARCHAR","n":"INTEGER"}').n`),
]

const ARRAYS: readonly Case[] = [
  number("size(split(w, ','))", "len(string_split(w, ','))"),
  count('array_contains(a, 42)', 'list_contains(a, 42)'),
  number('a[1]', 'a[2]'),
  number('array_max(a)', 'list_max(a)'),
  number('size(array_distinct(a))', 'len(list_distinct(a))'),
  number('sort_array(a)[0]', 'list_sort(a)[1]'),
  number('aggregate(a, 0, (acc, v) -> acc + v)', 'list_sum(a)'),
  number('transform(a, v -> v + 1)[0]', 'list_transform(a, lambda v: v + 1)[1]'),
  number('size(filter(a, v -> v > 50))', 'len(list_filter(a, lambda v: v > 50))'),
  both('explode(a)', 'sum(v) from (select explode(a) v from t) u --', 'sum(v) from (select unnest(a) v from t) u --'),
]

export const CASES: readonly Case[] = [...STRINGS, ...PATTERNS, ...DATES, ...NUMBERS, ...DOCUMENTS, ...ARRAYS]
