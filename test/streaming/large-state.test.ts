import { join } from 'node:path'
import test from 'ava'
import { type AnyRow, col, functions as F, type Session, StatefulProcessor } from '../../api/index.js'
import { withSession } from '../support/sessions.js'
import { type StreamPlace, withStreamPlace } from '../support/streams.js'

const MIB = 1024 ** 2
const MEMORY_MIB = 24
const SMALL_MIB = 16
const ROUNDS = 3
const KEYS = 30_000
/** Of a round, so many are known from the one before. */
const KNOWN = 3000
const PADDING = 'x'.repeat(700)

const keysOf = (round: number): readonly string[] =>
  Array.from({ length: KEYS }, (_, i) => `${PADDING}${round * (KEYS - KNOWN) + i}`)

test('a state of more than twice what the executor may hold is kept, since rows leave the memory for others', (t) =>
  withStreamPlace((place) =>
    withSession(
      'local[1]',
      async (session) => {
        t.timeout(600_000)
        const send = async (round: number): Promise<void> => {
          const keys = keysOf(round)
          for (let at = 0; at < keys.length; at += 3000) await place.send('keys', keys.slice(at, at + 3000))
        }
        await send(0)
        let [changed, rows] = [0, 0]
        const query = await place
          .read(session, 'keys', { maxOffsetsPerTrigger: '15000' })
          .groupBy(col('value').cast('string').as('key'))
          .agg(F.count().as('n'))
          .toDF()
          .writeStream.foreachBatch(async (batch) => {
            const [row] = await batch.agg(F.count().as('keys'), F.sum('n').as('rows')).collect()
            changed += Number(row!['keys'])
            rows += Number(row!['rows'])
          })
          .outputMode('update')
          .option('checkpointLocation', join(place.directory, 'checkpoint'))
          .start()
        await query.processAllAvailable()
        for (let round = 1; round < ROUNDS; round++) {
          await send(round)
          await query.processAllAvailable()
        }
        const { numRowsTotal } = query.lastProgress!.stateOperators[0]!
        const used = query.recentProgress.map(({ stateOperators: [state] }) => state!.memoryUsedBytes)
        await query.stop()
        const again = KNOWN * (ROUNDS - 1)
        t.is(numRowsTotal, KEYS * ROUNDS - again)
        // Each key comes with 1 first, and with 2 when it is met again.
        t.deepEqual([changed, rows], [KEYS * ROUNDS, KEYS * ROUNDS + again])
        // Partitions that gave way to others within a batch do not count.
        t.true(
          used.every((bytes) => bytes > 0 && bytes < MEMORY_MIB * MIB),
          `${used} bytes`,
        )
      },
      { 'executor.memory': `${MEMORY_MIB}m`, 'shuffle.partitions': 40 },
    ),
  ))

test('a partition of nearly twice the memory is kept, read again, and divided anew', (t) =>
  withStreamPlace(async (place) => {
    t.timeout(600_000)
    const send = async (keys: readonly string[]): Promise<void> => {
      for (let at = 0; at < keys.length; at += 3000) await place.send('keys', keys.slice(at, at + 3000))
    }
    const keys = Array.from({ length: 40_000 }, (_, i) => `${PADDING}${i}`)
    let expected = 0
    const sent = async (some: readonly string[], partitions: number): Promise<void> => {
      await send(some)
      expected++
      await withSession(
        'local[1]',
        async (session) => {
          const counts = new Map<number, number>()
          const query = await start(session, place, (n, groups) => counts.set(n, (counts.get(n) ?? 0) + groups))
          await query.processAllAvailable()
          await query.stop()
          t.is(query.lastProgress!.stateOperators[0]!.numRowsTotal, keys.length)
          t.deepEqual([...counts], [[expected, some.length]], `${partitions} partitions`)
        },
        { 'executor.memory': `${SMALL_MIB}m`, 'shuffle.partitions': partitions },
      )
    }
    const some = keys.filter((_, i) => i % 100 === 0)
    await sent(keys, 1)
    await sent(some, 1)
    await sent(some, 20)
    await sent(some, 1)
  }))

/** Counts of keys; of each batch is told how many groups have come to which count. */
const start = (session: Session, place: StreamPlace, tell: (n: number, groups: number) => void) =>
  place
    .read(session, 'keys', { maxOffsetsPerTrigger: '3000' })
    .groupBy(col('value').cast('string').as('key'))
    .agg(F.count().as('n'))
    .toDF()
    .writeStream.foreachBatch(async (batch) => {
      const rows = await batch.groupBy('n').agg(F.count().as('groups')).collect()
      for (const { n, groups } of rows) tell(Number(n), Number(groups))
    })
    .outputMode('update')
    .option('checkpointLocation', join(place.directory, 'checkpoint'))
    .start()

/** Counts the rows of each group, and keeps as many of the first one's bytes as there are. */
class Kept extends StatefulProcessor {
  readonly seen = this.getHandle().getValueState('seen', 'text string, n int')

  override *handleInputRows([key]: readonly unknown[], rows: Iterable<AnyRow>): Generator<object> {
    let { text, n } = this.seen.get() ?? { text: null, n: 0 }
    for (const row of rows) {
      text ??= String(row['value'])
      n = (n ?? 0) + 1
    }
    this.seen.update({ text, n })
    yield { n, isOwn: text?.endsWith(`x${String(key)}`) === true }
  }
}

/** @param most of rows in a batch; `tell` is told how many groups have so many rows, and whether the text is theirs */
const startKept = (session: Session, place: StreamPlace, most: number, tell: (name: string, groups: number) => void) =>
  place
    .read(session, 'keys', { maxOffsetsPerTrigger: String(most) })
    .select(col('value').cast('string').as('value'))
    .withColumn('key', F.expr("cast(ltrim('x', value) as int)"))
    .groupBy('key')
    .transformWithState(Kept, 'n int, isOwn boolean')
    .writeStream.foreachBatch(async (batch) => {
      const rows = (await batch.groupBy('n', 'isOwn').agg(F.count().as('groups')).collect()) as AnyRow[]
      for (const row of rows) tell(`${row['n']} ${row['isOwn']}`, Number(row['groups']))
    })
    .outputMode('update')
    .option('checkpointLocation', join(place.directory, `checkpoint ${most}`))
    .start()

test('state of a class of more than twice the memory is kept in one partition, and read again', (t) =>
  withStreamPlace(async (place) => {
    t.timeout(600_000)
    const keys = Array.from({ length: 48_000 }, (_, i) => `${PADDING}${i}`)
    const run = async (expected: number, groups: number): Promise<void> => {
      const counts = new Map<string, number>()
      await withSession(
        'local[1]',
        async (session) => {
          const query = await startKept(session, place, 3000, (name, groups) =>
            counts.set(name, (counts.get(name) ?? 0) + groups),
          )
          await query.processAllAvailable()
          await query.stop()
          const { numRowsTotal, allUpdatesTimeMs } = query.lastProgress!.stateOperators[0]!
          t.is(numRowsTotal, keys.length)
          t.true(allUpdatesTimeMs >= 0)
        },
        { 'executor.memory': `${SMALL_MIB}m`, 'shuffle.partitions': 1 },
      )
      t.deepEqual([...counts], [[`${expected} true`, groups]])
    }
    for (let at = 0; at < keys.length; at += 3000) await place.send('keys', keys.slice(at, at + 3000))
    await run(1, keys.length)
    const again = keys.filter((_, i) => i % 50 === 0)
    await place.send('keys', again)
    await run(2, again.length)
  }))

test('a batch whose rows and state have room one after the other alone is taken in, and what it leaves is written block by block', (t) =>
  withStreamPlace(async (place) => {
    t.timeout(600_000)
    const keys = Array.from({ length: 16_000 }, (_, i) => `${PADDING}${i}`)
    for (let at = 0; at < keys.length; at += 2000) await place.send('keys', keys.slice(at, at + 2000))
    const batches = [
      { most: 8000, memory: `${SMALL_MIB}m` },
      { most: 16_000, memory: `${2 * SMALL_MIB}m` },
    ]
    for (const { most, memory } of batches)
      await withSession(
        'local[1]',
        async (session) => {
          let groups = 0
          const query = await startKept(session, place, most, (name, some) => {
            t.is(name, '1 true')
            groups += some
          })
          await query.processAllAvailable()
          await query.stop()
          t.is(groups, keys.length, memory)
        },
        { 'executor.memory': memory, 'shuffle.partitions': 1 },
      )
  }))

test('a batch of short rows goes to disk sorted where a state of as many new keys has no room beside', (t) =>
  withStreamPlace(async (place) => {
    t.timeout(600_000)
    const keys = Array.from({ length: 130_000 }, (_, i) => `x${i}`)
    for (let at = 0; at < keys.length; at += 20_000) await place.send('keys', keys.slice(at, at + 20_000))
    await withSession(
      'local[1]',
      async (session) => {
        const counts = new Map<string, number>()
        const query = await startKept(session, place, keys.length, (name, groups) => counts.set(name, groups))
        await query.processAllAvailable()
        await query.stop()
        t.deepEqual([...counts], [['1 true', keys.length]])
      },
      { 'executor.memory': `${MEMORY_MIB}m`, 'shuffle.partitions': 1 },
    )
  }))

test('long rows that a batch changed are written few at a time', (t) =>
  withStreamPlace(async (place) => {
    t.timeout(600_000)
    const perBatch = 1300
    const keys = Array.from({ length: 4 * perBatch }, (_, i) => `${PADDING.repeat(10)}${i}`)
    const send = async (some: readonly string[]): Promise<void> => {
      for (let at = 0; at < some.length; at += 200) await place.send('keys', some.slice(at, at + 200))
    }
    await send(keys)
    await withSession(
      'local[1]',
      async (session) => {
        const counts = new Map<string, number>()
        const query = await startKept(session, place, perBatch, (name, groups) =>
          counts.set(name, (counts.get(name) ?? 0) + groups),
        )
        await query.processAllAvailable()
        await send(keys.slice(0, perBatch))
        await query.processAllAvailable()
        await query.stop()
        t.deepEqual(Object.fromEntries(counts), { '1 true': keys.length, '2 true': perBatch })
      },
      { 'executor.memory': `${MEMORY_MIB}m`, 'shuffle.partitions': 1 },
    )
  }))

test('long rows that a batch changed are written few at a time in a state of short ones, too', (t) =>
  withStreamPlace(async (place) => {
    t.timeout(600_000)
    const short = Array.from({ length: 20_000 }, (_, i) => `x${i}`)
    const long = Array.from({ length: 1500 }, (_, i) => `${PADDING.repeat(10)}${short.length + i}`)
    const all = short.length + long.length
    await place.send('keys', short)
    for (let at = 0; at < long.length; at += 200) await place.send('keys', long.slice(at, at + 200))
    await withSession(
      'local[1]',
      async (session) => {
        const counts = new Map<string, number>()
        const query = await startKept(session, place, all, (name, groups) =>
          counts.set(name, (counts.get(name) ?? 0) + groups),
        )
        await query.processAllAvailable()
        await query.stop()
        t.deepEqual(Object.fromEntries(counts), { '1 true': all })
      },
      { 'executor.memory': '28m', 'shuffle.partitions': 1 },
    )
  }))
