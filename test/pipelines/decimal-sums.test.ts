import test from 'ava'
import { Random } from '../support/random.js'
import { withSession } from '../support/sessions.js'

/** Numbers of which few are added up before 64 bits are full, and small ones of both signs. */
const MOST = 10n ** 18n - 1n
const NUMBERS = [MOST, -MOST, MOST - 1n, 1n - MOST, 0n, 1n, -1n, 12_345n, 2_147_483_647n, -2_147_483_647n]
const GROUPS = 6
const ROWS_EACH = 60

interface Row {
  readonly group: number
  readonly a: bigint
  readonly b: bigint
}

/** Groups that only grow, only fall, and that go up and down; what a row multiplies may need one limb or two. */
function drawnRows(random: Random): readonly Row[] {
  return Array.from({ length: GROUPS * ROWS_EACH }, (_, i) => {
    const group = i % GROUPS
    const drawn = random.pick(NUMBERS)
    const a = group === 0 ? MOST : group === 1 ? -MOST : drawn
    return { group, a, b: group === 2 ? 1n : random.pick(NUMBERS) }
  })
}

const sumOf = (rows: readonly Row[], value: (row: Row) => bigint): bigint =>
  rows.reduce((sum, row) => sum + value(row), 0n)

for (const seed of [1, 2, 3]) {
  test(`sums of decimals that leave 64 bits in either direction are exact (seed ${seed})`, async (t) => {
    const rows = drawnRows(new Random(seed))
    const text = rows.map(({ group, a, b }) => `(${group}, ${a}, ${b})`).join(', ')
    await withSession('local[2]', async (session) => {
      session
        .sql(`select g, cast(a as decimal(18, 0)) a, cast(b as decimal(18, 0)) b from values ${text} as t(g, a, b)`)
        .createOrReplaceTempView('numbers')
      const sums = 'string(sum(a)) a, string(sum(a * b)) ab'
      const grouped = await session.sql(`select g, ${sums} from numbers group by g order by g`).collect()
      for (const { g, a, ab } of grouped) {
        const own = rows.filter(({ group }) => group === g)
        t.is(a, String(sumOf(own, (row) => row.a)), `a of ${g}`)
        t.is(ab, String(sumOf(own, (row) => row.a * row.b)), `a * b of ${g}`)
      }
      t.is(grouped.length, GROUPS)
      const few = rows.filter(({ group }) => group < 1)
      const [all] = await session.sql(`select ${sums} from numbers where g < 1`).collect()
      t.is(all!['ab'], String(sumOf(few, (row) => row.a * row.b)))
      t.is(all!['a'], String(sumOf(few, (row) => row.a)))
    })
  })
}
