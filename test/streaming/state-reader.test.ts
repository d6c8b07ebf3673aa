import { cp, readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import test from 'ava'
import { type AnyRow, col, type DataFrame, functions as F, type Session } from '../../api/index.js'
import { refusal } from '../support/raised.js'
import { Random } from '../support/random.js'
import { withSession } from '../support/sessions.js'
import { type StreamPlace, withStreamPlace } from '../support/streams.js'

const START_MS = 1_700_000_000_000
const WINDOW_MS = 10_000
const DELAY_MS = 5000

interface Event {
  readonly id: number
  readonly user: string
  readonly ts: number
  readonly amount: number
}

/** A stream of events whose batches are the calls of `send`, and what its windows have in the end. */
class Windows {
  readonly place: StreamPlace
  readonly #random = new Random(11)
  readonly #batches: Event[][] = []

  constructor(place: StreamPlace) {
    this.place = place
  }

  get checkpoint(): string {
    return join(this.place.directory, 'checkpoint')
  }

  async send(count: number): Promise<void> {
    const first = this.#batches.length * 4000
    const events = Array.from({ length: count }, (_, id) => ({
      id,
      user: `user ${this.#random.integer(0, 30)}`,
      ts: START_MS + first + this.#random.integer(0, 4000),
      amount: this.#random.integer(-500, 500),
    }))
    this.#batches.push(events)
    await this.place.send(
      'events',
      events.map((event) => JSON.stringify(event)),
    )
  }

  start(session: Session, checkpoint = this.checkpoint) {
    return this.events(session)
      .withWatermark('at', '5 seconds')
      .groupBy(F.window('at', '10 seconds').as('w'), 'user')
      .agg(F.sum('amount').as('amount'), F.max('user').as('last'), F.count().as('n'))
      .toDF()
      .writeStream.format('memory')
      .queryName('windows')
      .outputMode('append')
      .option('checkpointLocation', checkpoint)
      .start()
  }

  events(session: Session): DataFrame<AnyRow> {
    return this.place
      .read(session, 'events')
      .select(F.fromJson(col('value').cast('string'), 'id bigint, user string, ts bigint, amount bigint').as('e'))
      .select('e.*')
      .withColumn('at', F.timestampMillis('ts'))
      .toDF()
  }

  /** The windows that are not final after so many batches. */
  open(batches: number): readonly string[] {
    const events = this.#batches.slice(0, batches).flat()
    const final = Math.max(...events.map(({ ts }) => ts)) - DELAY_MS
    const groups = new Map<string, { amount: number; n: number }>()
    for (const { user, ts, amount } of events) {
      const start = Math.floor(ts / WINDOW_MS) * WINDOW_MS
      if (start + WINDOW_MS <= final) continue
      const key = `${start} ${user}`
      const known = groups.get(key) ?? { amount: 0, n: 0 }
      groups.set(key, { amount: known.amount + amount, n: known.n + 1 })
    }
    return [...groups]
      .map(([key, { amount, n }]) => `${key} ${amount} ${key.slice(key.indexOf(' ') + 1)} ${n}`)
      .toSorted()
  }
}

const stateOf = (session: Session, checkpoint: string, options: Record<string, string> = {}) =>
  session.read.format('statestore').option('path', checkpoint).options(options).load()

async function windowsIn(session: Session, checkpoint: string, options: Record<string, string> = {}) {
  const rows = await stateOf(session, checkpoint, options)
    .select(
      F.unixMillis(col('key.window.start')).as('start'),
      col('key.user').as('user'),
      col('value').getField('sum(amount).sum').as('amount'),
      col('value').getField('max(user).value').as('last'),
      col('value').getField('count(1).count').as('n'),
    )
    .collect()
  return rows.map((row) => Object.values(row).join(' ')).toSorted()
}

test('the state of windows is read as rows, as it was after any batch that is kept', (t) =>
  withStreamPlace((place) =>
    withSession(
      'local[2]',
      async (session) => {
        const windows = new Windows(place)
        await windows.send(400)
        const query = await windows.start(session)
        await query.processAllAvailable()
        const after: (readonly string[])[] = []
        for (let round = 1; round <= 14; round++) {
          // The batch without rows, in which what is final leaves, is one of them.
          const batchId = String(query.lastProgress!.batchId)
          after.push(await windowsIn(session, windows.checkpoint, { batchId }))
          t.deepEqual(after.at(-1), windows.open(round), `after ${round} batches`)
          await windows.send(40)
          await query.processAllAvailable()
        }
        await query.stop()
        t.deepEqual(await windowsIn(session, windows.checkpoint), windows.open(15))
        const names = await readdir(join(windows.checkpoint, 'state', '0', '1'))
        t.true(names.filter((name) => name.endsWith('.delta')).length > 3, 'deltas are among the files')
        const parts = await stateOf(session, windows.checkpoint).select('partition_id').distinct().collect()
        t.deepEqual(parts.map((row) => row['partition_id']).toSorted(), [0, 1, 2])
        const metadata = await session.read.format('state-metadata').load(windows.checkpoint).collect()
        const batches = { minBatchId: 0n, maxBatchId: BigInt(query.lastProgress!.batchId) }
        const operator = { operatorId: 0n, operatorName: 'stateStoreSave', stateStoreName: 'default', numPartitions: 3 }
        t.deepEqual(metadata, [{ ...operator, ...batches }])
      },
      { 'shuffle.partitions': 3 },
    ),
  ))

test('the state of duplicates, of a count without keys, and of keys of every kind is read as well', (t) =>
  withStreamPlace((place) =>
    withSession('local[2]', async (session) => {
      await place.send('rows', ['a 1', 'b 2', 'a 3', ' 4'])
      const rows = place
        .read(session, 'rows')
        .select(
          F.split(col('value').cast('string'), ' ').getItem(0).as('name'),
          F.split(col('value').cast('string'), ' ').getItem(1).cast('int').as('n'),
        )
      const run = async (name: string, frame: DataFrame<AnyRow>, mode: 'append' | 'complete') => {
        const query = await frame.writeStream
          .format('memory')
          .queryName(name)
          .outputMode(mode)
          .option('checkpointLocation', join(place.directory, name))
          .trigger({ availableNow: true })
          .start()
        await query.awaitTermination()
        return stateOf(session, join(place.directory, name))
      }
      const names = await run('names', rows.dropDuplicates(['name']).toDF(), 'append')
      t.deepEqual((await names.select('key.name').collect()).map((row) => row['name']).toSorted(), ['', 'a', 'b'])
      t.deepEqual(await names.select('value.expires').distinct().collect(), [{ expires: (1n << 63n) - 1n }])
      const count = await run('counted', rows.groupBy().agg(F.count().as('n'), F.sum('n').as('sum')).toDF(), 'complete')
      t.deepEqual(await count.select('value').collect(), [{ value: { 'count(1).count': 4n, 'sum(n).sum': 10n } }])
      const keyed = rows.select(
        F.nullif(col('name'), F.lit('')).as('name'),
        F.array('n').as('list'),
        F.struct('n', 'name').as('pair'),
        col('n').cast('decimal(30,2)').as('d'),
        F.lit(null).cast('date').as('day'),
      )
      const kinds = await run('kinds', keyed.groupBy('name', 'list', 'pair', 'd', 'day').count().toDF(), 'complete')
      const expected = [
        [null, [4], { n: 4, name: '' }, '4.00', null],
        ['a', [1], { n: 1, name: 'a' }, '1.00', null],
        ['a', [3], { n: 3, name: 'a' }, '3.00', null],
        ['b', [2], { n: 2, name: 'b' }, '2.00', null],
      ]
      const keys = await kinds.orderBy('key.name', 'key.d').select('key').collect()
      t.deepEqual(
        keys.map(({ key }) =>
          Object.values(key as object).map((value) => (value?.unscaled === undefined ? value : String(value))),
        ),
        expected,
      )
    }),
  ))

test('what is wrong with a checkpoint whose state is read, or with the options, is told by name', (t) =>
  withStreamPlace((place) =>
    withSession(
      'local[2]',
      async (session) => {
        const windows = new Windows(place)
        const read = (options: Record<string, string> = {}, location = windows.checkpoint) =>
          stateOf(session, location, options).collect()
        const metadata = (location: string) => session.read.format('state-metadata').load(location).collect()
        t.regex(await refusal(t, read()), /^PATH_NOT_FOUND.*checkpoint\/metadata\/0/)
        t.regex(await refusal(t, metadata(windows.checkpoint)), /^PATH_NOT_FOUND.*checkpoint\/metadata\/0/)
        await windows.send(100)
        const query = await windows.start(session)
        await query.processAllAvailable()
        await windows.send(10)
        await query.processAllAvailable()
        await query.stop()
        t.regex(await refusal(t, read({ batchId: '77' })), /^INVALID_OPTION.*batchId.*77.*batches from 0 to [1-9]/)
        t.regex(await refusal(t, read({ batchId: 'x' })), /^INVALID_OPTION.*batchId.*x.*not a number/)
        t.regex(await refusal(t, read({ batchId: '9'.repeat(16) })), /^INVALID_OPTION.*batchId.*9.*not a number/)
        t.regex(await refusal(t, read({ operatorId: '1' })), /^INVALID_OPTION.*operatorId.*1.*operators are 0/)
        t.regex(
          await refusal(t, read({ joinSide: 'left' })),
          /^INVALID_OPTION.*joinSide.*left.*keeps no rows of two sides/,
        )
        t.regex(await refusal(t, read({ storeName: 'other' })), /^INVALID_OPTION.*storeName.*other.*only default/)
        t.regex(await refusal(t, read({ readChangeFeed: 'true' })), /^UNSUPPORTED_FEATURE.*readChangeFeed/)
        t.regex(await refusal(t, session.read.format('statestore').load().collect()), /^INVALID_API_USE.*checkpoint/)
        const schema = session.read.format('statestore').schema('a int').load(windows.checkpoint)
        t.regex(await refusal(t, schema.collect()), /^UNSUPPORTED_FEATURE.*other columns.*statestore/)
        const sound = `${windows.checkpoint}-sound`
        await cp(windows.checkpoint, sound, { recursive: true })
        const files = await readdir(join(sound, 'state'), { recursive: true })
        const last = (await metadata(sound))[0]!['maxBatchId']
        const damages: readonly (readonly [string, (path: string) => Promise<void>])[] = [
          ...files
            .filter((name) => /\.(delta|snapshot)$/.test(name))
            .flatMap((name) => [
              [join('state', name), (path: string) => rm(path)] as const,
              [join('state', name), (path: string) => truncate(path, 50)] as const,
            ]),
          [
            'metadata/0',
            async (path) => writeFile(path, (await readFile(path, 'utf8')).replace('stateStoreSave', 'other')),
          ],
          [`commits/${last}`, (path) => truncate(path, 50)],
        ]
        t.true(damages.length >= 6)
        for (const [name, damage] of damages) {
          await rm(windows.checkpoint, { recursive: true })
          await cp(sound, windows.checkpoint, { recursive: true })
          await damage(join(windows.checkpoint, name))
          const message = await refusal(t, read())
          t.regex(message, /^STREAMING_CHECKPOINT_CORRUPT/, name)
          t.true(message.includes(join(windows.checkpoint, name)), message)
        }
        for (const log of ['commits', 'offsets']) await rm(join(sound, log), { recursive: true })
        t.regex(await refusal(t, read({}, sound)), /^STDS_COMMITTED_BATCH_UNAVAILABLE.*sound/)
      },
      { 'shuffle.partitions': 2 },
    ),
  ))
