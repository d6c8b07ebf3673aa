import { join } from 'node:path'
import test from 'ava'
import { col, functions as F, type Session } from '../../api/index.js'
import { withSession } from '../support/sessions.js'
import { type StreamPlace, withStreamPlace } from '../support/streams.js'

const MIB = 1024 ** 2
const MEMORY_MIB = 24
const ROUNDS = 5
const KEYS = 30_000
/** Of a round, so many are known from the one before. */
const KNOWN = 3000
const PADDING = 'x'.repeat(700)

const keysOf = (round: number): readonly string[] =>
  Array.from({ length: KEYS }, (_, i) => `${PADDING}${round * (KEYS - KNOWN) + i}`)

test('a state of four times what the executor may hold is kept, since partitions leave the memory for others', (t) =>
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
        const { memoryUsedBytes, numRowsTotal } = query.lastProgress!.stateOperators[0]!
        await query.stop()
        const again = KNOWN * (ROUNDS - 1)
        t.is(numRowsTotal, KEYS * ROUNDS - again)
        // Each key comes with 1 first, and with 2 when it is met again.
        t.deepEqual([changed, rows], [KEYS * ROUNDS, KEYS * ROUNDS + again])
        t.true(memoryUsedBytes > 4 * MEMORY_MIB * MIB, `${memoryUsedBytes} bytes`)
      },
      { 'executor.memory': `${MEMORY_MIB}m`, 'shuffle.partitions': 40 },
    ),
  ))

test('a partition that outgrows the memory ends its query by name, and a start with more partitions goes on where it came to', (t) =>
  withStreamPlace(async (place) => {
    t.timeout(600_000)
    const send = async (keys: readonly string[]): Promise<void> => {
      for (let at = 0; at < keys.length; at += 3000) await place.send('keys', keys.slice(at, at + 3000))
    }
    const keys = Array.from({ length: KEYS }, (_, i) => `${PADDING}${i}`)
    await send(keys)
    const inSession = (mib: number, partitions: number, body: (session: Session) => Promise<void>): Promise<void> =>
      withSession('local[1]', body, { 'executor.memory': `${mib}m`, 'shuffle.partitions': partitions })
    await inSession(MEMORY_MIB, 1, async (session) => {
      const query = await start(session, place, () => undefined)
      const error = await t.throwsAsync(query.awaitTermination())
      t.regex(error.message, /^\[STREAM_FAILED\].*UNABLE_TO_ACQUIRE_MEMORY/s)
      t.true((query.lastProgress?.batchId ?? -1) > 0, 'some batches have come to their end')
    })
    // The job that divides the state has all of it at once.
    await inSession(4 * MEMORY_MIB, 20, async (session) => {
      const query = await start(session, place, () => undefined)
      await query.processAllAvailable()
      await query.stop()
    })
    await inSession(MEMORY_MIB, 20, async (session) => {
      const counts = new Map<number, number>()
      const query = await start(session, place, (n, groups) => counts.set(n, (counts.get(n) ?? 0) + groups))
      await send(keys.filter((_, i) => i % 100 === 0))
      await query.processAllAvailable()
      await query.stop()
      t.is(query.lastProgress!.stateOperators[0]!.numRowsTotal, keys.length)
      t.deepEqual([...counts], [[2, keys.length / 100]])
    })
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
