import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import test from 'ava'
import { controlBatch } from '../../connectors/kafka/broker/log/control-batch.js'
import { OpenFiles } from '../../connectors/kafka/broker/log/open-files.js'
import { PartitionLog } from '../../connectors/kafka/broker/log/partition-log.js'
import { ProducerSequences } from '../../connectors/kafka/broker/log/producer-sequences.js'
import { readBatchHeader } from '../../connectors/kafka/broker/log/record-batch.js'
import { ERROR } from '../../connectors/kafka/broker/protocol/error-codes.js'
import { Random } from '../support/random.js'
import { recordBatch } from '../support/record-batches.js'

const SEQUENCES = 2 ** 31
/** What Kafka keeps of a producer: so many batches may be in flight. */
const RECOGNISED = 5
const MOST_PRODUCERS = 10_000

interface Sent {
  readonly baseSequence: number
  readonly records: number
  readonly offset: bigint
}

/** A producer as a model of the log knows it. */
interface Producer {
  epoch: number
  sent: Sent[]
  next: number
}

type Answer = readonly [error: number, baseOffset: bigint]
const outOfOrder: Answer = [ERROR.outOfOrderSequence, -1n]

for (const seed of [21, 22, 23]) {
  test(`of each idempotent producer the last five batches are known again, and what comes otherwise is refused (seed ${seed})`, async (t) => {
    const folder = await mkdtemp(join(tmpdir(), 'millrace-log-'))
    const random = new Random(seed)
    const open = () => PartitionLog.open(new OpenFiles(2), join(folder, 'events.log'))
    let log = await open()
    const producers = new Map<bigint, Producer>()
    const counts = { new: 0, again: 0, refused: 0 }
    for (let step = 0; step < 600; step++) {
      if (random.chance(0.02)) {
        await log.close()
        log = await open()
      }
      const producerId = BigInt(random.integer(1, 4))
      // Near the greatest number, behind which the next one is 0.
      const known = producers.get(producerId) ?? { epoch: 0, sent: [], next: SEQUENCES - random.integer(1, 30) }
      const records = random.integer(1, 4)
      const end = log.endOffset
      const ask = async (epoch: number, baseSequence: number, count = records): Promise<Answer> => {
        const values = Array.from({ length: count }, () => 'x')
        const { error, baseOffset } = await log.append(
          recordBatch({ values, producerId, producerEpoch: epoch, baseSequence }),
        )
        return [error, baseOffset]
      }
      const take = (epoch: number, sent: readonly Sent[], baseSequence: number): void => {
        const next = (baseSequence + records) % SEQUENCES
        producers.set(producerId, { epoch, sent: [...sent, { baseSequence, records, offset: end }], next })
        counts.new++
      }
      const kind = known.sent.length === 0 ? 'next' : random.pick(['next', 'next', 'again', 'gap', 'old', 'renewed'])
      if (kind === 'next') {
        t.deepEqual(await ask(known.epoch, known.next), [ERROR.none, end])
        take(known.epoch, known.sent, known.next)
      } else if (kind === 'again') {
        const back = random.integer(1, Math.min(known.sent.length, RECOGNISED + 2))
        const { baseSequence, records: count, offset } = known.sent.at(-back)!
        const expected: Answer = back <= RECOGNISED ? [ERROR.none, offset] : outOfOrder
        t.deepEqual(await ask(known.epoch, baseSequence, count), expected, `${back} batches ago`)
        counts.again++
      } else {
        const gap = (known.next + random.integer(1, 100)) % SEQUENCES
        const answer =
          kind === 'gap'
            ? await ask(known.epoch, gap)
            : kind === 'renewed'
              ? await ask(known.epoch + 1, random.integer(1, 100))
              : known.epoch === 0
                ? outOfOrder
                : await ask(known.epoch - 1, known.next)
        const isOld = kind === 'old' && known.epoch > 0
        t.deepEqual(answer, isOld ? [ERROR.invalidProducerEpoch, -1n] : outOfOrder, kind)
        counts.refused++
        if (kind === 'renewed' && random.chance(0.3)) {
          t.deepEqual(await ask(known.epoch + 1, 0), [ERROR.none, end])
          take(known.epoch + 1, [], 0)
          continue
        }
      }
      t.is(log.endOffset, kind === 'next' ? end + BigInt(records) : end)
    }
    t.true(Math.min(...Object.values(counts)) > 80, JSON.stringify(counts))
    await log.close()
    await rm(folder, { recursive: true })
  })
}

test('of too many producers those that sent nothing for longest are forgotten', (t) => {
  const sequences = new ProducerSequences()
  const batch = (producer: number, baseSequence: number) =>
    readBatchHeader(recordBatch({ values: ['x'], producerId: BigInt(producer), producerEpoch: 0, baseSequence }), 0)!
  const isKnown = (producer: number): boolean => sequences.check(batch(producer, 7)).kind === 'refused'
  for (let producer = 0; producer < MOST_PRODUCERS; producer++) sequences.note(batch(producer, 0))
  sequences.note(batch(0, 1))
  t.true([0, 1, 2, MOST_PRODUCERS - 1].every(isKnown))
  sequences.note(batch(MOST_PRODUCERS, 0))
  t.deepEqual([0, 1, 2, MOST_PRODUCERS].map(isKnown), [true, false, true, true])
})

test('a producer that comes with a new epoch takes the place of none that is remembered', (t) => {
  const sequences = new ProducerSequences()
  const batch = (producer: number, producerEpoch: number) =>
    readBatchHeader(recordBatch({ values: ['x'], producerId: BigInt(producer), producerEpoch, baseSequence: 0 }), 0)!
  for (let producer = 0; producer < MOST_PRODUCERS; producer++) sequences.note(batch(producer, 0))
  sequences.note(batch(5, 1))
  t.is(sequences.check(batch(0, 0)).kind, 'duplicate')
})

test('the marker of a producer that was fenced has its new epoch, and refuses batches of the one before', (t) => {
  const sequences = new ProducerSequences()
  const marker = (producerEpoch: number) =>
    readBatchHeader(controlBatch({ producerId: 5n, producerEpoch, outcome: 'abort', timestampMs: 0n }), 0)!
  const batch = (producerEpoch: number, baseSequence: number) =>
    readBatchHeader(recordBatch({ values: ['x'], producerId: 5n, producerEpoch, baseSequence }), 0)!
  sequences.note(batch(0, 0))
  sequences.note(marker(0))
  t.is(sequences.check(batch(0, 1)).kind, 'new', 'its own marker changes nothing')
  sequences.note(marker(1))
  t.deepEqual(sequences.check(batch(0, 1)), { kind: 'refused', error: ERROR.invalidProducerEpoch })
  t.is(sequences.check(batch(1, 0)).kind, 'new')
  t.is(sequences.check(batch(1, 1)).kind, 'refused')
})
