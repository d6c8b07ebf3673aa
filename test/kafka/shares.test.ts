import test from 'ava'
import { limited, type Offsets, partitionOffsets } from '../../connectors/kafka/source/offsets.js'
import { Random } from '../support/random.js'

const topic = (...offsets: readonly number[]): Offsets => ({
  t: Object.fromEntries(offsets.map((offset, partition) => [partition, BigInt(offset)])),
})
const counts = (offsets: Offsets): readonly number[] => partitionOffsets(offsets).map(({ offset }) => Number(offset))

test("the shares of a limit are Spark's, so that a small partition does not starve", (t) => {
  const start = topic(0, 0, 0, 0)
  t.deepEqual(counts(limited(start, topic(3000, 3000, 3000, 20), 100n)), [33, 33, 33, 1])
  t.deepEqual(counts(limited(start, topic(10, 0, 5, 1), 4n)), [2, 0, 1, 1])
  t.deepEqual(counts(limited(start, topic(50, 50, 50, 50), 1n)), [1, 1, 1, 1])
  t.deepEqual(counts(limited(topic(7), topic(107), 10n)), [17])
  t.deepEqual(counts(limited(start, topic(3, 4, 0, 0), 7n)), [3, 4, 0, 0], 'all of it fits')
})

/** As `KafkaSource.rateLimit` of Spark computes a share. */
function shareOfSpark(size: number, total: number, limit: number): number {
  const prorate = limit * (size / total)
  return Math.min(size, prorate < 1 ? Math.ceil(prorate) : Math.floor(prorate))
}

test('whatever the sizes and the limit, shares are as Spark has them, and everything is read in the end', (t) => {
  for (let seed = 1; seed <= 300; seed++) {
    const random = new Random(seed)
    const sizes = Array.from({ length: random.integer(1, 12) }, () => random.integer(0, 4) * random.integer(0, 300))
    const limit = random.integer(1, 200)
    const end = topic(...sizes)
    let at = topic(...sizes.map(() => 0))
    for (let batch = 0; counts(at).some((count, i) => count < sizes[i]!); batch++) {
      const next = limited(at, end, BigInt(limit))
      const left = counts(at).map((count, i) => sizes[i]! - count)
      const total = left.reduce((sum, size) => sum + size, 0)
      if (total > limit) {
        // In exact numbers; Spark's doubles may be one off where a share is a whole number.
        left.forEach((size, i) => {
          const share = counts(next)[i]! - counts(at)[i]!
          t.true(Math.abs(share - shareOfSpark(size, total, limit)) <= 1, `seed ${seed}`)
          t.true(size === 0 ? share === 0 : share >= 1 && share <= size, `seed ${seed}: none starves`)
        })
      }
      t.true(batch < 20_000, `seed ${seed} stands still`)
      at = next
    }
    t.deepEqual(counts(at), sizes)
  }
})
