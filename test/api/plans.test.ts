import { inspect } from 'node:util'
import test from 'ava'
import { col, type DataFrame, functions as F, lit, type Session } from '../../api/index.js'
import type { Block } from '../../columnar/blocks/block.js'
import { blockFromRows } from '../../columnar/blocks/block-from-rows.js'
import { BIGINT, field, schema } from '../../columnar/types.js'
import { hidingSecrets } from '../../common/secret-options.js'
import type { RowSink } from '../../connectors/api.js'
import { rowSinkOf } from '../../connectors/registry.js'
import { FakeEngine, fakeSession } from '../support/fake-engine.js'
import { raised, refusal } from '../support/raised.js'

const NUMBERS = schema([field('n', BIGINT, false)])

/** The plan without the places in a text that its parts come from. */
function withoutOrigins(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutOrigins)
  if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value)) return value
  const entries = Object.entries(value).filter(([key, member]) => key !== 'origin' && member !== undefined)
  return Object.fromEntries(entries.map(([key, member]) => [key, withoutOrigins(member)]))
}

/** Queries in SQL and as DataFrames. */
const PAIRS: readonly (readonly [sql: string, frame: (session: Session) => DataFrame])[] = [
  ['select a, t.b from t where a > 1', (s) => s.table('t').filter(col('a').gt(1)).select('a', 't.b')],
  ['select * from t', (s) => s.table('t').select('*')],
  ['select t.* from t', (s) => s.table('t').select(col('t.*'))],
  [
    'select a + 1 as next, -b, not c from t',
    (s) => s.table('t').select(col('a').plus(1).as('next'), col('b').negate(), col('c').not()),
  ],
  [
    "select upper(a), substring(a, 1, 2), coalesce(a, b), cast(a as decimal(12,2)), try_cast(a as int) from t where a like 'x%'",
    (s) =>
      s
        .table('t')
        .where(col('a').like('x%'))
        .select(
          F.upper('a'),
          F.substring('a', 1, 2),
          F.coalesce('a', 'b'),
          col('a').cast('decimal(12,2)'),
          col('a').tryCast('int'),
        ),
  ],
  [
    "select case when a = 1 then 'one' when a <=> null then 'none' else 'more' end as word from t",
    (s) =>
      s
        .table('t')
        .select(F.when(col('a').eq(1), 'one').when(col('a').eqNullSafe(null), 'none').otherwise('more').as('word')),
  ],
  [
    'select a from t where a in (1, 2) and b is not null',
    (s) =>
      s
        .table('t')
        .filter(col('a').isin(1, 2).and(col('b').isNotNull()))
        .select('a'),
  ],
  [
    'select k, sum(v) as total, count(*) as n, count(distinct v) from t group by k',
    (s) => s.table('t').groupBy('k').agg(F.sum('v').as('total'), F.count().as('n'), F.countDistinct('v')),
  ],
  ['select k, j, count(*) as count from t group by rollup(k, j)', (s) => s.table('t').rollup('k', 'j').count()],
  ['select k, j, sum(v) from t group by cube(k, j)', (s) => s.table('t').cube('k', 'j').sum('v')],
  [
    'select k, j, max(v) from t group by k, j grouping sets ((k, j), (k), ())',
    (s) =>
      s
        .table('t')
        .groupingSets([['k', 'j'], ['k'], []], 'k', 'j')
        .max('v'),
  ],
  [
    'select a from t order by a desc nulls last, b limit 3',
    (s) => s.table('t').select('a').orderBy(col('a').descNullsLast(), 'b').limit(3),
  ],
  ['select distinct a from t', (s) => s.table('t').select('a').distinct()],
  [
    'select x.a from t as x join u as y on x.a = y.a',
    (s) =>
      s
        .table('t')
        .alias('x')
        .join(s.table('u').alias('y'), col('x.a').eq(col('y.a')))
        .select('x.a'),
  ],
  ['select b from t left join u using (a)', (s) => s.table('t').join(s.table('u'), 'a', 'left').select('b')],
  ['select 1 from t cross join u', (s) => s.table('t').crossJoin(s.table('u')).select(lit(1))],
  ['select a from parquet.`/data/x.y`', (s) => s.table('parquet.`/data/x.y`').select('a')],
]

for (const [sql, frame] of PAIRS) {
  test(`SQL and a DataFrame give one plan: ${sql}`, (t) => {
    const { session } = fakeSession(new FakeEngine(NUMBERS))
    t.deepEqual(withoutOrigins(frame(session).plan), withoutOrigins(session.sql(sql).plan))
  })
}

test('names of columns are parsed as SQL parses them', async (t) => {
  t.deepEqual(col('a.b c.`d.``e`').expression, { kind: 'attribute', parts: ['a', 'b c', 'd.`e'] })
  t.deepEqual(col('`*`').expression, { kind: 'attribute', parts: ['*'] })
  t.deepEqual(col('a.*').expression, { kind: 'star', target: ['a'] })
  for (const name of ['', '.', 'a.', '.a', 'a..b', '`a', 'a`b', '`a`b', '``', '*.a']) {
    await raised(t, () => col(name), 'INVALID_ATTRIBUTE_NAME_SYNTAX')
  }
})

test('values become literals of their types, and others are refused', async (t) => {
  const typeOf = (value: Parameters<typeof lit>[0]) => {
    const { expression } = lit(value)
    return expression.kind === 'literal' ? [expression.type.kind, expression.value] : undefined
  }
  t.deepEqual(typeOf(1), ['int', 1])
  t.deepEqual(typeOf(2 ** 31), ['bigint', 2n ** 31n])
  t.deepEqual(typeOf(1e20), ['double', 1e20])
  t.deepEqual(typeOf(0.5), ['double', 0.5])
  t.deepEqual(typeOf(2n ** 63n - 1n), ['bigint', 2n ** 63n - 1n])
  t.deepEqual(typeOf(2n ** 63n), ['decimal', 2n ** 63n])
  t.deepEqual(typeOf(new Date(1)), ['timestamp', 1000n])
  for (const value of [undefined, new Date(Number.NaN), 10n ** 39n, {}, Symbol('x')]) {
    await raised(t, () => lit(value as never), 'INVALID_API_USE')
  }
})

test('views are seen by name whatever its case, replaced and dropped', async (t) => {
  const { session } = fakeSession(new FakeEngine(NUMBERS))
  session.range(3).createOrReplaceTempView('Numbers')
  await raised(t, () => session.range(4).createTempView('NUMBERS'), 'TEMP_TABLE_OR_VIEW_ALREADY_EXISTS')
  session.sql('create or replace temp view more as select id + 1 as id from numbers')
  t.deepEqual(session.engine.catalog.temporary.names(), ['Numbers', 'more'])
  session.sql('drop view more')
  await raised(t, session.sql('drop view more').collect(), 'TABLE_OR_VIEW_NOT_FOUND')
  const view = session.engine.catalog.temporary.get('numbers')
  t.is(view?.kind === 'underSettings' && view.input.kind, 'tableFunction')
})

test('an action asks the engine once, and what it prints ends in a line of its own', async (t) => {
  const engine = new FakeEngine(NUMBERS, [{ n: 5n }, { n: 6n }])
  const { session, printed } = fakeSession(engine)
  const rows = session.table('t').select('n')
  t.deepEqual(await rows.collect(), [{ n: 5n }, { n: 6n }])
  t.is(engine.executed[0], rows.plan)
  await rows.show(1)
  await rows.printSchema()
  await rows.explain(true)
  t.deepEqual(printed, [
    '+---+\n|  n|\n+---+\n|  5|\n+---+\nonly showing top 1 row\n\n',
    'root\n |-- n: long (nullable = false)\n',
    'the plan, extended\n',
  ])
  t.is(await rows.count(), 5)
  await session.stop()
  await session.stop()
  t.is(engine.stops, 1)
})

test('a writer says where rows go and what divides them, and refuses modes that are not there', async (t) => {
  const engine = new FakeEngine(NUMBERS)
  const { session } = fakeSession(engine)
  const rows = session.range(2)
  await rows.write
    .mode('Overwrite')
    .option('compression', 'zstd')
    .options({ path: '/p', 'kafka.client.id': 3 })
    .parquet('/out')
  t.deepEqual(engine.written, [
    {
      plan: rows.plan,
      request: {
        format: 'parquet',
        options: hidingSecrets({ compression: 'zstd', path: '/p', 'kafka.client.id': '3' }),
        path: '/out',
        mode: 'overwrite',
      },
    },
  ])
  await raised(t, () => rows.write.mode('upsert' as 'append'), 'INVALID_SAVE_MODE')
  const divided = rows.write
    .partitionBy('n')
    .options({ partitionOverwriteMode: 'Dynamic', 'kafka.ssl.key.password': 'x' })
  await divided.parquet('/p')
  const { request } = engine.written.at(-1)!
  t.deepEqual([request.partitionBy, request.replaces], [[{ name: 'n' }], []])
  t.false(inspect(request).includes("'x'"))
})

test('a stream is started with its sink, trigger and checkpoint apart from its options', async (t) => {
  const engine = new FakeEngine(NUMBERS)
  const { session } = fakeSession(engine)
  const stream = session.readStream.format('Kafka').options({ subscribe: 'a' }).load()
  t.like(stream.plan, { kind: 'dataSource', format: 'kafka', options: { subscribe: 'a' }, streaming: true })
  const writer = stream.writeStream
    .format('kafka')
    .options({ topic: 'b', checkpointLocation: '/c' })
    .outputMode('Update')
    .trigger({ availableNow: true })
    .queryName('q')
  await t.throwsAsync(writer.start(), { message: /streams of a fake/ })
  const { sink, ...request } = engine.started[0]!.request
  t.like(sink, { format: 'kafka', options: hidingSecrets({ topic: 'b' }), path: undefined, program: undefined })
  t.deepEqual(request, {
    outputMode: 'update',
    trigger: { kind: 'availableNow' },
    queryName: 'q',
    checkpointLocation: '/c',
  })
  t.regex(await refusal(t, stream.writeStream.start()), /^INVALID_API_USE.*format\(\)/)
  await raised(t, () => stream.writeStream.outputMode('some' as 'append'), 'STREAMING_OUTPUT_MODE.INVALID')
  const last = stream.writeStream.foreach(() => undefined).format('kafka')
  await t.throwsAsync(last.start(), { message: /streams of a fake/ })
  t.like(engine.started.at(-1)!.request.sink, { format: 'kafka', program: undefined })
})

/** What the sink of the stream that was started last does with its batches. */
async function consumerOf(engine: FakeEngine): Promise<RowSink> {
  const { sink, ...request } = engine.started.at(-1)!.request
  const provider = await rowSinkOf(sink.format)
  return provider!.open({ ...request, ...sink })
}

const NUMBER_BLOCK = blockFromRows(NUMBERS, [{ n: 1n }])

async function* arriving(...blocks: readonly Block[]): AsyncGenerator<Block> {
  yield* blocks
}

test('a batch of a stream reaches its function as a DataFrame of the rows', async (t) => {
  const engine = new FakeEngine(NUMBERS, [{ n: 1n }])
  const { session } = fakeSession(engine)
  const batches: [unknown, number][] = []
  const writer = session.table('t').writeStream.foreachBatch(async (batch, id) => {
    batches.push([await batch.collect(), id])
  })
  await t.throwsAsync(writer.start(), { message: /streams of a fake/ })
  const consume = await consumerOf(engine)
  await consume({ schema: NUMBERS, blocks: arriving(), mostBytes: 0 }, 7)
  t.deepEqual(batches, [[[{ n: 1n }], 7]])
  const rows = { schema: NUMBERS, blocks: arriving(NUMBER_BLOCK, NUMBER_BLOCK) }
  await t.throwsAsync(consume({ ...rows, mostBytes: NUMBER_BLOCK.bytes.length }, 8), { message: /RESULT_TOO_LARGE/ })
  t.is(batches.length, 1)
})

for (const [mode, fitting] of [
  ['append', 3],
  ['complete', 1],
] as const) {
  test(`the memory sink holds no more than the driver may (${mode})`, async (t) => {
    const engine = new FakeEngine(NUMBERS, [])
    const { session } = fakeSession(engine)
    const writer = session.table('t').writeStream.outputMode(mode).format('memory').queryName('q')
    await t.throwsAsync(writer.start(), { message: /streams of a fake/ })
    const consume = await consumerOf(engine)
    const batch = (id: number, blocks = 1) =>
      consume(
        {
          schema: NUMBERS,
          blocks: arriving(...Array.from({ length: blocks }, () => NUMBER_BLOCK)),
          mostBytes: fitting * NUMBER_BLOCK.bytes.length,
        },
        id,
      )
    for (let id = 0; id < 3; id++) await batch(id)
    // A batch that is run again takes the place of itself.
    await batch(2)
    const next = mode === 'append' ? 1 : 2
    await t.throwsAsync(batch(3, next), { message: /RESULT_TOO_LARGE/ })
  })
}
