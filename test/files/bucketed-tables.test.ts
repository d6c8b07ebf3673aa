import { cpSync, readdirSync, renameSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import test, { type ExecutionContext } from 'ava'
import type { DataFrame, Session } from '../../api/index.js'
import { type DataType, decimal, INT } from '../../columnar/types.js'
import { storedTuples } from '../../columnar/value-reader.js'
import { MillraceError } from '../../common/errors/millrace-error.js'
import type { ScanFilter, ScanRequest, SourceDescription } from '../../connectors/api.js'
import { sourcesByBucket } from '../../connectors/files/bucket-files.js'
import { prepareStage } from '../../driver/prepared-stage.js'
import { wantedBuckets } from '../../planner/physical/bucket-pruning.js'
import { planQuery } from '../../planner/plan-query.js'
import { analyzed } from '../support/analysis.js'
import { PHYSICAL_OPTIONS } from '../support/physical-options.js'
import { sparkData } from '../support/spark-data.js'
import { conditionOf, errorOf, rowsOf, runAll, withTables } from '../support/warehouses.js'

const BUCKETED = fileURLToPath(new URL('../../../test/data/spark/bucketed', import.meta.url))

/** The folder of a table. */
async function placeOf(session: Session, table: string): Promise<string> {
  const [location] = (await rowsOf(session, `describe extended ${table}`)).filter(([name]) => name === 'Location')
  return String(location![1]).replace(/^file:/, '')
}

/** The numbers that the names of a table's files tell, in order. */
const bucketsIn = async (session: Session, table: string): Promise<readonly number[]> =>
  readdirSync(await placeOf(session, table), { recursive: true, encoding: 'utf8' })
    .flatMap((name) => Number(/_(\d{5})(?:\.c\d{3})?\.\w+(?:\.parquet)?$/.exec(name)?.[1] ?? -1))
    .filter((bucket) => bucket >= 0)
    .toSorted((a, b) => a - b)

const failure = async (run: () => Promise<unknown>): Promise<string> => {
  try {
    await run()
    return 'none'
  } catch (error) {
    return MillraceError.is(error) ? error.condition : String(error)
  }
}

/** How often a plan moves rows, and how its scans read. */
async function planOf(session: Session, sql: string) {
  const [row] = await session.sql(`explain ${sql}`).collect()
  const text = String(Object.values(row!)[0])
  return {
    exchanges: text.match(/Exchange /g)?.length ?? 0,
    byBucket: text.match(/Bucketed: true/g)?.length ?? 0,
    selected: /SelectedBucketsCount: (.*)/.exec(text)?.[1],
  }
}

test('rows are in the buckets that Spark puts them into, by values of every type', (t) =>
  withTables(async (session) => {
    const answers = sparkData<readonly [type: string, text: string | null, bucket: number]>('buckets')
    const types = [...new Set(answers.map(([type]) => type))]
    t.true(types.length >= 15)
    for (const [i, type] of types.entries()) {
      const own = answers.filter(([name]) => name === type).map(([, text, bucket]) => ({ text, bucket }))
      session.createDataFrame(own, 'text string, bucket int').createOrReplaceTempView('answers')
      const rows = session.sql(`select text, bucket, cast(text as ${type}) v from answers`)
      await rows.write.bucketBy(7, 'v').saveAsTable(`t${i}`)
      const found = await rowsOf(session, `select bucket, _metadata.file_name from t${i}`)
      t.deepEqual(
        found.map(([, name]) =>
          Number(/_(\d{5})\.\w+\.parquet$|_(\d{5})\.parquet$/.exec(String(name))?.slice(1).find(Boolean)),
        ),
        found.map(([bucket]) => bucket),
        type,
      )
      const stored = session.sql(`select bucket, v from t${i} where v is not null`)
      const { schema, blocks } = await session.engine.execute(stored.plan)
      const isTold = !/^(float|double|binary|decimal\(30)/.test(type)
      for await (const block of blocks)
        for (const [bucket, value] of storedTuples(schema, block))
          t.deepEqual(wantedOf(schema.fields[1]!.type, [value]), isTold ? [bucket] : undefined, `${type} ${value}`)
    }
  }))

/** In which of seven buckets by a column the rows are that have one of some values. */
function wantedOf(type: DataType, values: readonly unknown[], columns: readonly string[] = ['v']) {
  const filter = { op: 'in', column: 'v', type, values } as ScanFilter
  const buckets = { count: 7, columns, sortColumns: [] }
  const source = { provider: 'parquet', options: {}, paths: [], schema: { fields: [] }, buckets }
  return wantedBuckets({ kind: 'scan', source, filters: [filter], streaming: false, output: [] })
}

test('a list with a value whose bucket is not told tells none, nor does a value of one of several columns', (t) => {
  t.deepEqual(wantedOf(INT, [7, -1]), [2, 3])
  t.is(wantedOf(decimal(30, 4), [0n, 1n]), undefined)
  t.is(wantedOf(INT, [7], ['v', 'w']), undefined)
  t.is(wantedOf(INT, [7], ['w']), undefined)
})

test('tables that Spark wrote in buckets are read bucket by bucket, and get rows of ours', (t) =>
  withTables(async (session, folder) => {
    const place = join(folder, 'of-spark')
    cpSync(BUCKETED, place, { recursive: true })
    await runAll(
      session,
      `create table p (a int, b string) using parquet clustered by (b, a) sorted by (a) into 3 buckets location '${place}'`,
    )
    const joined = 'select count(*) n, sum(x.a) s from p x join p y on x.a = y.a and x.b = y.b'
    await runAll(session, 'set spark.sql.autoBroadcastJoinThreshold = -1')
    t.like(await planOf(session, joined), { exchanges: 1, byBucket: 2 })
    t.deepEqual(await rowsOf(session, joined), [[20n, 190n]])
    await runAll(session, "insert into p select cast(id as int), concat('text ', id % 5) from range(20, 40)")
    t.deepEqual(await rowsOf(session, joined), [[40n, 780n]])
  }))

async function withPairs(body: (session: Session) => Promise<void>): Promise<void> {
  await withTables(async (session) => {
    await runAll(session, 'set spark.sql.autoBroadcastJoinThreshold = -1')
    const rows: DataFrame = session.sql('select cast(id % 50 as int) k, id v, concat("x", id % 3) s from range(1000)')
    await rows.write.bucketBy(4, 'k').sortBy('v').saveAsTable('four')
    await rows.write.bucketBy(8, 'k', 's').saveAsTable('eight')
    await rows.write.saveAsTable('plain')
    await body(session)
  })
}

test('joins and groups by the columns of buckets move no rows, and answer as those of other tables', (t) =>
  withPairs(async (session) => {
    for (const [sql, exchanges, byBucket] of [
      ['select k, count(*), sum(v) from four group by k', 0, 1],
      ['select s, k, count(*), sum(v) from four group by s, k', 0, 1],
      ['select k, v, row_number() over (partition by k order by v) from four', 0, 1],
      ['select a.k, a.v, b.s from four a join four b on a.k = b.k and a.v = b.v + 50', 1, 0],
      ['select a.k, a.v, b.v from four a join four b on a.k = b.k where a.v < 100', 0, 2],
      ['select a.k, count(*) from four a left join four b on a.k = b.k and b.v < 30 group by a.k', 0, 2],
      ['select a.v, b.v from eight a join eight b on a.s = b.s and a.k = b.k where b.v < 20', 0, 2],
      ['select a.v, b.v from four a full join plain b on a.k = b.k and b.v > 990', 1, 1],
      ['select a.v, b.v from plain a join four b on a.k = b.k where a.v < 20', 1, 1],
      ['select a.v, b.v from eight a join plain b on a.k = b.k and b.s = a.s where a.v < 20', 1, 1],
      ['select a.k from four a where a.k in (select k from four where v > 970)', 0, 2],
      ['select k, count(*) from (select k from four union all select k from four) group by k', 0, 2],
      ['select k, v from four where v > 900', 0, 0],
      ['select s, count(*) from four group by s', 1, 0],
      ['select k, count(*) from eight group by k', 1, 0],
    ] as const) {
      const plan = await planOf(session, sql)
      const atMost = Math.max(exchanges, plan.exchanges)
      t.like(plan, { byBucket }, sql)
      t.true(exchanges === 0 ? plan.exchanges === 0 : plan.exchanges >= 1 && atMost >= 1, `${sql}: ${plan.exchanges}`)
      const plain = sql.replace(/\b(four|eight)\b/g, 'plain')
      t.deepEqual(sorted(await rowsOf(session, sql)), sorted(await rowsOf(session, plain)), sql)
    }
  }))

test('a table in buckets is read as any other where the settings say so', (t) =>
  withPairs(async (session) => {
    const groups = 'select k, count(*), sum(v) from four group by k'
    const some = 'select v from four where k = 7'
    const [rows, ofSome] = [sorted(await rowsOf(session, groups)), sorted(await rowsOf(session, some))]
    t.like(await planOf(session, groups), { exchanges: 0, byBucket: 1 })
    t.is((await planOf(session, some)).selected, '1 out of 4')
    await runAll(session, 'set spark.sql.sources.bucketing.enabled = false')
    t.like(await planOf(session, groups), { exchanges: 1, byBucket: 0 })
    t.is((await planOf(session, some)).selected, undefined)
    t.deepEqual([sorted(await rowsOf(session, groups)), sorted(await rowsOf(session, some))], [rows, ofSome])
  }))

test('each bucket of a source has its files and their partitions', (t) => {
  const source = {
    provider: 'parquet',
    options: {},
    schema: { fields: [] },
    paths: ['/t/p=1/a_00002.parquet', '/t/p=1/a_00000.parquet', '/t/p=2/b_00002.c000.parquet'],
    partitions: { columns: [], values: [[1], [2]], ofPaths: [0, 0, 1] },
    buckets: { count: 3, columns: ['k'], sortColumns: [] },
  }
  const found = sourcesByBucket(source)
  t.deepEqual(
    found.map(({ paths, partitions }) => [paths, partitions?.ofPaths]),
    [
      [[source.paths[1]], [0]],
      [[], []],
      [
        [source.paths[0], source.paths[2]],
        [0, 1],
      ],
    ],
  )
  t.true(found.every(({ partitions }) => partitions?.values === source.partitions.values))
  for (const name of ['a.parquet', 'a_00003.parquet'])
    t.like(
      t.throws(() => sourcesByBucket({ ...source, paths: [`/t/${name}`, ...source.paths.slice(1)] })),
      {
        condition: 'INVALID_BUCKET_FILE',
      },
    )
})

test('buckets are planned several at a time, each of those that are wanted once', async (t) => {
  const count = 100
  const wanted = Array.from({ length: count }, (_, bucket) => bucket).filter((bucket) => bucket % 3 > 0)
  let [running, most] = [0, 0]
  const planned: string[] = []
  const ofBuckets = {
    name: 'files',
    describe: () => Promise.reject(new Error('described already')),
    byBucket: (source: SourceDescription) => source.paths.map((path) => ({ ...source, paths: [path] })),
    async planSplits({ source }: ScanRequest) {
      most = Math.max(most, ++running)
      await new Promise(setImmediate)
      running--
      planned.push(...source.paths)
      return source.paths.map((data) => ({ data }))
    },
  }
  const { stages } = planQuery(analyzed('select 1'), { kind: 'collect' }, PHYSICAL_OPTIONS).stages
  const paths = Array.from({ length: count }, (_, bucket) => String(bucket))
  const source = { provider: 'files', options: {}, schema: { fields: [] }, paths }
  const scan = { kind: 'scan', scanId: 0, source, columns: [], filters: [], streaming: false, attributes: [] } as const
  const stage = {
    ...stages[0]!,
    root: { ...scan, buckets: wanted, isByBucket: true },
    tasks: { kind: 'fixed', count },
  } as const
  const { shares } = await prepareStage(stage, {
    slots: 2,
    source: () => Promise.resolve(ofBuckets),
    cachePartitions: () => 0,
  })
  t.deepEqual(
    shares.get(0),
    paths.map((path) => (wanted.includes(Number(path)) ? [path] : [])),
  )
  t.is(planned.length, wanted.length)
  t.true(most > 1 && most <= 16, String(most))
})

const sorted = (rows: readonly (readonly unknown[])[]): readonly string[] => rows.map(String).toSorted()

test('what a filter and a join read behind one exchange is computed once, also of a table in buckets', (t) =>
  withTables(async (session) => {
    await runAll(
      session,
      'create table orders using parquet clustered by (p) into 4 buckets as select id k, id % 3 p from range(1000)',
      'create table items using parquet as select id % 1500 k, id q from range(3000)',
      'set autoBroadcastJoinThreshold = -1',
      'set join.runtimeFilters = always',
      'set shuffle.partitions = 3',
    )
    const sql =
      'select count(*) from orders where p > 0 and exists (select 1 from items i where i.k = orders.k and i.q > 9)'
    const [row] = await session.sql(`explain ${sql}`).collect()
    const text = String(Object.values(row!)[0])
    t.regex(text, /RuntimeFilter/)
    t.is(text.match(/Scan parquet \[k, p\]/g)?.length, 1, text)
    t.deepEqual(await rowsOf(session, sql), [[666n]])
  }))

test('of a literal only its bucket is read', (t) =>
  withPairs(async (session) => {
    const cases = [
      ['k = 7', '1 out of 4'],
      ['k in (7, 8, 9, 7)', /^[123] out of 4$/],
      ['k = 7 and k = 8', /^[01] out of 4$/],
      ['k in (7, 8, 9) and k = 7', '1 out of 4'],
      ['k > 7', undefined],
    ] as const
    for (const [condition, selected] of cases) {
      for (const [sql, byBucket] of [
        [`select count(*), sum(v) from four where ${condition}`, 0],
        [`select sum(n) from (select k, count(*) n from four where ${condition} group by k)`, 1],
      ] as const) {
        const plan = await planOf(session, sql)
        if (selected instanceof RegExp) t.regex(String(plan.selected).split(',')[0]!, selected, sql)
        else t.is(plan.selected, selected, sql)
        t.is(plan.byBucket, byBucket, sql)
        t.deepEqual(await rowsOf(session, sql), await rowsOf(session, sql.replace('four', 'plain')), sql)
      }
    }
    // The files of other buckets are not even looked for.
    const place = await placeOf(session, 'four')
    const name = (sql: string): Promise<string> => rowsOf(session, sql).then(([row]) => String(row![0]))
    const own = await name('select _metadata.file_name from four where k = 7')
    for (const file of readdirSync(place))
      if (file.endsWith('.parquet') && file !== own) renameSync(join(place, file), join(place, `${file}.gone`))
    t.deepEqual(await rowsOf(session, 'select count(*) from four where k = 7'), [[20n]])
  }))

test('each bucket of a folder is one file, in order; many rows of one are several', (t) =>
  withTables(async (session) => {
    const rows = session.sql('select id % 2 p, id k, 100 - id v from range(0, 100, 1, 5)')
    await rows.write.partitionBy('p').bucketBy(3, 'k').sortBy('v').saveAsTable('t')
    t.deepEqual(await bucketsIn(session, 't'), [0, 0, 1, 1, 2, 2])
    const files = await rowsOf(session, 'select _metadata.file_path, v from t')
    for (const path of new Set(files.map(([file]) => file))) {
      const own = files.flatMap(([file, v]) => (file === path ? [Number(v)] : []))
      t.deepEqual(
        own,
        own.toSorted((a, b) => a - b),
      )
    }
    t.deepEqual(await rowsOf(session, 'select p, count(*), sum(v) from t group by p order by p'), [
      [0n, 50n, 2550n],
      [1n, 50n, 2500n],
    ])
    await rows.write.bucketBy(1, 'k').option('maxRecordsPerFile', 40).saveAsTable('u')
    t.deepEqual(await bucketsIn(session, 'u'), [0, 0, 0])
    t.like(await planOf(session, 'select k, count(*) from u group by k'), { exchanges: 0, byBucket: 1 })
    t.deepEqual(await rowsOf(session, 'select count(distinct k) from u'), [[100n]])
  }))

test('all that changes the rows of a table keeps its buckets', (t) =>
  withTables(async (session) => {
    const check = async (rows: bigint): Promise<void> => {
      const sql = 'select count(*), count(distinct k), sum(n) from (select k, count(*) n from t group by k)'
      t.like(await planOf(session, 'select k, count(*) n from t group by k'), { exchanges: 0 })
      const [[groups, distinct, sum]] = (await rowsOf(session, sql)) as [[bigint, bigint, bigint | null]]
      t.is(groups, distinct)
      t.is(sum ?? 0n, rows)
    }
    await runAll(session, 'create table t (k int, v int, p int) partitioned by (p) clustered by (k) into 4 buckets')
    await check(0n)
    await runAll(session, 'insert into t select cast(id % 10 as int), 1, cast(id % 2 as int) from range(40)')
    await check(40n)
    await runAll(session, 'insert into t partition (p = 5) select cast(id % 10 as int), 1 from range(30)')
    await check(70n)
    await runAll(session, 'alter table t partition (p = 5) rename to partition (p = 6)')
    await check(70n)
    await runAll(session, 'insert overwrite t partition (p = 6) select cast(id % 10 as int), 1 from range(10)')
    await check(50n)
    await session
      .sql('select cast(id as int) k, 1 v, 9 p from range(5)')
      .write.mode('append')
      .partitionBy('p')
      .bucketBy(4, 'k')
      .saveAsTable('t')
    await check(55n)
    await runAll(session, 'truncate table t')
    await check(0n)
    t.deepEqual(await bucketsIn(session, 't'), [])
    await runAll(
      session,
      'create table u clustered by (k) into 2 buckets as select cast(id as int) k from range(10)',
      'truncate table u',
    )
    t.deepEqual(await rowsOf(session, 'select k, count(*) from u group by k'), [])
    await runAll(
      session,
      'create table c (k int, v string) using csv clustered by (k) into 3 buckets',
      "insert into c values (1, 'a'), (2, 'b'), (1, null)",
    )
    t.deepEqual(await rowsOf(session, 'select k, count(*), max(v) from c group by k order by k'), [
      [1, 2n, 'a'],
      [2, 1n, 'b'],
    ])
  }))

test('what has no buckets, or other ones, is refused as by Spark', (t) =>
  withTables(async (session, folder) => {
    const { write } = session.sql('select 1 a, 2 b, 3 p')
    await write.bucketBy(4, 'a').sortBy('b').saveAsTable('t')
    for (const [run, condition] of [
      [() => write.bucketBy(4, 'a').save(join(folder, 'x')), '_LEGACY_ERROR_TEMP_1312'],
      [() => write.bucketBy(4, 'a').sortBy('b').parquet(join(folder, 'x')), '_LEGACY_ERROR_TEMP_1313'],
      [() => write.bucketBy(4, 'a').insertInto('t'), '_LEGACY_ERROR_TEMP_1312'],
      [() => write.sortBy('a').save(join(folder, 'x')), 'SORT_BY_WITHOUT_BUCKETING'],
      [() => write.sortBy('a').saveAsTable('u'), 'SORT_BY_WITHOUT_BUCKETING'],
      [() => write.bucketBy(0, 'a').saveAsTable('u'), 'INVALID_BUCKET_COUNT'],
      [() => write.bucketBy(2, 'z').saveAsTable('u'), 'COLUMN_NOT_DEFINED_IN_TABLE'],
      [() => write.bucketBy(2, 'a', 'A').saveAsTable('u'), 'COLUMN_ALREADY_EXISTS'],
      [() => write.partitionBy('p').bucketBy(2, 'p').saveAsTable('u'), '_LEGACY_ERROR_TEMP_1166'],
      [() => write.partitionBy('p').bucketBy(2, 'a').sortBy('p').saveAsTable('u'), '_LEGACY_ERROR_TEMP_1167'],
      [() => write.mode('append').saveAsTable('t'), '_LEGACY_ERROR_TEMP_1164'],
      [() => write.mode('append').bucketBy(4, 'a').saveAsTable('t'), '_LEGACY_ERROR_TEMP_1164'],
      [() => write.mode('append').bucketBy(4, 'A').sortBy('b').saveAsTable('t'), 'none'],
    ] as const)
      t.is(await failure(run), condition, String(run))
    t.deepEqual(await rowsOf(session, 'select count(*) from t'), [[2n]])
    t.is(
      await conditionOf(session, 'create table u (a string collate unicode) clustered by (a) into 2 buckets'),
      'INVALID_BUCKET_COLUMN_DATA_TYPE',
    )
    t.is(
      await conditionOf(session, 'create table u (a array<int>) clustered by (a) into 2 buckets'),
      'UNSUPPORTED_FEATURE',
    )
    t.is(
      await conditionOf(
        session,
        `create table u using parquet clustered by (a) into 2 buckets location '${await placeOf(session, 't')}'`,
      ),
      'SPECIFY_BUCKETING_IS_NOT_ALLOWED',
    )
  }))

test('a file whose name tells no bucket of the table is one condition that names it', (t) =>
  withPairs(async (session) => {
    const place = await placeOf(session, 'four')
    const file = readdirSync(place).find((name) => name.endsWith('.parquet'))!
    for (const other of ['part-0.parquet', 'part-0_00004.parquet']) {
      renameSync(join(place, file), join(place, other))
      await refusesFile(t, session, other)
      renameSync(join(place, other), join(place, file))
    }
  }))

async function refusesFile(t: ExecutionContext, session: Session, name: string): Promise<void> {
  const error = await errorOf(session, 'select k, count(*) from four group by k')
  t.is(error?.condition, 'INVALID_BUCKET_FILE')
  t.regex(String(error?.parameters['path']), new RegExp(`${name}$`))
}
