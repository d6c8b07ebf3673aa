import test from 'ava'
import type { StreamedWrite } from '../../connectors/api.js'
import type { KafkaClient } from '../../connectors/kafka/client/kafka-client.js'
import { beginTransaction, keepProducer, type TaskTransaction } from '../../connectors/kafka/sink/task-transaction.js'

const { signal } = new AbortController()

interface Coordinator {
  readonly client: KafkaClient
  /** What it was told, in order. */
  readonly told: readonly string[]
  readonly begin: (transactionalId: string, batchId: number, start?: number) => Promise<TaskTransaction>
}

const writeOf = (batchId: number, start: number): StreamedWrite => ({
  queryId: 'q',
  batchId,
  start,
  isFirst: false,
  prepared: [],
})

/** A coordinator that gives each producer the next number. @param answered holds back its answers about partitions */
function coordinator(answered: () => Promise<void> = () => Promise.resolve()): Coordinator {
  const told: string[] = []
  let last = 0
  const broker = {
    initProducerId: () => Promise.resolve({ producerId: String(++last), producerEpoch: 0 }),
    addPartitionsToTxn: async ({ topics }: { topics: readonly { partitions: readonly number[] }[] }) => {
      told.push(`add ${topics[0]!.partitions.join()}`)
      await answered()
      told.push('added')
    },
    endTxn: () => Promise.resolve(void told.push('end')),
  }
  const client = {
    coordinator: () => Promise.resolve(broker),
    retrying: <T>(_: string, body: (again: boolean) => Promise<T>) => body(false),
  } as unknown as KafkaClient
  const begin = (transactionalId: string, batchId: number, start = 1): Promise<TaskTransaction> =>
    beginTransaction(client, { transactionalId, timeoutMs: 1000, write: writeOf(batchId, start) }, signal)
  return { client, told, begin }
}

test('a producer that was kept is used by the first attempt at the next batch of the same start, and by no other', async (t) => {
  const { client, begin } = coordinator()
  const idOf = async (batchId: number, start?: number): Promise<bigint> =>
    (await begin('a', batchId, start)).producer.producerId
  const keep = async (batchId: number): Promise<void> =>
    keepProducer(client, await begin('a', batchId), writeOf(batchId, 1))
  await keep(4)
  t.is(await idOf(5), 1n)
  // The attempt before may have left its rows in the transaction.
  t.is(await idOf(5), 2n)
  await keep(6)
  t.is(await idOf(6), 4n, 'the same batch again')
  await keep(7)
  t.is(await idOf(9), 6n, 'a batch was left out')
  await keep(10)
  t.is(await idOf(11, 2), 8n, 'the query was started again')
})

test('so many producers are kept, and no more', async (t) => {
  const { client, begin } = coordinator()
  for (let task = 0; task < 1001; task++) keepProducer(client, await begin(`t${task}`, 0), writeOf(0, 1))
  const isKept = async (task: number): Promise<boolean> => (await begin(`t${task}`, 1)).producer.producerId <= 1001n
  t.true(await isKept(1000))
  t.false(await isKept(0))
})

test('partitions are told one request after the other, each once, and a transaction without any is not ended', async (t) => {
  const answers: (() => void)[] = []
  const { begin, told } = coordinator(() => new Promise((resolve) => answers.push(resolve)))
  const transaction = await begin('a', 0)
  await transaction.abort()
  t.deepEqual(told, [])
  const enlisted = [transaction.enlist('x', [1], [2], signal), transaction.enlist('x', [3], [1], signal)]
  const last = transaction.enlist('x', [2, 3], [], signal)
  for (const asked of [0, 1]) {
    for (let turn = 0; turn < 1000 && answers.length <= asked; turn++) await Promise.resolve()
    answers[asked]!()
    await enlisted[asked]
  }
  await last
  await transaction.abort()
  t.deepEqual(told, ['add 1,2', 'added', 'add 3', 'added', 'end'])
})
