import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import test from 'ava'
import { type AnyRow, col, type DataFrame, functions as F, type Session, type Trigger } from '../../api/index.js'
import { kafkaClient } from '../support/kafka-client.js'
import { raised, refusal } from '../support/raised.js'
import { withSession } from '../support/sessions.js'
import { type StreamPlace, withStreamPlace } from '../support/streams.js'

const events = (count: number): readonly string[] =>
  Array.from({ length: count }, (_, i) => JSON.stringify({ id: i, ts: 1_700_000_000_000 + i * 1000 }))

const parsed = (stream: DataFrame<AnyRow>): DataFrame<AnyRow> =>
  stream
    .select(F.fromJson(col('value').cast('string'), 'id bigint, ts bigint').as('e'))
    .select('e.*')
    .withColumn('at', F.timestampMillis('ts'))
    .toDF()

const inPlace = (body: (place: StreamPlace, session: Session) => Promise<void>) =>
  withStreamPlace((place) => withSession('local[2]', (session) => body(place, session)))

test('queries that a stream cannot answer are refused when they start, by what is wrong with them', (t) =>
  inPlace(async (place, session) => {
    await place.send('events', events(10))
    const rows = parsed(place.read(session, 'events'))
    const counts = rows.groupBy('id').agg(F.count().as('n')).toDF()
    const write = (frame: DataFrame<AnyRow>, mode: string, format = 'memory') =>
      frame.writeStream.format(format).queryName('q').outputMode(mode).trigger({ availableNow: true }).start()
    t.regex(await refusal(t, () => write(counts, 'append')), /^STREAMING_OUTPUT_MODE.UNSUPPORTED_OPERATION.*append/)
    t.regex(await refusal(t, () => write(rows, 'complete')), /^STREAMING_OUTPUT_MODE.UNSUPPORTED_OPERATION.*complete/)
    t.regex(await refusal(t, async () => write(rows, 'sometimes')), /^STREAMING_OUTPUT_MODE.INVALID.*sometimes/)
    t.regex(await refusal(t, () => write(rows, 'append', 'carrier')), /^DATA_SOURCE_NOT_FOUND.*carrier/)
    t.regex(await refusal(t, () => write(rows, 'update', 'parquet')), /UNSUPPORTED_DATASOURCE.*update.*parquet/)
    t.regex(await refusal(t, () => write(rows.select('idd').toDF(), 'append')), /^UNRESOLVED_COLUMN.*idd/)
    const session5 = F.sessionWindow('at', '5 seconds')
    t.regex(
      await refusal(t, async () => write(rows.groupBy(session5).count().toDF(), 'complete')),
      /^_LEGACY_ERROR_TEMP_3068.*another key/,
    )
    const sessions = rows.groupBy('id', session5).count().toDF()
    t.regex(await refusal(t, () => write(sessions, 'update')), /UNSUPPORTED_OPERATION.*update.*session window/)
    t.regex(await refusal(t, () => write(sessions, 'append')), /UNSUPPORTED_OPERATION.*append.*without a watermark/)
    t.regex(await refusal(t, () => rows.collect()), /^STREAMING_QUERY_NOT_STARTED/)
    t.regex(await refusal(t, () => rows.writeStream.format('memory').start()), /^INVALID_API_USE.*queryName/)
    t.regex(await refusal(t, () => rows.writeStream.start()), /^INVALID_API_USE.*format/)
    t.regex(
      await refusal(t, () => write(rows.repartitionByRange('id'), 'append')),
      /^UNSUPPORTED_FEATURE.*repartitionByRange/,
    )
    t.regex(
      await refusal(t, () => rows.orderBy('id').writeStream.format('console').start()),
      /^STREAMING_OUTPUT_MODE.UNSUPPORTED_OPERATION.*append.*sorting of a stream/,
    )
    const table = session.createDataFrame([{ id: 1, ts: 2, at: new Date(0) }], 'id bigint, ts bigint, at timestamp')
    t.regex(await refusal(t, () => write(rows.union(table), 'append')), /^UNSUPPORTED_FEATURE.*a stream and a table/)
    t.regex(await refusal(t, () => write(counts.union(counts), 'update')), /^UNSUPPORTED_FEATURE.*below a union/)
    t.regex(
      await refusal(t, () => write(counts.union(rows.select('id', 'ts')), 'update')),
      /^UNSUPPORTED_FEATURE.*below a union/,
    )
    const timed = rows.withWatermark('at', '1 second').toDF()
    const halfTimed = timed.union(rows).groupBy('at').count().toDF()
    t.regex(await refusal(t, () => write(halfTimed, 'append')), /UNSUPPORTED_OPERATION.*without a watermark/)
    t.regex(
      await refusal(t, () => write(rows.intersect(rows), 'update')),
      /^UNSUPPORTED_FEATURE.*INTERSECT of a stream/,
    )
    const batch = session.createDataFrame([{ id: 1 }])
    t.regex(await refusal(t, () => batch.toDF().writeStream.format('console').start()), /^INVALID_API_USE.*readStream/)
    const joined = (type: 'left_semi' | 'left_anti' | 'full') => write(batch.join(rows, 'id', type).toDF(), 'append')
    t.regex(await refusal(t, () => joined('left_semi')), /^UNSUPPORTED_FEATURE.*a left semi join.*stream on the right/)
    t.regex(await refusal(t, () => joined('left_anti')), /^UNSUPPORTED_FEATURE.*a left anti join.*stream on the right/)
    t.regex(await refusal(t, () => joined('full')), /^UNSUPPORTED_FEATURE.*a full join.*stream on the right/)
    t.regex(
      await refusal(t, () => write(rows.join(batch, 'id', 'full').toDF(), 'append')),
      /^UNSUPPORTED_FEATURE.*a full join of a stream and a table/,
    )
    rows.createOrReplaceTempView('streamed')
    t.regex(
      await refusal(t, () => session.sql('select (select count(*) from streamed)').collect()),
      /^UNSUPPORTED_FEATURE.*subqueries over a stream/,
    )
    const { writeStream } = rows
    t.regex(
      await refusal(t, async () => writeStream.trigger({ processingTime: 'soon' })),
      /^INVALID_INTERVAL_FORMAT.*soon/,
    )
    for (const [trigger, given] of [
      [{ once: true, availableNow: true }, 'availableNow: true }'],
      [{}, '{}'],
      [{ often: true }, '{ often: true }'],
      [{ availableNow: false }, '{ availableNow: false }'],
      [{ processingTime: 5 }, '{ processingTime: 5 }'],
      [undefined, 'undefined'],
      ['1 second', "'1 second'"],
    ] as const) {
      const message = await refusal(t, async () => writeStream.trigger(trigger as unknown as Trigger))
      t.true(message.startsWith('INVALID_API_USE') && message.includes(`${given} was given`), message)
    }
    t.notThrows(() => writeStream.trigger({ once: true, processingTime: undefined } as unknown as Trigger))
    const noTopic = parsed(place.read(session, 'absent'))
    const absent = await write(noTopic, 'append')
    t.regex(await refusal(t, () => absent.awaitTermination()), /^STREAM_FAILED.*UNKNOWN_TOPIC_OR_PARTITION.*absent/)
    t.deepEqual(
      (await readdir(place.directory)).filter((name) => name !== 'broker'),
      [],
      'nothing is written',
    )
  }))

test('a stream into a sink that outlives the session needs a checkpoint, by its option or by the setting', (t) =>
  withStreamPlace(async (place) => {
    await place.send('events', events(10))
    const output = join(place.directory, 'out')
    const written = (session: Session) =>
      parsed(place.read(session, 'events')).writeStream.queryName('written').trigger({ availableNow: true })
    await withSession('local[2]', async (session) => {
      const server = { 'kafka.bootstrap.servers': place.servers, topic: 'copies' }
      for (const start of [
        () => written(session).format('parquet').start(output),
        () => written(session).format('parquet').option('checkpointLocation', '').start(output),
        () => written(session).format('kafka').options(server).start(),
      ]) {
        t.regex(await refusal(t, start), /^CHECKPOINT_LOCATION_REQUIRED.*option\("checkpointLocation".*setting/)
      }
      t.false((await readdir(place.directory)).includes('out'), 'nothing is written')
    })
    const checkpoints = join(place.directory, 'checkpoints')
    for (let starts = 0; starts < 2; starts++) {
      await withSession(
        'local[2]',
        async (session) => {
          await (await written(session).format('parquet').start(output)).awaitTermination()
          t.is((await session.read.parquet(output).collect()).length, 10)
        },
        { 'streaming.checkpointLocation': checkpoints },
      )
    }
    t.deepEqual(await readdir(checkpoints), ['written'])
  }))

test.serial('a start that is refused leaves no temporary checkpoint, nor does a query that ended', (t) =>
  inPlace(async (place, session) => {
    await place.send('events', events(10))
    const mine = await mkdtemp(join(place.directory, 'tmp-'))
    const { TMPDIR } = process.env
    process.env['TMPDIR'] = mine
    t.teardown(() => {
      if (TMPDIR === undefined) delete process.env['TMPDIR']
      else process.env['TMPDIR'] = TMPDIR
    })
    const start = (options: Readonly<Record<string, string>>) =>
      parsed(place.read(session, 'events', options))
        .writeStream.format('console')
        .trigger({ availableNow: true })
        .start()
    await raised(t, start({ failOnDataLoss: 'perhaps' }), 'INVALID_OPTION')
    await session.range(3n).write.parquet(join(place.directory, 'table'))
    const files = session.readStream.format('parquet').load(join(place.directory, 'table'))
    t.regex(await refusal(t, () => files.writeStream.format('console').start()), /^_LEGACY_ERROR_TEMP_2048/)
    t.deepEqual(await readdir(mine), [])
    const query = await parsed(place.read(session, 'events'))
      .writeStream.foreachBatch(async () => void t.is((await readdir(mine)).length, 1))
      .trigger({ availableNow: true })
      .start()
    await query.awaitTermination()
    await query.stop()
    t.deepEqual(await readdir(mine), [])
  }),
)

test('a checkpoint of a query whose state has another shape is refused, whatever part of the shape it is', (t) =>
  inPlace(async (place, session) => {
    await place.send('events', events(30))
    type Rows = DataFrame<AnyRow>
    const rows = parsed(place.read(session, 'events'))
      .withColumn('late', F.timestampMillis(col('ts').plus(1)))
      .toDF()
    const windowed = (length: string, stream = rows, at = 'at') =>
      stream.withWatermark(at, '10 seconds').groupBy(F.window(at, length).as('w')).agg(F.sum('id').as('n')).toDF()
    const run = async (frame: Rows, mode = 'update'): Promise<unknown> => {
      const query = await frame.writeStream
        .foreachBatch(() => undefined)
        .outputMode(mode)
        .option('checkpointLocation', join(place.directory, 'checkpoint'))
        .trigger({ availableNow: true })
        .start()
      return query.awaitTermination()
    }
    await run(windowed('10 seconds'))
    const others: readonly (readonly [string, Rows, string?])[] = [
      ['another length', windowed('20 seconds')],
      ['another column of time', windowed('10 seconds', rows, 'late')],
      [
        'another computation',
        windowed('10 seconds', rows.withColumn('at', F.timestampMillis(col('ts').plus(5))).toDF()),
      ],
      ['another argument', windowed('10 seconds', rows.withColumn('id', col('id').plus(1)).toDF())],
      ['no watermark', rows.groupBy(F.window('at', '10 seconds').as('w')).agg(F.sum('id').as('n')).toDF()],
      ['kept for ever', windowed('10 seconds'), 'complete'],
    ]
    for (const [what, frame, mode] of others) {
      t.regex(await refusal(t, () => run(frame, mode)), /^STREAMING_STATE_MISMATCH.*operator 0, stateStoreSave/, what)
    }
    await place.send('events', events(1))
    await run(windowed('10 seconds').select('n').toDF(), 'append')
    await run(windowed('10 seconds', rows.filter(col('id').gt(-1)).toDF()))
  }))

test('a sink that cannot be written ends the query with the path, and what it wrote before is whole', (t) =>
  inPlace(async (place, session) => {
    await place.send('events', events(10))
    const rows = parsed(place.read(session, 'events'))
    await writeFile(join(place.directory, 'file'), 'in the way')
    const out = join(place.directory, 'file', 'out')
    const checkpoint = join(place.directory, 'checkpoint')
    const run = async (): Promise<unknown> => {
      const query = await rows.writeStream
        .format('parquet')
        .option('checkpointLocation', checkpoint)
        .trigger({ availableNow: true })
        .start(out)
      return query.awaitTermination()
    }
    const message = await refusal(t, run)
    t.true(message.includes(join(place.directory, 'file')), message)
    t.is(await readFile(join(place.directory, 'file'), 'utf8'), 'in the way')
  }))

test('two queries of one name, or of one checkpoint, do not run at once', (t) =>
  inPlace(async (place, session) => {
    await place.send('events', events(10))
    const start = (name: string, checkpoint: string) =>
      parsed(place.read(session, 'events'))
        .writeStream.format('memory')
        .queryName(name)
        .option('checkpointLocation', join(place.directory, checkpoint))
        .start()
    const first = await start('one', 'a')
    t.regex(await refusal(t, () => start('one', 'b')), /^CONCURRENT_QUERY.*one/)
    t.regex(await refusal(t, () => start('two', 'a')), /^CONCURRENT_QUERY.*checkpoint/)
    await first.processAllAvailable()
    t.true(first.isActive)
    await first.stop()
    const again = await start('one', 'a')
    await again.processAllAvailable()
    await again.stop()
  }))

test('damaged checkpoints are named and not believed, whichever file it is', (t) =>
  inPlace(async (place, session) => {
    const topic = 'events'
    await place.send(topic, events(300))
    const run = async (checkpoint: string): Promise<unknown> => {
      const query = await parsed(place.read(session, topic, { maxOffsetsPerTrigger: '100' }))
        .withWatermark('at', '10 seconds')
        .groupBy(F.window('at', '10 seconds').as('w'))
        .agg(F.count().as('n'))
        .writeStream.format('memory')
        .queryName('damaged')
        .outputMode('update')
        .option('checkpointLocation', checkpoint)
        .trigger({ availableNow: true })
        .start()
      return query.awaitTermination()
    }
    const state = async (checkpoint: string): Promise<string> => {
      const all = await readdir(join(checkpoint, 'state'), { recursive: true, withFileTypes: true })
      const files = all.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name))
      return files.toSorted().at(-1)!
    }
    const latest = async (log: string): Promise<string> => {
      const numbers = (await readdir(log)).map(Number)
      return join(log, String(Math.max(...numbers)))
    }
    const places = [
      async (checkpoint: string) => join(checkpoint, 'metadata', '0'),
      (checkpoint: string) => latest(join(checkpoint, 'offsets')),
      (checkpoint: string) => latest(join(checkpoint, 'commits')),
      state,
    ]
    const damages: readonly ((bytes: Buffer) => Buffer)[] = [
      () => Buffer.alloc(0),
      (bytes) => bytes.subarray(0, bytes.length - 3),
      () => Buffer.from('{"nonsense": true}\n'),
      () => Buffer.from('v1\n{"nonsense": tr'),
      () => Buffer.from('v1\nnull\nnull\n'),
    ]
    for (const [i, placeOf] of places.entries()) {
      for (const [j, damage] of damages.entries()) {
        const checkpoint = join(place.directory, `checkpoint-${i}-${j}`)
        await run(checkpoint)
        const path = await placeOf(checkpoint)
        await writeFile(path, damage(await readFile(path)))
        await place.send(topic, events(1))
        const message = await refusal(t, () => run(checkpoint))
        t.regex(message, /STREAMING_CHECKPOINT_CORRUPT/, `${i} ${j}`)
        t.true(message.includes(path), `${message} names ${path}`)
      }
    }
  }))

test('a topic that is deleted under a stream ends it as a loss of data', (t) =>
  inPlace(async (place, session) => {
    await place.send('doomed', events(10))
    const query = await parsed(place.read(session, 'doomed'))
      .writeStream.format('memory')
      .queryName('doomed')
      .trigger({ processingTime: '10 milliseconds' })
      .start()
    await query.processAllAvailable()
    const kafka = kafkaClient(place.servers)
    const admin = kafka.admin()
    await admin.connect()
    await admin.deleteTopics({ topics: ['doomed'] })
    await admin.disconnect()
    const message = await refusal(t, () => query.awaitTermination())
    t.regex(message, /^STREAM_FAILED.*(KAFKA_DATA_LOSS|UNKNOWN_TOPIC_OR_PARTITION).*doomed/)
    t.is(Number((await session.table('doomed').collect()).length), 10)
  }))

test('a checkpoint folder that is a file is refused with its path', (t) =>
  inPlace(async (place, session) => {
    await place.send('events', events(10))
    const checkpoint = join(place.directory, 'checkpoint')
    await mkdir(join(place.directory, 'x'))
    await writeFile(checkpoint, '')
    const start = () =>
      parsed(place.read(session, 'events'))
        .writeStream.format('console')
        .option('checkpointLocation', checkpoint)
        .start()
    t.true((await refusal(t, start)).includes(checkpoint))
  }))

test('a checkpoint that is removed while its query runs ends the query, and is not made again by halves', (t) =>
  inPlace(async (place, session) => {
    const checkpoint = join(place.directory, 'checkpoint')
    await place.send('events', events(10))
    for (const group of [false, true]) {
      const rows = parsed(place.read(session, 'events'))
      const query = await (group ? rows.groupBy('id').agg(F.count().as('n')).toDF() : rows).writeStream
        .foreachBatch(() => undefined)
        .outputMode('update')
        .option('checkpointLocation', checkpoint)
        .trigger({ processingTime: '10 milliseconds' })
        .start()
      await query.processAllAvailable()
      await rm(checkpoint, { recursive: true })
      await place.send('events', events(1))
      t.regex(
        await refusal(t, () => query.awaitTermination()),
        /^STREAM_FAILED.*STREAMING_CHECKPOINT_REMOVED.*checkpoint/,
      )
      t.false((await readdir(place.directory)).includes('checkpoint'))
    }
  }))
