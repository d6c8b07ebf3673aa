import test from 'ava'
import { MillraceError, type Session } from '../../api/index.js'
import { withSession } from '../support/sessions.js'

/*
 * What is as long as files are, and patterns that try every way: each function answers, or tells by a condition why not. One that took quadratic time would not
 * end within the time that a test has.
 */

const TEXT_LENGTH = 4_000_000
const ELEMENTS = 400_000

const OF_TEXTS: readonly string[] = [
  ...[
    'upper(s)',
    'initcap(s)',
    'reverse(s)',
    'trim(s)',
    'sha2(s, 256)',
    'crc32(s)',
    'unbase64(base64(s))',
    'hex(s)',
    'soundex(s)',
    'mask(s)',
    'quote(s)',
  ],
  ...[
    "levenshtein(s, 'abc')",
    'levenshtein(left(s, 100000), repeat(left(s, 1000), 100))',
    "instr(s, 'zzz')",
    "replace(s, 'a', 'bb')",
    "translate(s, 'abc', 'xyz')",
    "substring_index(s, ',', -3)",
    "split_part(s, ',', 3)",
  ],
  ...[
    "split(s, ',')",
    "split(s, '(a+)+b')",
    "regexp_replace(s, '(a*)*b', 'x')",
    "s rlike '(a+)+$'",
    "regexp_extract(s, '(a|aa)+$', 0)",
    "regexp_count(s, 'a')",
  ],
  ...[
    "regexp_like(s, '^(([a-z])+.)+[A-Z]([a-z])+$')",
    "s like '%a%b%c%d%'",
    "s like concat('%a%', 'b%c_d%')",
    "find_in_set('a', s)",
    'url_decode(url_encode(s))',
  ],
  ...[
    "str_to_map(s, ',', ':')",
    "from_json(s, 'a int')",
    "from_json('[' || repeat('1,', 1000000) || '1]', 'array<int>')",
    "get_json_object(s, '$.a')",
    "from_csv(s, 'a string')",
  ],
  ...[
    "try_parse_json(repeat('[', 1000000))",
    "try_parse_json('\"' || s || '\"')",
    "xpath_string('<a>' || s || '</a>', 'a')",
    "parse_url(s, 'HOST')",
  ],
  ...[
    'try_cast(s as int)',
    'try_cast(s as double)',
    'try_cast(s as date)',
    'try_cast(s as interval)',
    "try_cast(repeat('1 day ', 1000000) as interval)",
    'try_cast(s as interval day to second)',
  ],
  ...[
    "try_cast(repeat('9', 8000000) as decimal(38, 0))",
    "try_cast(repeat('9', 8000000) as double)",
    "try_to_number(repeat('9', 8000000), '999')",
    'conv(s, 36, 10)',
    "try_to_timestamp(s, 'yyyy')",
  ],
  ...[
    "s collate utf8_lcase = 'x'",
    "concat_ws(',', split(s, ','))",
    "encode(s, 'utf-16')",
    'luhn_check(repeat("7", 8000000))',
    "format_string('%s', s)",
  ],
  ...[
    'sentences(s)',
    "sentences(repeat('. (', 1000000))",
    "sentences(repeat('1.', 1000000))",
    "sentences(repeat('a', 4000000))",
    'initcap(s collate unicode)',
    "initcap(repeat('a', 4000000) collate unicode)",
    "from_xml('<p><a>' || s || '</a></p>', 'a string, b int')",
    "from_xml('<p>' || repeat('<a>x</a>', 100000) || '</p>', 'a array<date>')",
  ],
]

const OF_ARRAYS: readonly string[] = [
  ...[
    'array_distinct(a)',
    'array_sort(a)',
    'array_max(a)',
    'array_union(a, a)',
    'array_except(a, array(1))',
    'array_intersect(a, a)',
    'arrays_overlap(a, array(-1))',
  ],
  ...[
    'array_position(a, -1)',
    'array_remove(a, 1)',
    'reverse(a)',
    'slice(a, 2, 999999)',
    'flatten(transform(a, x -> array(x)))',
    "array_join(a, ',')",
    'arrays_zip(a, a)',
    'shuffle(a)',
  ],
  ...[
    'aggregate(a, 0L, (x, y) -> x + y)',
    'filter(a, x -> x % 2 = 0)',
    'map_from_arrays(a, a)',
    'map_from_entries(transform(a, x -> struct(x, x)))',
    'to_json(a)',
    "from_json(to_json(a), 'array<int>')",
  ],
  ...[
    'sort_array(transform(a, x -> string(x)))',
    'array_distinct(transform(a, x -> struct(x, x)))',
    'map_concat(map_from_arrays(a, a), map(-1L, -1L))',
    'cast(a as string)',
    'hash(a)',
    'array_append(a, 1L)',
    'sort_array(transform(a, x -> string(x) collate unicode_ci))',
  ],
]

async function faultsOf(relation: string, expressions: readonly string[]): Promise<readonly string[]> {
  return withSession('local[1]', (session) => faultsIn(session, relation, expressions))
}

async function faultsIn(
  session: Session,
  relation: string,
  expressions: readonly string[],
): Promise<readonly string[]> {
  const faults: string[] = []
  for (const expression of expressions) {
    try {
      await session.sql(`select hash(to_json(struct(${expression} as x))) from ${relation}`).collect()
    } catch (error) {
      if (!MillraceError.is(error)) throw error
      if (error.condition === 'INTERNAL_ERROR' || error.domain === 'internal')
        faults.push(`${expression}: ${error.message}`)
    }
  }
  return faults
}

test('texts of millions of characters and patterns made to try every way end, with a value or a condition', async (t) => {
  t.timeout(240_000)
  t.deepEqual(await faultsOf(`(select repeat('aaab c,', ${Math.floor(TEXT_LENGTH / 7)}) s)`, OF_TEXTS), [])
})

test('arrays of hundreds of thousands of elements end, with a value or a condition', async (t) => {
  t.timeout(240_000)
  t.deepEqual(await faultsOf(`(select sequence(1L, ${ELEMENTS}L) a)`, OF_ARRAYS), [])
})

test('texts of a hundred megabytes are written into others, and one that no block of memory holds is refused', async (t) => {
  t.timeout(240_000)
  const settings = { 'executor.memory': '3g' }
  await withSession(
    'local[1]',
    async (session) => {
      const [row] = await session
        .sql(`select length(to_json(struct(s as x, s as y))) n from (select repeat('aaab c,', 15000000) s)`)
        .collect()
      t.is(row!['n'], 210_000_015)
      const refused = ["s collate unicode_ci = 'x'", "contains(s collate unicode_ci_ai, 'x')", 'size(sentences(s))']
      for (const expression of refused)
        await t.throwsAsync(session.sql(`select ${expression} from (select repeat('aaab c,', 15000000) s)`).collect(), {
          instanceOf: MillraceError,
        })
      const tooLong = await t.throwsAsync(session.sql(`select length(upper(repeat('x', 1100000000)))`).collect(), {
        instanceOf: MillraceError,
      })
      t.not((tooLong as MillraceError).condition, 'INTERNAL_ERROR')
    },
    settings,
  )
})
