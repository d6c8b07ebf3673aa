import { readdir, rm, truncate } from 'node:fs/promises'
import { join } from 'node:path'
import test from 'ava'
import { type AnyRow, col, functions as F, type Session, type StreamingQuery } from '../../api/index.js'
import { Random } from '../support/random.js'
import { withSession } from '../support/sessions.js'
import { type StreamPlace, withStreamPlace } from '../support/streams.js'

/** Sums by key of numbers that come in batches; what came out last of each key. */
class Sums {
  readonly seen = new Map<number, bigint>()
  readonly expected = new Map<number, bigint>()
  readonly #place: StreamPlace
  readonly #random = new Random(3)

  constructor(place: StreamPlace) {
    this.#place = place
  }

  get checkpoint(): string {
    return join(this.#place.directory, 'checkpoint')
  }

  async send(count: number): Promise<void> {
    const values = Array.from({ length: count }, () => {
      const [key, n] = [this.#random.integer(0, 400), this.#random.integer(-1000, 1000)]
      this.expected.set(key, (this.expected.get(key) ?? 0n) + BigInt(n))
      return `${key} ${n}`
    })
    await this.#place.send('numbers', values)
  }

  start(session: Session): Promise<StreamingQuery> {
    const part = (i: number) => F.split(col('value').cast('string'), ' ').getItem(i).cast('bigint')
    return this.#place
      .read(session, 'numbers')
      .select(part(0).as('key'), part(1).as('n'))
      .groupBy('key')
      .agg(F.sum('n').as('sum'))
      .toDF()
      .writeStream.foreachBatch(async (batch) => {
        for (const { key, sum } of (await batch.collect()) as AnyRow[]) this.seen.set(Number(key), sum as bigint)
      })
      .outputMode('update')
      .option('checkpointLocation', this.checkpoint)
      .start()
  }

  /** Removes the files of state; a task that had to read one would fail. */
  async removeFiles(): Promise<void> {
    for (const file of await this.#files()) await rm(file)
  }

  /** Leaves nothing in the files of state, which a start finds and no task can read. */
  async emptyFiles(): Promise<void> {
    for (const file of await this.#files()) await truncate(file, 0)
  }

  async #files(): Promise<readonly string[]> {
    const entries = await readdir(join(this.checkpoint, 'state'), { recursive: true, withFileTypes: true })
    return entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name))
  }
}

for (const [master, partitions] of [
  ['local[2]', 5],
  ['local-cluster[2,2,512]', 7],
] as const) {
  test(`in ${master} each partition of a state goes on in the memory where it was, so that no file is read`, (t) =>
    withStreamPlace((place) =>
      withSession(
        master,
        async (session) => {
          const sums = new Sums(place)
          await sums.send(500)
          const query = await sums.start(session)
          for (let round = 0; round < 6; round++) {
            await query.processAllAvailable()
            await sums.removeFiles()
            await sums.send(30)
          }
          await query.processAllAvailable()
          t.deepEqual(new Map([...sums.seen].toSorted()), new Map([...sums.expected].toSorted()))
          const { stateOperators } = query.lastProgress!
          const rows = { numRowsTotal: sums.expected.size, numRowsRemoved: 0, numRowsDroppedByWatermark: 0 }
          t.like(stateOperators[0], { operatorName: 'stateStoreSave', numShufflePartitions: partitions, ...rows })
          t.true(stateOperators[0]!.numRowsUpdated <= 60 && stateOperators[0]!.memoryUsedBytes > 8 * sums.expected.size)
          await query.stop()
        },
        { 'shuffle.partitions': partitions },
      ),
    ))
}

for (const master of ['local[2]', 'local-cluster[1,2,512]']) {
  test(`in ${master} the memory of a state is given back when its query ends, so that the next start reads its files`, (t) =>
    withStreamPlace((place) =>
      withSession(master, async (session) => {
        const sums = new Sums(place)
        await sums.send(100)
        const first = await sums.start(session)
        await first.processAllAvailable()
        await first.stop()
        await sums.emptyFiles()
        await sums.send(10)
        const again = await sums.start(session)
        await t.throwsAsync(again.processAllAvailable(), {
          message: /STREAMING_CHECKPOINT_CORRUPT.*checkpoint\/state\/0/,
        })
        await again.stop()
      }),
    ))
}
