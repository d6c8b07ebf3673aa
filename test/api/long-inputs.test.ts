import test from 'ava'
import { MillraceError, type Session } from '../../api/index.js'
import { OF_ARRAYS, OF_TEXTS } from '../support/long-calls.js'
import { raised } from '../support/raised.js'
import { withSession } from '../support/sessions.js'

/*
 * What is as long as files are, and patterns that try every way: each function answers, or tells by a condition why not. That its work grows no faster than
 * what it is given is counted by test/compiler/work.test.ts.
 */

const TEXT_LENGTH = 1_000_000
const ELEMENTS = 200_000

/** What no way is known to do in less than the product of the lengths. */
const LEVENSHTEIN = 'levenshtein(left(s, 100000), repeat(left(s, 1000), 100))'

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

test('texts of a million characters and patterns made to try every way end, with a value or a condition', async (t) => {
  t.timeout(240_000)
  t.deepEqual(
    await faultsOf(`(select repeat('aaab c,', ${Math.floor(TEXT_LENGTH / 7)}) s)`, [...OF_TEXTS, LEVENSHTEIN]),
    [],
  )
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
      const [coded] = await session
        .sql(`select length(decode(encode(s, 'utf-32'), 'utf-32')) n from (select repeat('aaab c,', 15000000) s)`)
        .collect()
      t.is(coded!['n'], 105_000_000)
      const refused = ["s collate unicode_ci = 'x'", "contains(s collate unicode_ci_ai, 'x')", 'size(sentences(s))']
      for (const expression of refused)
        await raised(
          t,
          session.sql(`select ${expression} from (select repeat('aaab c,', 15000000) s)`).collect(),
          'UNSUPPORTED_FEATURE',
        )
      for (const array of ['array_repeat(id, 2000000000)', 'sequence(id, 2000000000)', 'sequence(id, 600000000)'])
        await raised(t, session.sql(`select size(${array}) from range(1)`).collect(), 'UNABLE_TO_ACQUIRE_MEMORY')
      await raised(
        t,
        session.sql(`select length(upper(repeat('x', 1100000000)))`).collect(),
        'UNABLE_TO_ACQUIRE_MEMORY',
      )
    },
    settings,
  )
})
