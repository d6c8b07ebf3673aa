import test, { type ExecutionContext } from 'ava'
import { Session } from '../../api/index.js'
import { raised } from '../support/raised.js'

const TIME = String.raw`\d+(\.\d+)? m?s`
const SIZE = String.raw`\d+\.\d [KMG]?i?B`

async function withSession(
  t: ExecutionContext,
  settings: Readonly<Record<string, string | number | boolean>>,
  body: (analyzed: (sql: string) => Promise<string>, session: Session) => Promise<void>,
  master = 'local[2]',
): Promise<void> {
  let builder = Session.builder().master(master).config('log.level', 'silent')
  for (const [name, value] of Object.entries(settings)) builder = builder.config(name, value)
  const session = await builder.create()
  t.teardown(() => session.stop())
  const analyzed = async (sql: string): Promise<string> => {
    const [row] = await (await session.sql(`explain analyze ${sql}`)).collect()
    return row!['plan'] as string
  }
  await body(analyzed, session)
}

/** The lines of a text without what differs from run to run. */
const shapeOf = (text: string): string =>
  text
    .replaceAll(new RegExp(`, (reading|loops) ${TIME}`, 'g'), '')
    .replaceAll(new RegExp(`, memory ${SIZE}`, 'g'), ', memory')
    .replaceAll(new RegExp(TIME, 'g'), '<time>')
    .replaceAll(new RegExp(SIZE, 'g'), '<size>')

const QUERY = `select b.id % 5 as k, count(*) as n
  from (select id, id % 100 as k from range(0, 10000, 1, 4) where id % 4 = 0) a join range(100) b on a.k = b.id
  where b.id < 50 group by 1`

const SHAPE = `== Analyzed Physical Plan ==

took <time>

Stage 0 (1 task, <time>, 50 rows, <size>) -> collect
Project [id]  -- 50 rows, estimated 33 (<size>)
+- Filter (id < 50)  -- 50 rows, estimated 33 (<size>)
   +- Range (0, 100, step=1)  -- 100 rows, estimated 100 (<size>)

Stage 1 (4 tasks, <time>, 20 rows, <size>) -> shuffle hash((id % 5)) into 2
HashAggregate (partial) keys=[(id % 5)], functions=[count(1)]  -- 20 rows, memory
+- Project [id]  -- 1,300 rows, estimated 333 (<size>)
   +- BroadcastHashJoin Inner [k = id]  -- 1,300 rows, estimated 333 (<size>), memory
      :- Project [(id % 100) AS k]  -- 1,300 rows, estimated 1,000 (<size>)
      :  +- Filter (((id % 4) = 0) AND ((id % 100) < 50))  -- 1,300 rows, estimated 1,000 (<size>)
      :     +- Range (0, 10000, step=1)  -- 10,000 rows, estimated 10,000 (<size>)
      +- BroadcastRead stage 0 [id]  -- 50 rows

Stage 2 (1 task, <time>, 5 rows, <size>) -> collect
# tasks that read several small partitions: 1
Project [(id % 5) AS k, count(1) AS n]  -- 5 rows, estimated 33 (<size>)
+- HashAggregate (final) keys=[(id % 5)], functions=[count(1)]  -- 5 rows, estimated 33 (<size>), memory
   +- ShuffleRead stage 1 [(id % 5), count(1).count]  -- 20 rows`

for (const master of ['local[2]', 'local-cluster[2,1,256]'])
  test(`EXPLAIN ANALYZE tells the rows that each operator gave, and what was estimated, in ${master}`, (t) =>
    withSession(
      t,
      {},
      async (analyzed) => {
        const text = await analyzed(QUERY)
        t.is(shapeOf(text), SHAPE)
        // Who reads rows is timed, and what keeps them has memory.
        t.regex(text, new RegExp(`Range .* -- 10,000 rows, .*loops ${TIME}`))
        t.regex(text, new RegExp(`HashAggregate \\(partial\\).* memory ${SIZE}`))
      },
      master,
    ))

test('a limit is seen in the rows of what is below it', (t) =>
  withSession(t, {}, async (analyzed) => {
    const text = await analyzed('select id from range(0, 1000000, 1, 1) where id % 2 = 1 limit 3')
    t.regex(text, /Limit .* -- 3 rows/)
    t.notRegex(text, /-- 1,000,000 rows/)
  }))

test('what was put on disk is told of the operator that kept it', (t) =>
  withSession(t, { 'executor.memory': '16m' }, async (analyzed) => {
    const text = await analyzed(
      'select id, repeat(md5(cast(id as string)), 8) as s from range(0, 200000, 1, 1) sort by s',
    )
    const [sort] = /^.*Sort \[.*$/m.exec(text) ?? ['']
    t.regex(sort, new RegExp(`200,000 rows, .*memory ${SIZE}, spilled ${SIZE}`), text)
    t.regex(text, new RegExp(`Stage 0 \\(.*spilled ${SIZE}\\)`))
  }))

test('what was decided of a stage while the query ran is told above it', (t) =>
  withSession(t, { autoBroadcastJoinThreshold: -1 }, async (analyzed) => {
    const text = await analyzed('select count(*) from range(1000) a join range(1000) b on a.id = b.id')
    t.regex(text, /^Stage \d+ \(1 task, .*\n# tasks that read several small partitions: 1$/m)
  }))

test('only queries are run to be explained, and modes that there are not are refused', (t) =>
  withSession(t, {}, async (analyzed, session) => {
    const refused = await raised(t, () => analyzed('insert into t values (1)'), 'UNSUPPORTED_FEATURE')
    t.regex(refused.message, /EXPLAIN ANALYZE of a statement that is no query/)
    const [row] = await (await session.sql('explain analyze table t compute statistics')).collect()
    t.is(row!['plan'], '== Command ==\nExecute AnalyzeTable\n')
    const mode = await raised(t, session.range(1).explain('all' as 'simple'), 'UNSUPPORTED_EXPLAIN_MODE')
    t.regex(mode.message, /'all'.*'simple', 'extended', 'codegen', 'cost', 'formatted', 'analyze'/)
  }))
