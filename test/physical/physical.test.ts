import { readFileSync } from 'node:fs'
import test from 'ava'
import type { PhysicalOptions } from '../../planner/physical/options.js'
import { planPhysical } from '../../planner/physical/plan-physical.js'
import { sqlText } from '../../planner/plan/expression/sql-text.js'
import { transformPlanUp } from '../../planner/plan/logical/transform.js'
import { physicalInputs } from '../../planner/plan/physical/inputs.js'
import type { PhysicalPlan, StageGraph } from '../../planner/plan/physical/plan.js'
import { cutStages } from '../../planner/stages/cut-stages.js'
import { analyzed } from '../support/analysis.js'
import { PHYSICAL_OPTIONS } from '../support/physical-options.js'

/** The operators of a stage from the root, a join's build side in brackets. */
function shape(plan: PhysicalPlan): string {
  const name = plan.kind === 'aggregate' ? `${plan.mode} aggregate` : plan.kind
  if (plan.kind === 'hashJoin')
    return `${plan.broadcast ? 'broadcast' : 'shuffled'} join [${shape(plan.inputs[1])}] ${shape(plan.inputs[0])}`
  return [name, ...physicalInputs(plan).map(shape)].join(' ')
}

const staged = (sql: string, options: Partial<PhysicalOptions> = {}): StageGraph =>
  cutStages(planPhysical(analyzed(sql), { ...PHYSICAL_OPTIONS, ...options }), { kind: 'collect' }, 2)

const shapes = (graph: StageGraph): string[] =>
  graph.stages.map(
    (s) => `${s.id}: ${shape(s.root)} -> ${s.sink.kind} ${s.tasks.kind === 'fixed' ? s.tasks.count : s.tasks.kind}`,
  )

test('TPC-H 1 is a partial aggregate over splits, a final one per partition, and a sort in one task', (t) => {
  const sql = readFileSync(new URL('../../../test/data/tpch/q01.sql', import.meta.url), 'utf8')
  t.deepEqual(shapes(staged(sql)), [
    '0: partial aggregate filter scan -> shuffle splits',
    '1: project final aggregate shuffleRead -> shuffle 4',
    '2: sort shuffleRead -> collect 1',
  ])
})

test('a small side is broadcast, large ones are shuffled by their keys, and every stage comes after its inputs', (t) => {
  const small = staged('select l_quantity, n_name from lineitem, nation where l_suppkey = n_nationkey', {})
  t.true(shapes(small).some((line) => line.includes('broadcast join')))
  const large = staged('select l_quantity from lineitem join orders on l_orderkey = o_orderkey')
  t.deepEqual(shapes(large), [
    '0: scan -> shuffle splits',
    '1: scan -> shuffle splits',
    '2: project shuffled join [shuffleRead] shuffleRead -> collect 4',
  ])
  for (const graph of [small, large]) {
    graph.stages.forEach((stage, i) => {
      t.is(stage.id, i)
      t.true(stage.inputs.every((input) => input < i))
    })
  }
})

test('tasks keep as many of the first rows as the limit and what it passes over, and one task takes the limit of them', (t) => {
  const kept = (sql: string): readonly unknown[] =>
    staged(sql).stages.flatMap(({ root }) =>
      [root, ...physicalInputs(root)].flatMap((plan) =>
        plan.kind === 'limit' || plan.kind === 'topK' ? [[plan.kind, plan.isGlobal, plan.limit, plan.offset]] : [],
      ),
    )
  for (const [order, kind] of [
    ['', 'limit'],
    ['order by l_quantity', 'topK'],
  ] as const)
    t.deepEqual(kept(`select l_orderkey, l_quantity from lineitem ${order} limit 10 offset 3`), [
      [kind, false, 13, 0],
      [kind, true, 10, 3],
    ])
})

test('the smaller side of an inner join is built, wherever it stands, and the columns keep their order', (t) => {
  const graph = staged('select * from nation join lineitem on n_nationkey = l_suppkey')
  const root = graph.stages.at(-1)!.root
  t.regex(shape(root), /broadcast join \[broadcastRead\] scan/)
  t.is(root.attributes[0]!.name, 'n_nationkey')
  t.is(root.attributes.at(-1)!.name, 'l_comment')
})

test('a limit over a sort keeps only the first rows, in each task and then over all', (t) => {
  t.deepEqual(shapes(staged('select o_orderkey from orders order by o_totalprice desc limit 10 offset 2')), [
    '0: topK project scan -> shuffle splits',
    '1: project topK shuffleRead -> collect 1',
  ])
  t.deepEqual(shapes(staged('select o_orderkey from orders limit 3')), [
    '0: limit project scan -> shuffle splits',
    '1: limit shuffleRead -> collect 1',
  ])
})

test('a result of many rows is sorted in ranges, whose bounds come from a sample of the same rows', (t) => {
  const many = { rangeSortRows: 100 }
  t.deepEqual(shapes(staged('select l_comment from lineitem order by l_shipdate', many)), [
    '0: topK numbered project project scan -> shuffle splits',
    '1: rangeBounds topK shuffleRead -> collect 1',
    '2: ranged project scan broadcastRead -> shuffle splits',
    '3: project sort shuffleRead -> collect 4',
  ])
  const few = ['0: project scan -> shuffle splits', '1: project sort shuffleRead -> collect 1']
  const sql = 'select l_comment from lineitem order by l_shipdate'
  t.deepEqual(shapes(staged(sql, { rangeSortRows: Number.MAX_SAFE_INTEGER })), few)
  t.deepEqual(shapes(staged(sql, { ...many, shufflePartitions: 1 })), few)
})

test('what a sample and its rows both read of other stages is computed once', (t) => {
  const grouped = 'select l_orderkey, count(*) n from lineitem group by l_orderkey order by n'
  t.deepEqual(shapes(staged(grouped, { rangeSortRows: 100 })), [
    '0: partial aggregate scan -> shuffle splits',
    '1: topK numbered sort project project final aggregate shuffleRead -> shuffle 4',
    '2: rangeBounds topK shuffleRead -> collect 1',
    '3: ranged project final aggregate shuffleRead broadcastRead -> shuffle 4',
    '4: sort shuffleRead -> collect 4',
  ])
})

test('only the result is sorted in ranges: other operators do not keep the order of tasks', (t) => {
  const many = { rangeSortRows: 0 }
  for (const sql of [
    'select l_comment from lineitem order by l_shipdate offset 3',
    'select count(*) from (select l_comment from lineitem order by l_shipdate offset 3)',
    'select l_comment from lineitem order by l_shipdate limit 10',
    'select max(l_comment) over_all from (select * from lineitem order by l_shipdate)',
  ])
    t.false(
      shapes(staged(sql, many)).some((line) => line.includes('ranged')),
      sql,
    )
})

test('all tasks share a range of many numbers, one has few, and a query may say how many do', (t) => {
  t.deepEqual(shapes(staged('select id from range(1000000)')), ['0: project range -> collect 2'])
  t.deepEqual(shapes(staged('select id from range(10)')), ['0: project range -> collect 1'])
  t.deepEqual(shapes(staged('select id from range(0, 10, 1, 3)')), ['0: project range -> collect 3'])
  t.deepEqual(shapes(staged('select id from range(1000000) order by id desc', { rangeSortRows: 100 })).slice(2), [
    '2: ranged project range broadcastRead -> shuffle 2',
    '3: sort shuffleRead -> collect 4',
  ])
})

test('the result of a stream is sorted in one task: its state cannot be read twice for a sample', (t) => {
  const sql = 'select l_orderkey, count(*) n from lineitem group by l_orderkey order by n'
  const stream = transformPlanUp(analyzed(sql), (plan) =>
    plan.kind === 'scan' ? Object.freeze({ ...plan, streaming: true }) : plan,
  )
  const options = { ...PHYSICAL_OPTIONS, rangeSortRows: 0, outputMode: 'complete' } as const
  t.deepEqual(shapes(cutStages(planPhysical(stream, options), { kind: 'collect' }, 2)).slice(-2), [
    '1: project stateAggregate shuffleRead -> shuffle 4',
    '2: sort shuffleRead -> collect 1',
  ])
})

test('what a stream keeps stays in as many partitions, however large the tables that it is joined with', (t) => {
  const sql = `select n, count(*) from (select l_orderkey n from lineitem join
    (select a.id from range(100000000) a left join range(100000000) b on a.id = b.id) on id = l_orderkey) group by n`
  const stream = transformPlanUp(analyzed(sql), (plan) =>
    plan.kind === 'scan' ? Object.freeze({ ...plan, streaming: true }) : plan,
  )
  const options = { ...PHYSICAL_OPTIONS, dividesLargeTables: true, outputMode: 'update' } as const
  const { stages } = cutStages(planPhysical(stream, options), { kind: 'collect' }, 2)
  t.is(shapes({ stages } as StageGraph).at(-1), '4: project stateAggregate shuffleRead -> collect 4')
})

test('of a stream and a table the table is sent whole to every task, however large it is and on whichever side', (t) => {
  for (const sql of [
    'select l_orderkey from lineitem join range(100000000000) on id = l_orderkey',
    'select l_orderkey from range(100000000000) join lineitem on id = l_orderkey',
  ]) {
    const stream = transformPlanUp(analyzed(sql), (plan) =>
      plan.kind === 'scan' ? Object.freeze({ ...plan, streaming: true }) : plan,
    )
    const options = { ...PHYSICAL_OPTIONS, outputMode: 'append' } as const
    const found = shapes(cutStages(planPhysical(stream, options), { kind: 'collect' }, 2)).at(-1)
    t.regex(found!, /broadcast join \[broadcastRead\] (project )?scan -> collect splits$/, sql)
  }
})

test('a side of just as many bytes as the threshold is broadcast, one of a byte more is not', (t) => {
  const sql = 'select a.id from range(1000) a join range(100) b on a.id = b.id'
  const isBroadcast = (broadcastThresholdBytes: number): boolean =>
    shapes(staged(sql, { broadcastThresholdBytes })).some((line) => line.includes('broadcast join'))
  t.true(isBroadcast(100 * 8))
  t.false(isBroadcast(100 * 8 - 1))
})

test('conditions that are no equality of the sides stay with the join', (t) => {
  const graph = staged(
    'select * from orders o left join customer c on o_custkey = c_custkey and o_totalprice > c_acctbal',
  )
  const { root } = graph.stages.at(-1)!
  const join = root.kind === 'project' ? root.inputs[0] : root
  t.true(join.kind === 'hashJoin' && join.type === 'left' && join.leftKeys.length === 1 && join.condition !== undefined)
})

/** The join of a query over the tables, below the projections. */
function joinOf(sql: string) {
  let { root } = staged(sql).stages.at(-1)!
  while (root.kind === 'project' || root.kind === 'filter') root = root.inputs[0]
  return root.kind === 'hashJoin' ? root : undefined
}

test('a full join is never a broadcast, as each task would output the rows without a match', (t) => {
  const on = 'from nation a full join nation b on'
  t.deepEqual(shapes(staged(`select count(*) ${on} a.n_nationkey = b.n_nationkey`)).slice(-2), [
    '1: partial aggregate shuffled join [shuffleRead] shuffleRead -> shuffle 4',
    '2: project final aggregate shuffleRead -> collect 1',
  ])
  // Without keys one task has both sides, and so all that is above them.
  t.deepEqual(shapes(staged(`select count(*) ${on} a.n_nationkey < b.n_nationkey`)).slice(-1), [
    '1: project complete aggregate shuffled join [shuffleRead] shuffleRead -> collect 1',
  ])
  t.is(joinOf(`select /*+ BROADCAST(b) */ * ${on} a.n_nationkey = b.n_nationkey`)?.broadcast, false)
})

test('a broadcast hint for the side that cannot be built is no reason to send the other one', (t) => {
  const from = 'from lineitem a left join lineitem b on a.l_orderkey = b.l_orderkey'
  t.is(joinOf(`select /*+ BROADCAST(a) */ * ${from}`)?.broadcast, false)
  t.is(joinOf(`select /*+ BROADCAST(b) */ * ${from}`)?.broadcast, true)
})

test('equality that takes NULLs for equal is a key of the join', (t) => {
  const join = joinOf(
    'select * from orders left semi join customer on o_custkey <=> c_custkey and c_nationkey = o_orderkey',
  )
  t.deepEqual([join?.leftKeys.length, join?.nullSafe, join?.condition], [2, [true, false], undefined])
})

test('rows that lie as an operator requires are not exchanged again', (t) => {
  // Shuffled by the join's key, which the groups are made of: whole groups are in one task each.
  t.deepEqual(
    shapes(
      staged(
        'select l_orderkey, o_custkey, count(*) from lineitem join orders on l_orderkey = o_orderkey group by 1, 2',
      ),
    ),
    [
      '0: scan -> shuffle splits',
      '1: scan -> shuffle splits',
      '2: project complete aggregate shuffled join [shuffleRead] shuffleRead -> collect 4',
    ],
  )
  t.deepEqual(shapes(staged('select o_custkey from lineitem join orders on l_orderkey = o_orderkey group by 1')), [
    '0: scan -> shuffle splits',
    '1: scan -> shuffle splits',
    '2: partial aggregate shuffled join [shuffleRead] shuffleRead -> shuffle 4',
    '3: project final aggregate shuffleRead -> collect 4',
  ])
  // One task makes the rows, so that it can order, group and limit them as well.
  t.deepEqual(shapes(staged('select k, count(*) c from (select 1 k) group by 1 order by 2 limit 5')), [
    '0: topK project complete aggregate project project oneRow -> collect 1',
  ])
  t.deepEqual(shapes(staged('select count(*) from (select o_custkey from orders group by 1 order by 1)')), [
    '0: partial aggregate scan -> shuffle splits',
    '1: project final aggregate shuffleRead -> shuffle 4',
    '2: project complete aggregate project sort shuffleRead -> collect 1',
  ])
})

test('a right side that is small, but has far more rows than the left one, is shuffled', (t) => {
  const options = { broadcastThresholdBytes: 1 << 30, adaptive: { broadcastBytes: 1 << 30, swapFactor: 0 } }
  const lastOf = (left: number, right: number): string => {
    const rows = (count: number): string => `(select id from range(${count}))`
    const sql = `select * from ${rows(left)} a left join ${rows(right)} b on a.id = b.id`
    return shapes(staged(sql, options)).at(-1)!
  }
  const isBroadcast = (left: number, right: number): boolean => lastOf(left, right).includes('broadcastRead')
  t.deepEqual(
    [isBroadcast(100_000, 400_000), isBroadcast(100_000, 400_001), isBroadcast(1, 200_000), isBroadcast(1, 200_001)],
    [true, false, true, false],
  )
  // Nor may it be broadcast once its size is known.
  t.false(
    staged('select * from range(1) a left join range(200001) b on a.id = b.id', options).stages.some(
      ({ adaptive }) => adaptive?.broadcast,
    ),
  )
})

test('a union moves no row: tasks of its inputs are tasks of its stage, and rows that lie alike stay so', (t) => {
  t.deepEqual(
    shapes(staged('select l_orderkey from lineitem union all select o_orderkey from orders union all values (1L)')),
    ['0: union project scan project scan values -> collect most'],
  )
  const grouped = 'select o_orderkey k, count(*) n from orders group by 1'
  const others = 'select l_orderkey k, count(*) n from lineitem group by 1'
  t.deepEqual(shapes(staged(`select k, sum(n) from (${grouped} union all ${others}) group by k`)), [
    '0: partial aggregate scan -> shuffle splits',
    '1: partial aggregate scan -> shuffle splits',
    '2: project complete aggregate project union project final aggregate shuffleRead project final aggregate shuffleRead -> collect 4',
  ])
  // All rows of one input are in one task, those of the other by a hash.
  const one = 'select 1L k, count(*) n from lineitem'
  for (const inputs of [`${one} union all ${grouped}`, `${grouped} union all ${one}`])
    t.regex(
      shapes(staged(`select k, sum(n) from (${inputs}) group by k`)).at(-1)!,
      /^\d+: project final aggregate shuffleRead -> collect 4$/,
    )
  const total = 'select count(*) n from orders'
  t.regex(shapes(staged(`${total} union all ${total}`)).at(-1)!, /union .* -> collect 1$/)
})

test('shuffles divide into more partitions than there are slots where the table of a join or of groups would be much larger than a cache', (t) => {
  const partitions = (sql: string, options: Partial<PhysicalOptions> = { dividesLargeTables: true }): number => {
    const counts = staged(sql, options).stages.flatMap(({ sink }) =>
      sink.kind === 'shuffle' && sink.partitioning.kind === 'hash' ? [sink.partitioning.partitions] : [],
    )
    t.is(new Set(counts).size, 1)
    return counts[0]!
  }
  const joined = (type: string, left: number, right: number) =>
    `select count(*) from range(${left}) a ${type} join range(${right}) b on a.id = b.id`
  t.is(partitions(joined('inner', 5e6, 5e6)), 4)
  t.is(partitions(joined('inner', 1e7, 1e7)), 16)
  t.is(partitions(joined('inner', 1e7, 1e7), {}), 4)
  t.is(partitions(joined('inner', 1e9, 1e9)), 32)
  // The smaller side is built of an inner join, the right one of others.
  t.is(partitions(joined('inner', 1e7, 2e6)), 4)
  t.is(partitions(joined('left', 1e7, 2e6)), 4)
  t.is(partitions(joined('left', 2e6, 1e7)), 16)
  t.is(partitions(`select * from (${joined('full', 2e6, 1e7)}) x(n) group by n`), 16)
  // How many groups there are is guessed, so they divide less.
  const grouped = (rows: number, by = 'id div 3') => `select ${by}, count(*) from range(${rows}) group by ${by}`
  t.is(partitions(grouped(5.5e7)), 4)
  t.is(partitions(grouped(5.7e7)), 12)
  t.is(partitions(grouped(1e9)), 16)
  t.is(partitions(`select count(*) from (${joined('inner', 1e9, 1e9)})`), 32)
  t.is(partitions(`${grouped(1e9)} limit 5`, {}), 4)
})

test('grouping sets are merged of the groups of all keys, but where that would not give the same or has more groups', (t) => {
  const stageOf = (sql: string): string => shapes(staged(sql))[0]!
  const fromFinest = /^0: merge aggregate project expand partial aggregate (filter )?scan/
  const fromCopies = /^0: partial aggregate expand /
  const by = (aggregates: string, keys = 'rollup(l_returnflag, l_linestatus)') =>
    stageOf(`select ${aggregates} from lineitem group by ${keys}`)
  t.regex(by('sum(l_quantity), avg(l_tax), stddev(l_discount), min(l_comment), count(*)'), fromFinest)
  t.regex(by('count(*) filter (where l_tax > 0)', 'cube(l_returnflag, l_linestatus), l_shipmode'), fromFinest)
  // There may be far more groups of both than of each.
  t.regex(by('1', 'grouping sets ((l_returnflag), (l_linestatus))'), fromCopies)
  // Their result is that of rows in their order.
  const ordered = ['first(l_tax)', 'last(l_tax)', 'collect_list(l_tax)', 'max_by(l_tax, l_discount)']
  for (const aggregate of ordered) t.regex(by(aggregate), fromCopies)
  // What is added differs from copy to copy.
  t.regex(by('count(l_tax), count(distinct l_tax), count(distinct l_comment)'), fromCopies)
  const unpivoted = '(select l_tax, l_discount from lineitem) unpivot (x for name in (l_tax, l_discount))'
  t.regex(
    stageOf(`select name, sum(x) from ${unpivoted} group by name`),
    /^0: partial aggregate filter project expand /,
  )
  // The states of groups without keys would be there without rows, too.
  t.regex(by('count(*)', 'grouping sets ((), ())'), fromCopies)
  // The groups of all keys are not brought together again, if they are those of a set.
  const passing = (keys: string): string | undefined => {
    const { root } = staged(`select count(*) from lineitem group by ${keys}`).stages[0]!
    return root.kind === 'aggregate' && root.passes ? sqlText(root.passes) : undefined
  }
  t.is(passing('rollup(l_returnflag, l_linestatus)'), '(spark_grouping_id = 0)')
  t.is(passing('l_tax, grouping sets ((l_returnflag, l_linestatus), (l_returnflag), ())'), '(spark_grouping_id = 0)')
  t.is(passing('grouping sets ((l_returnflag), (l_returnflag), ())'), '(grouping_pos = 0)')
  // Of sets that each have the keys of the next one, groups are merged to the next set's, from the second one on.
  const rolled = (keys: string): string | undefined => {
    const { root } = staged(`select count(*) from lineitem group by ${keys}`).stages[0]!
    if (root.kind !== 'aggregate' || !root.rollsUp) return undefined
    const { times, columns } = root.rollsUp
    return `${times} times to ${columns.map((e) => sqlText(e)).join(', ')}`
  }
  t.is(
    rolled('l_tax, rollup(l_returnflag, l_linestatus, l_shipmode)'),
    '2 times to l_tax, CASE WHEN (spark_grouping_id < 3) THEN l_returnflag END, CASE WHEN (spark_grouping_id < 1) THEN l_linestatus END, ' +
      'CASE WHEN (spark_grouping_id < 0) THEN l_shipmode END, CASE WHEN (spark_grouping_id < 3) THEN 3 ELSE 7 END, count(1).count',
  )
  t.truthy(rolled('grouping sets ((l_returnflag), (), (l_returnflag, l_linestatus, l_shipmode))'))
  t.is(rolled('rollup(l_returnflag)'), undefined)
  t.is(rolled('cube(l_returnflag, l_linestatus)'), undefined)
  t.is(rolled('grouping sets ((l_returnflag, l_linestatus), (l_returnflag), (l_returnflag), ())'), undefined)
  // Where one task has all rows there is nothing to merge twice.
  const one = staged('select id, count(*) from (select id from range(9) limit 5) group by rollup(id)')
  t.regex(shapes(one).at(-1)!, /final aggregate project expand partial aggregate /)
})
