import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import test from 'ava'
import { type AnyRow, col, type DataFrame, functions as F, type Session } from '../../api/index.js'
import { refusal } from '../support/raised.js'
import { withSession } from '../support/sessions.js'
import { type StreamPlace, withStreamPlace } from '../support/streams.js'

const numbers = (count: number): readonly string[] => Array.from({ length: count }, (_, i) => String(i))
const upTo = (count: number): readonly number[] => Array.from({ length: count }, (_, i) => i)
const ordered = (values: Iterable<unknown>): readonly number[] => [...values].map(Number).toSorted((a, b) => a - b)

const inPlace = (body: (place: StreamPlace, session: Session) => Promise<void>, master = 'local[2]') =>
  withStreamPlace((place) => withSession(master, (session) => body(place, session)))

const idsIn = (stream: DataFrame<AnyRow>): DataFrame<AnyRow> =>
  stream.select(col('value').cast('string').cast('bigint').as('id')).toDF()

/** The lines of a file that tasks of any thread or process add to. */
const linesOf = (file: string): readonly string[] =>
  existsSync(file) ? readFileSync(file, 'utf8').trimEnd().split('\n') : []

for (const master of ['local[2]', 'local-cluster[2,1,512]'])
  test(`an object of a class gets the rows of each partition of a batch where tasks run, between open and close (${master})`, (t) =>
    inPlace(async (place, session) => {
      await place.send('numbers', numbers(40))
      const file = join(place.directory, 'rows.log')
      const query = await idsIn(place.read(session, 'numbers', { maxOffsetsPerTrigger: '20' }))
        .writeStream.foreach(
          class {
            readonly #said: string[] = []
            #of = ''

            open(partition: number, batch: number): boolean {
              this.#of = `${batch}/${partition}`
              this.#said.push(`open ${this.#of}`)
              return !(batch === 1 && partition === 0)
            }

            async process(row: AnyRow): Promise<void> {
              this.#said.push(`row ${this.#of} ${row['id']}`)
            }

            async close(error: unknown): Promise<void> {
              const { appendFileSync } = await import('node:fs')
              appendFileSync(file, [...this.#said, `close ${this.#of} ${error}`, ''].join('\n'))
            }
          },
          { values: { file } },
        )
        .trigger({ availableNow: true })
        .start()
      await query.awaitTermination()
      const lines = linesOf(file)
      for (const of of ['0/0', '0/1', '1/0', '1/1']) {
        const own = lines.filter((line) => line.split(' ')[1] === of)
        t.deepEqual([own[0], own.at(-1)], [`open ${of}`, `close ${of} undefined`])
        t.is(own.length, of === '1/0' ? 2 : 12, 'a partition that is not wanted gives no rows')
      }
      const ids = lines.filter((line) => line.startsWith('row')).map((line) => line.split(' ')[2])
      t.deepEqual(
        ordered(ids),
        upTo(40).filter((id) => id < 20 || id % 2 === 1),
      )
    }, master))

test('what a function for rows throws ends the stream with the line of the file, and close is told of it', (t) =>
  inPlace(async (place, session) => {
    await place.send('numbers', numbers(10))
    const file = join(place.directory, 'closed.log')
    const rows = idsIn(place.read(session, 'numbers'))
    const one = await rows.writeStream
      .foreach((row) => {
        if (row['id'] === 7n) throw new RangeError('seven')
      })
      .start()
    const message = await refusal(t, () => one.awaitTermination())
    t.regex(message, /FAILED_EXECUTE_UDF.*RangeError: seven \(.*sinks\.test\.[jt]s:\d+:\d+\)/s)
    const other = await rows.writeStream
      .foreach(
        class Broken {
          process(): never {
            throw new Error('no row')
          }
          async close(error: unknown): Promise<void> {
            const { appendFileSync } = await import('node:fs')
            appendFileSync(file, `${(error as Error).message}\n`)
          }
        },
        { values: { file } },
      )
      .start()
    t.regex(await refusal(t, () => other.awaitTermination()), /`Broken`.*no row/s)
    // Tasks that are ended with the one that failed first are told that instead.
    t.true(
      linesOf(file).some((line) => line.includes('no row')),
      linesOf(file).join(' | '),
    )
    const late = await rows.writeStream
      .foreach(
        class {
          process(): void {}
          close(): never {
            throw new Error('late')
          }
        },
      )
      .start()
    t.regex(await refusal(t, () => late.awaitTermination()), /late/)
  }))

test('a batch of foreachBatch is written several times, to different places', (t) =>
  inPlace(async (place, session) => {
    await place.send('numbers', numbers(30))
    const [all, even] = ['all', 'even'].map((name) => join(place.directory, name))
    const query = await idsIn(place.read(session, 'numbers', { maxOffsetsPerTrigger: '10' }))
      .writeStream.foreachBatch(async (batch) => {
        await batch.write.mode('append').parquet(all!)
        await batch.filter(F.expr('id % 2 = 0')).write.mode('append').format('json').save(even!)
        await batch.groupBy().agg(F.count().as('n')).write.mode('append').parquet(`${all}-counts`)
      })
      .trigger({ availableNow: true })
      .start()
    await query.awaitTermination()
    const idsOf = async (frame: DataFrame<AnyRow>) => ordered((await frame.collect()).map(({ id }) => id))
    t.deepEqual(await idsOf(session.read.parquet(all!)), upTo(30))
    t.deepEqual(
      await idsOf(session.read.format('json').load(even!)),
      upTo(30).filter((id) => id % 2 === 0),
    )
    t.deepEqual(await session.read.parquet(`${all}-counts`).collect(), [{ n: 10n }, { n: 10n }, { n: 10n }])
  }))

test('streams that are united, and a query over the output of another one, give each row once', (t) =>
  inPlace(async (place, session) => {
    await place.send('left', numbers(10))
    await place.send('right', ['10', '11', '12', '13'])
    const both = place
      .read(session, 'left', { maxOffsetsPerTrigger: '4' })
      .union(place.read(session, 'right'))
      .select('value')
    const first = await both.writeStream
      .format('kafka')
      .options({ 'kafka.bootstrap.servers': place.servers, topic: 'both' })
      .option('checkpointLocation', join(place.directory, 'first'))
      .start()
    await first.processAllAvailable()
    const second = await idsIn(place.read(session, 'both', { 'kafka.isolation.level': 'read_committed' }))
      .writeStream.format('memory')
      .queryName('seen')
      .start()
    t.deepEqual([first.guarantee, second.guarantee], ['exactly-once', 'exactly-once'])
    await second.processAllAvailable()
    t.deepEqual(ordered((await session.table('seen').collect()).map(({ id }) => id)), upTo(14))
    await place.send('right', ['14'])
    await first.processAllAvailable()
    await second.processAllAvailable()
    t.deepEqual(ordered((await session.table('seen').collect()).map(({ id }) => id)), upTo(15))
    await first.stop()
    await second.stop()
  }))

test('sinks say what they guarantee, and refuse options and uses that they have not', (t) =>
  inPlace(async (place, session) => {
    await place.send('numbers', numbers(3))
    const rows = idsIn(place.read(session, 'numbers'))
    const guarantee = async (writer: typeof rows.writeStream): Promise<string> => {
      const query = await writer.start()
      await query.stop()
      return query.guarantee
    }
    const { writeStream } = rows
    t.is(await guarantee(writeStream.foreachBatch(() => undefined)), 'at-least-once')
    t.is(await guarantee(writeStream.foreach(() => undefined)), 'at-least-once')
    const values = rows.select(col('id').cast('string').as('value')).toDF()
    const toKafka = (name: string) =>
      values.writeStream.format('kafka').options({
        'kafka.bootstrap.servers': place.servers,
        topic: 'out',
        checkpointLocation: join(place.directory, name),
      })
    t.is(await guarantee(toKafka('a').option('deliveryGuarantee' as string, 'at-least-once')), 'at-least-once')
    const odd = await writeStream
      .foreach(() => undefined)
      .option('numRows', 3)
      .start()
    t.regex(await refusal(t, () => odd.awaitTermination()), /INVALID_OPTION.*numRows/s)
    const started = async (name: string): Promise<void> =>
      (await writeStream.format(name).start()).processAllAvailable()
    t.regex(await refusal(t, () => started('foreachBatch')), /INVALID_API_USE.*no function/)
    const unnamed = writeStream.format('foreach' as string).option('checkpointLocation', join(place.directory, 'none'))
    const query = await unnamed.start()
    t.regex(await refusal(t, () => query.awaitTermination()), /INVALID_API_USE.*no function/)
    for (const name of ['console', 'foreachBatch'])
      t.regex(
        await refusal(t, () =>
          session
            .range(3)
            .write.format(name as string)
            .save(),
        ),
        /UNSUPPORTED_FEATURE/,
      )
    t.throws(() => writeStream.foreach(() => void place.servers), { message: /UDF_FREE_VARIABLES.*place/s })
  }))

test('a checkpoint goes on with the topics that it read, in whatever order and letters they are named', (t) =>
  inPlace(async (place, session) => {
    await place.send('a', ['1'])
    await place.send('b', ['2'])
    const seen: number[] = []
    const run = async (options: Readonly<Record<string, string>>) => {
      const stream = session.readStream
        .format('kafka')
        .options({ 'kafka.bootstrap.servers': place.servers, startingOffsets: 'earliest', ...options })
      const query = await idsIn(stream.load())
        .writeStream.foreachBatch(async (batch) => {
          for (const { id } of await batch.collect()) seen.push(Number(id))
        })
        .option('checkpointLocation', join(place.directory, 'checkpoint'))
        .trigger({ availableNow: true })
        .start()
      await query.awaitTermination()
    }
    await run({ subscribe: 'a,b' })
    await place.send('b', ['3'])
    await run({ SUBSCRIBE: 'b, a', maxOffsetsPerTrigger: '1' })
    t.deepEqual(seen.toSorted(), [1, 2, 3])
    t.regex(await refusal(t, () => run({ subscribe: 'a' })), /STREAMING_CHECKPOINT_MISMATCH/)
  }))
