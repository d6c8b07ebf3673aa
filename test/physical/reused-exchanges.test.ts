import test, { type ExecutionContext } from 'ava'
import { functions as F, udf } from '../../api/index.js'
import { explainPhysical } from '../../planner/explain/explain-physical.js'
import { optimize } from '../../planner/optimize/optimize.js'
import { planPhysical } from '../../planner/physical/plan-physical.js'
import { cutStages } from '../../planner/stages/cut-stages.js'
import { analyzed } from '../support/analysis.js'
import { PHYSICAL_OPTIONS } from '../support/physical-options.js'
import { withSession } from '../support/sessions.js'

interface Planned {
  /** Exchanges and broadcasts whose rows come from another one. */
  readonly reused: number
  readonly stages: number
}

function planned(sql: string): Planned {
  const physical = planPhysical(optimize(analyzed(sql)), PHYSICAL_OPTIONS)
  const { stages } = cutStages(physical, { kind: 'collect' }, 2)
  return { reused: explainPhysical(physical.root).split('+- Reused').length - 1, stages: stages.length }
}

/** Of two queries over the orders, joined by keys of their groups. */
const joined = (first: string, second: string): Planned =>
  planned(`select * from (${first}) a join (${second}) b on a.k = b.k`)

const SUMS = 'select o_custkey k, sum(o_totalprice) s from orders where o_orderkey > 7 group by o_custkey'

test('rows that a query moves at several places are computed once', (t) => {
  // Both sides of the join read one shuffle, by which they lie as the join wants them.
  t.deepEqual(joined(SUMS, SUMS), { reused: 1, stages: 2 })
  t.is(planned(`with s as (${SUMS}) select k, s from s where s = (select max(s) from s)`).reused, 1)
})

test('a table that is joined with itself is moved once, whatever names it has', (t) => {
  const sql = 'select a.o_totalprice, b.o_totalprice from orders a join orders b on a.o_custkey = b.o_custkey'
  t.deepEqual(planned(sql), { reused: 1, stages: 2 })
})

test('names of columns make no difference, nor do places in the text, and exchanges below are told by what they read', (t) => {
  const named = SUMS.replace('sum(o_totalprice) s', '  sum(o_totalprice) total')
  t.is(joined(SUMS, named).reused, 1)
  const nested = (name: string, below = 'n'): string =>
    `select ${below} k, count(*) ${name} from (select count(*) ${below} from orders group by o_custkey) group by ${below}`
  // Of the four stages one sends the second side to all tasks of the join.
  t.deepEqual(joined(nested('x'), nested('y', 'm')), { reused: 1, stages: 4 })
  // The upper exchanges differ in nothing but what they read.
  const fewer = nested('x').replace('from orders', 'from orders where o_orderkey > 7')
  t.is(joined(nested('x'), fewer).reused, 0)
})

const DIFFERENT: readonly (readonly [what: string, from: string, to: string])[] = [
  ['a literal', '> 7', '> 8'],
  ['an operator', '> 7', '>= 7'],
  ['an aggregate', 'sum(o_totalprice)', 'max(o_totalprice)'],
  ['a column', 'sum(o_totalprice)', 'sum(o_orderkey)'],
  ['a key', 'select o_custkey k', 'select o_orderkey k'],
  ['a field', 'sum(o_totalprice) s', "max(named_struct('a', o_orderkey)) s"],
  ['a zero', 'o_orderkey > 7', 'cast(o_orderkey as double) > -0d'],
  ['bytes', 'o_orderkey > 7', "cast(o_comment as binary) > x'01'"],
]

for (const [what, from, to] of DIFFERENT)
  test(`rows that differ by ${what} are computed apart`, (t) => {
    const other = SUMS.replace(from, to).replace(
      'group by o_custkey',
      to.includes(' k') ? 'group by o_orderkey' : 'group by o_custkey',
    )
    t.not(other, SUMS)
    t.is(joined(SUMS, other).reused, 0)
    t.is(joined(other, other).reused, 1)
  })

test('values that only look alike are different: zeros, texts and bytes, fields, sources, divisions', (t) => {
  const apart = (first: string, second: string): void => {
    t.is(joined(first, second).reused, 0, `${first}\n${second}`)
    t.is(joined(first, first).reused, 1, first)
  }
  const counted = (value: string): string =>
    `select o_custkey k, max(${value}) m from orders where o_orderkey > 7 group by o_custkey`
  apart(counted('o_totalprice * 0d'), counted('o_totalprice * -0d'))
  apart(counted("concat(o_comment, 'AQ==')"), counted("concat(o_comment, 'AQ')"))
  apart(counted('struct(o_orderkey as a)'), counted('struct(o_orderkey as b)'))
  apart(
    counted('array_max(transform(array(o_orderkey, 1), (x, i) -> x - i))'),
    counted('array_max(transform(array(o_orderkey, 1), (i, x) -> x - i))'),
  )
  apart(
    'select l_orderkey k, count(*) n from lineitem group by l_orderkey',
    'select o_orderkey k, count(*) n from orders group by o_orderkey',
  )
  apart(
    'select /*+ repartition(3, o_custkey) */ o_custkey k from orders',
    'select /*+ repartition(5, o_custkey) */ o_custkey k from orders',
  )
})

test('results are those of the two computed apart, in one process and in several', async (t) => {
  const check = async (t: ExecutionContext, master: string): Promise<void> =>
    await withSession(
      master,
      async (session) => {
        const rows = await session
          .sql(
            `with s as (select id % 1000 as k, sum(id) as s, min(id) as l from range(0, 50000, 1, 5) group by 1)
             select count(*) n, sum(a.s + b.s) s, sum(a.l * b.l) l from s a join s b on a.k = b.k and a.s >= b.s`,
          )
          .collect()
        t.deepEqual(rows, [{ n: 1000n, s: 2499950000n, l: 332833500n }])
      },
      { autoBroadcastJoinThreshold: -1 },
    )
  await check(t, 'local[2]')
  await check(t, 'local-cluster[2,1,256]')
})

test('functions of the program are called as often as the query says, and rows are observed as often', async (t) => {
  await withSession('local[2]', async (session) => {
    session.udf.register(
      'doubled',
      udf((n: bigint) => n * 2n, 'bigint'),
    )
    const rows = session.range(0, 100, 1, 4)
    rows.createOrReplaceTempView('plain')
    rows
      .mapPartitions(function* (some) {
        yield* some
      }, 'id bigint')
      .createOrReplaceTempView('mapped')
    rows.observe('seen', F.count().as('n')).createOrReplaceTempView('observed')
    const isReused = async (value: string, view: string): Promise<boolean> => {
      const groups = `select ${value} as k, count(*) as n from ${view} group by 1`
      const [row] = await session.sql(`explain select * from (${groups}) a join (${groups}) b on a.k = b.k`).collect()
      return /Reused/.test(row!['plan'] as string)
    }
    t.true(await isReused('id * 2', 'plain'))
    t.false(await isReused('doubled(id)', 'plain'))
    t.false(await isReused('id * 2', 'mapped'))
    t.false(await isReused('id * 2', 'observed'))
  })
})
