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

test('a state of four times what the executor may hold is kept, since rows leave the memory for others', (t) =>
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
        t.true(memoryUsedBytes < MEMORY_MIB * MIB, `${memoryUsedBytes} bytes`)
      },
      { 'executor.memory': `${MEMORY_MIB}m`, 'shuffle.partitions': 40 },
    ),
  ))

test('a partition of several times the memory is kept, read again, and divided anew', (t) =>
  withStreamPlace(async (place) => {
    t.timeout(600_000)
    const send = async (keys: readonly string[]): Promise<void> => {
      for (let at = 0; at < keys.length; at += 3000) await place.send('keys', keys.slice(at, at + 3000))
    }
    const keys = Array.from({ length: 2 * KEYS }, (_, i) => `${PADDING}${i}`)
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
        { 'executor.memory': `${MEMORY_MIB}m`, 'shuffle.partitions': partitions },
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
