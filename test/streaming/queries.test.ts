import { readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import test from 'ava'
import { type AnyRow, col, type DataFrame, functions as F, type Session, udf } from '../../api/index.js'
import { childrenOf } from '../../examples/support/processes.js'
import { raised } from '../support/raised.js'
import { withSession } from '../support/sessions.js'
import { type StreamPlace, withStreamPlace } from '../support/streams.js'

const event = (id: number, user: number | null): string => JSON.stringify({ id, user, name: `n° ${id} 千` })
const numbered = (from: number, until: number): readonly string[] =>
  Array.from({ length: until - from }, (_, i) => event(from + i, (from + i) % 7 === 0 ? null : (from + i) % 5))

const parsed = (stream: DataFrame<AnyRow>): DataFrame<AnyRow> =>
  stream
    .select(F.fromJson(col('value').cast('string'), 'id bigint, user int, name string').as('e'))
    .select('e.*')
    .toDF()

const idsOf = (rows: readonly AnyRow[]): readonly number[] =>
  rows.map((row) => Number(row['id'])).toSorted((a, b) => a - b)
const upTo = (count: number): readonly number[] => Array.from({ length: count }, (_, i) => i)

const inPlace = (body: (place: StreamPlace, session: Session) => Promise<void>, master = 'local[2]') =>
  withStreamPlace((place) => withSession(master, (session) => body(place, session)))

test('rows of a stream are joined with a table, NULL and malformed records among them', (t) =>
  inPlace(async (place, session) => {
    const users = [0, 1, 2].map((user) => ({ user, city: `city ${user}` }))
    const table = session.createDataFrame(users, 'user int, city string')
    await place.send('events', [...numbered(0, 500), null, '', '{', '[]', '{"id":"x"}'])
    for (const kind of ['inner', 'left'] as const) {
      const query = await parsed(place.read(session, 'events'))
        .join(table, 'user', kind)
        .writeStream.format('memory')
        .queryName(`joined_${kind}`)
        .trigger({ availableNow: true })
        .start()
      await query.awaitTermination()
      const rows = await session.table(`joined_${kind}`).collect()
      const expected = numbered(0, 500).flatMap((text) => {
        const { id, user, name } = JSON.parse(text) as { id: number; user: number | null; name: string }
        const city = users.find((x) => x.user === user)?.city ?? null
        return city === null && kind === 'inner' ? [] : [[id, user, name, city].map(String).join()]
      })
      const malformed = kind === 'left' ? Array.from({ length: 5 }, () => 'null,null,null,null') : []
      const found = rows.map(({ id, user, name, city }) => [id, user, name, city].map(String).join())
      t.deepEqual(found.toSorted(), [...expected, ...malformed].toSorted())
    }
  }))

test('functions of the program are called for the rows of a stream, in rows, in keys of groups and for whole partitions', (t) =>
  inPlace(async (place, session) => {
    await place.send('events', numbered(0, 300))
    const label = udf((user: number | null) => (user === null ? 'nobody' : `user ${user}`), 'string')
    const labelled = parsed(place.read(session, 'events')).select('id', label('user').as('label'))
    const counted = parsed(place.read(session, 'events')).groupBy(label('user').as('label')).count()
    const mapped = labelled.mapPartitions(async function* (rows) {
      for await (const { label: of } of rows) yield { label: `<${of}>` }
    }, 'label string' as string)
    for (const [frame, name] of [
      [labelled, 'labelled'],
      [mapped, 'mapped'],
      [counted, 'counted'],
    ] as const) {
      const writer = frame.writeStream.format('memory').queryName(name)
      const query = await writer
        .outputMode(name === 'counted' ? 'complete' : 'append')
        .trigger({ availableNow: true })
        .start()
      await query.awaitTermination()
    }
    const sql = (text: string) => session.sql(text).collect()
    t.deepEqual(
      await sql('select label, count(*) as count from labelled group by label order by label'),
      await sql('select label, count from counted order by label'),
    )
    t.deepEqual(
      await sql('select label from mapped order by label'),
      await sql("select concat('<', label, '>') as label from labelled order by label"),
    )
    t.deepEqual(await sql("select count(*) n from labelled where label = 'nobody'"), [{ n: 43n }])
  }))

test('two streams are one in a union, as they are and in groups', (t) =>
  inPlace(async (place, session) => {
    await place.send('left', numbered(0, 50))
    await place.send('right', numbered(50, 120))
    const both = parsed(place.read(session, 'left')).union(parsed(place.read(session, 'right')))
    const run = async (frame: DataFrame<AnyRow>, name: string) => {
      const stream = frame.writeStream
        .format('memory')
        .queryName(name)
        .outputMode(name === 'rows' ? 'append' : 'complete')
      const query = await stream.trigger({ availableNow: true }).start()
      await query.awaitTermination()
      return session.table(name).collect()
    }
    t.deepEqual(idsOf(await run(both.toDF(), 'rows')), upTo(120))
    const counts = await run(both.groupBy('user').agg(F.count().as('id')).toDF(), 'counts')
    t.is(
      idsOf(counts).reduce((sum, count) => sum + count),
      120,
    )
  }))

test('grouping sets of a stream go on from batch to batch, and other sets are another query', (t) =>
  inPlace(async (place, session) => {
    const run = async (frame: DataFrame<AnyRow>): Promise<readonly AnyRow[]> => {
      const query = await frame.writeStream
        .format('memory')
        .queryName('sums')
        .outputMode('complete')
        .option('checkpointLocation', join(place.directory, 'sets'))
        .trigger({ availableNow: true })
        .start()
      await query.awaitTermination()
      return session.table('sums').collect()
    }
    const events = parsed(place.read(session, 'events'))
    const sums = [F.sum('id').as('id'), F.groupingId().as('set')] as const
    await place.send('events', numbered(0, 50))
    await run(
      events
        .rollup('user', 'name')
        .agg(...sums)
        .toDF(),
    )
    await place.send('events', numbered(50, 100))
    const rows = await run(
      events
        .rollup('user', 'name')
        .agg(...sums)
        .toDF(),
    )
    t.is(rows.length, 107)
    t.deepEqual(
      rows.filter(({ set }) => set === 3n).map(({ id }) => id),
      [4950n],
    )
    const byUser = rows.filter(({ set }) => set === 1n).map(({ id }) => Number(id))
    t.is(
      byUser.reduce((sum, id) => sum + id),
      4950,
    )
    const others = events.cube('user', 'name').agg(...sums)
    await t.throwsAsync(run(others.toDF()), { message: /STREAM.*/ })
  }))

test('what foreachBatch fails at ends the query with its cause, and is given again after a restart', (t) =>
  inPlace(async (place, session) => {
    await place.send('events', numbered(0, 40))
    const seen: (readonly [batchId: number, ids: readonly number[]])[] = []
    const start = (failsAt: number) =>
      parsed(place.read(session, 'events', { maxOffsetsPerTrigger: '10' }))
        .writeStream.foreachBatch(async (batch, batchId) => {
          seen.push([batchId, idsOf(await batch.collect())])
          t.is(
            Number((await batch.groupBy().agg(F.count().as('n')).collect())[0]!['n']),
            10,
            'the batch can be queried',
          )
          if (batchId === failsAt) throw new Error('the disk of the user is full')
        })
        .queryName('mine')
        .option('checkpointLocation', join(place.directory, 'checkpoint'))
        .trigger({ availableNow: true })
        .start()
    const query = await start(2)
    const error = await raised(t, query.awaitTermination(), 'STREAM_FAILED')
    t.regex(error.message, /mine.*the disk of the user is full/)
    t.is(query.exception, error)
    t.false(query.isActive)
    await (await start(-1)).awaitTermination()
    t.deepEqual(
      seen.map(([batchId]) => batchId),
      [0, 1, 2, 2, 3],
    )
    t.deepEqual(seen[2], seen[3])
    const ids = seen.filter((_, i) => i !== 2).flatMap(([, own]) => own)
    t.deepEqual(
      ids.toSorted((a, b) => a - b),
      upTo(40),
    )
  }))

test('what foreachBatch fails at is told by whoever tells of the query, with its cause', (t) =>
  inPlace(async (place, session) => {
    await place.send('events', numbered(0, 10))
    const full = new Error('the disk of the user is full')
    const query = await parsed(place.read(session, 'events'))
      .writeStream.foreachBatch(() => {
        throw full
      })
      .start()
    const waited = [query.processAllAvailable(), query.awaitTermination(), query.awaitTermination(60_000)]
    for (const told of [...waited, query.processAllAvailable()]) {
      const error = await raised(t, told, 'STREAM_FAILED')
      t.is(error, query.exception!)
      t.regex(
        error.message,
        /^\[STREAM_FAILED\].*FOREACH_BATCH_USER_FUNCTION_ERROR.*disk of the user is full SQLSTATE: XXKST$/,
      )
      t.is((error.cause as Error).cause, full)
    }
    t.is(query.lastProgress?.exception, query.exception!.message)
    t.regex(query.status.message, /^Terminated with exception: .*the disk of the user is full/)
  }))

for (const crash of ['idle', 'in its first batch'] as const) {
  test(`a stream from the latest offsets that crashed ${crash} gives after a restart what came since its start`, (t) =>
    inPlace(async (place, session) => {
      await place.send('events', numbered(0, 50))
      const found: number[] = []
      const start = (consume: (ids: readonly number[]) => void) =>
        parsed(place.read(session, 'events', { startingOffsets: 'latest' }))
          .writeStream.foreachBatch(async (batch) => consume(idsOf(await batch.collect())))
          .option('checkpointLocation', join(place.directory, 'checkpoint'))
          .start()
      const first = await start(() => {
        throw new Error('the process is gone')
      })
      await first.processAllAvailable()
      if (crash === 'idle') await first.stop()
      await place.send('events', numbered(50, 150))
      if (crash !== 'idle') await t.throwsAsync(first.awaitTermination(), { message: /the process is gone/ })
      const second = await start((ids) => found.push(...ids))
      await second.processAllAvailable()
      await second.stop()
      t.deepEqual(found, upTo(150).slice(50))
    }))
}

test('a batch that its sink has from a killed start leaves its state and its watermark all the same', (t) =>
  inPlace(async (place, session) => {
    const checkpoint = join(place.directory, 'checkpoint')
    const event = (second: number): string => JSON.stringify({ ts: second * 1000 })
    const run = async (): Promise<void> => {
      const query = await place
        .read(session, 'events')
        .select(F.fromJson(col('value').cast('string'), 'ts bigint').as('e'))
        .withColumn('at', F.timestampMillis(col('e').getField('ts')))
        .withWatermark('at', '10 seconds')
        .groupBy(F.window('at', '10 seconds').as('w'))
        .agg(F.count().as('n'))
        .select(F.unixMillis(col('w').getField('start')).as('start'), 'n')
        .writeStream.format('parquet')
        .option('checkpointLocation', checkpoint)
        .trigger({ availableNow: true })
        .start(join(place.directory, 'out'))
      await query.awaitTermination()
    }
    await place.send('events', [event(1), event(2), event(25)])
    await run()
    // As if the start had been killed right after its sink had committed: the last batch is not known to be finished.
    const commits = (await readdir(join(checkpoint, 'commits'))).map(Number)
    await rm(join(checkpoint, 'commits', String(Math.max(...commits))))
    const [head] = (await readdir(join(checkpoint, 'owners'), { recursive: true })).filter((name) => /head$/.test(name))
    await rm(join(checkpoint, 'owners', head!))
    await place.send('events', [event(3), event(26), event(60)])
    await run()
    const rows = await session.read.parquet(join(place.directory, 'out')).orderBy('start').collect()
    t.deepEqual(
      rows.map(({ start, n }) => [Number(start), Number(n)]),
      [
        [0, 2],
        [20_000, 2],
      ],
    )
  }))

test('memory, console, files and Kafka take the same rows of a stream', (t) =>
  inPlace(async (place, session) => {
    const printed: string[] = []
    const { write } = process.stdout
    await place.send('events', numbered(0, 15))
    const rows = parsed(place.read(session, 'events'))
    const written = (writer: ReturnType<typeof sink>) => writer.trigger({ availableNow: true })
    const sink = (name: string) =>
      rows.writeStream.format(name).option('checkpointLocation', join(place.directory, `checkpoint-${name}`))
    const memory = await written(sink('memory').queryName('out')).start()
    await memory.awaitTermination()
    t.deepEqual(idsOf(await session.table('out').collect()), upTo(15))
    process.stdout.write = ((text: string) => printed.push(text) > 0) as typeof write
    try {
      await (await written(sink('console')).start()).awaitTermination()
    } finally {
      process.stdout.write = write
    }
    t.regex(printed.join(''), /-+\nBatch: 0\n-+\n\+-+\+[\s\S]*\| *id\|[\s\S]*n° 14 千/)
    await (await written(sink('parquet')).start(join(place.directory, 'out'))).awaitTermination()
    t.deepEqual(idsOf(await session.read.parquet(join(place.directory, 'out')).collect()), upTo(15))
    for (const format of ['csv', 'json']) {
      const folder = join(place.directory, format)
      await (await written(sink(format).option('timeZone', 'UTC')).start(folder)).awaitTermination()
      const { fields } = await rows.schema()
      const read = session.read.format(format).schema({ fields }).load(folder)
      t.deepEqual(idsOf(await read.collect()), upTo(15))
    }
    const toKafka = rows
      .select(F.toJson(F.struct('id')).as('value'))
      .writeStream.format('kafka')
      .options({ 'kafka.bootstrap.servers': place.servers, topic: 'copies' })
      .option('checkpointLocation', join(place.directory, 'checkpoint-kafka'))
      .trigger({ availableNow: true })
    await (await toKafka.start()).awaitTermination()
    const copies = session.read
      .format('kafka')
      .options({ 'kafka.bootstrap.servers': place.servers, subscribe: 'copies' })
    const values = await copies.load().select(col('value').cast('string').as('v')).collect()
    t.deepEqual(idsOf(values.map(({ v }) => JSON.parse(String(v)) as AnyRow)), upTo(15))
  }))

test('a query goes on with what comes later, and tells where it is', (t) =>
  inPlace(async (place, session) => {
    await place.send('events', numbered(0, 30))
    const query = await parsed(place.read(session, 'events'))
      .writeStream.format('memory')
      .queryName('later')
      .trigger({ processingTime: '10 milliseconds' })
      .start()
    await query.processAllAvailable()
    const first = query.lastProgress!
    t.like(first, { id: query.id, runId: query.runId, name: 'later', numInputRows: 30, batchId: 0 })
    t.deepEqual(first.sources[0]!.endOffset, { events: { 0: 15n, 1: 15n } })
    t.is(first.sources[0]!.metrics!['totalOffsetsBehindLatest'], '0')
    t.like(JSON.parse(JSON.stringify(first)), { batchId: 0, sources: [{ endOffset: { events: { 0: 15 } } }] })
    t.is(JSON.stringify(first.sources), JSON.stringify(JSON.parse(JSON.stringify(first)).sources))
    await place.send('events', numbered(30, 31))
    await query.processAllAvailable()
    t.like(query.lastProgress, { batchId: 1, numInputRows: 1 })
    t.true(query.isActive)
    t.false(await query.awaitTermination(1), 'it has not ended')
    await query.stop()
    t.true(await query.awaitTermination())
    t.false(query.isActive)
    t.deepEqual(idsOf(await session.table('later').collect()), upTo(31))
  }))

test('groups over many batches are whole when an executor is killed in between', (t) =>
  inPlace(async (place, session) => {
    const executors = childrenOf(process.pid)
    await place.send('events', numbered(0, 2000))
    const groups = new Map<string, number>()
    let batches = 0
    const query = await parsed(place.read(session, 'events', { maxOffsetsPerTrigger: '200' }))
      .groupBy('user')
      .agg(F.count().as('n'))
      .writeStream.outputMode('update')
      .foreachBatch(async (batch) => {
        if (++batches === 4) process.kill(executors[0]!, 'SIGKILL')
        for (const { user, n } of await batch.collect()) groups.set(String(user), Number(n))
      })
      .option('checkpointLocation', join(place.directory, 'checkpoint'))
      .trigger({ availableNow: true })
      .start()
    await query.awaitTermination()
    t.is(batches, 10)
    const expected = new Map<string, number>()
    for (const text of numbered(0, 2000)) {
      const { user } = JSON.parse(text) as { user: number | null }
      expected.set(String(user), (expected.get(String(user)) ?? 0) + 1)
    }
    t.deepEqual(Object.fromEntries(groups), Object.fromEntries(expected))
  }, 'local-cluster[2,1,512]'))

test('a restart with more or fewer cores finds all of the state', (t) =>
  withStreamPlace(async (place) => {
    const groups = new Map<number, number>()
    for (const [i, master] of ['local[3]', 'local[1]', 'local[2]'].entries()) {
      await place.send('events', numbered(0, 200))
      await withSession(master, async (session) => {
        const query = await parsed(place.read(session, 'events'))
          .groupBy('id')
          .agg(F.count().as('n'))
          .writeStream.outputMode('update')
          .foreachBatch(async (batch) => {
            for (const { id, n } of await batch.collect()) groups.set(Number(id), Number(n))
          })
          .option('checkpointLocation', join(place.directory, 'checkpoint'))
          .trigger({ availableNow: true })
          .start()
        await query.awaitTermination()
      })
      t.deepEqual(
        [...groups].filter(([, n]) => n !== i + 1),
        [],
        master,
      )
      t.is(groups.size, 200)
    }
  }))
