import { MessageChannel, receiveMessageOnPort } from 'node:worker_threads'
import test from 'ava'
import type { Block } from '../../columnar/blocks/block.js'
import { MemoryPool } from '../../executor/memory/memory-pool.js'
import { SlotMemory } from '../../executor/memory/slot-memory.js'
import type { TableCopy } from '../../executor/pipelines/table-copy.js'
import { PortEnvironment } from '../../executor/worker/port-environment.js'
import {
  MESSAGE_BYTES,
  type ThreadMessage,
  type ThreadOrder,
  type ThreadTask,
} from '../../executor/worker/thread-protocol.js'
import { raised } from '../support/raised.js'

const TASK = { inputs: { partition: 0, splits: {} }, attempt: 0, spills: false } as unknown as ThreadTask

test('a task that has ended says nothing more, and takes no word that is for the next one', async (t) => {
  const { port1, port2 } = new MessageChannel()
  const { handle } = MemoryPool.shared({ bytes: 1 << 20, slots: 1, storeBytes: 0 })
  const noConnectors = (): never => t.fail() as never
  const environment = new PortEnvironment(TASK, port2, SlotMemory.of(handle, 0), noConnectors)
  port1.postMessage({ kind: 'tell', message: { kind: 'cancel' } } satisfies ThreadOrder)
  // While it runs it looks for what it is told, also where no event loop does.
  while (!environment.signal.aborted) await new Promise(setImmediate)
  environment.succeed({ rowsRead: 0, rowsWritten: 1, spilledBytes: 0 }, 5)
  environment.post({ kind: 'trimIdle' })
  port2.postMessage({ kind: 'failed' })
  const heard = [port1, port1].map((port) => receiveMessageOnPort(port)?.message.kind)
  t.deepEqual(heard, ['succeeded', 'failed'], 'the words of the next task come right behind its own')
  port1.postMessage('for the next task')
  const over = performance.now() + 25
  // It looks every 20 ms at most.
  while (performance.now() < over) void environment.signal
  t.deepEqual(receiveMessageOnPort(port2), { message: 'for the next task' })
  port1.close()
})

/** A task with the port at whose other end is the executor, and what it has said since this was asked last. */
function played(slots = 1) {
  const { port1, port2 } = new MessageChannel()
  const { pool, handle } = MemoryPool.shared({ bytes: 1 << 26, slots, storeBytes: 0 })
  const none = (): never => {
    throw new Error('there are no connectors')
  }
  const task = { ...TASK, cacheVersions: { c: 'v1' } }
  const environment = new PortEnvironment(task, port2, SlotMemory.of(handle, 0), none)
  const said = (): ThreadMessage[] => {
    const messages: ThreadMessage[] = []
    for (let next = receiveMessageOnPort(port1); next; next = receiveMessageOnPort(port1)) messages.push(next.message)
    return messages
  }
  return { environment, said, pool, close: () => port1.close() }
}

const blockOf = (length: number): Block => ({ rows: 1, bytes: new Uint8Array(new SharedArrayBuffer(length)) })
const kinds = (messages: readonly ThreadMessage[]): readonly string[] => messages.map(({ kind }) => kind)

test('whatever a task waits for, it waits no more when it is cancelled', async (t) => {
  const { environment, said, close } = played(4)
  const blocks = environment.shuffleBlocks(1)[Symbol.asyncIterator]().next()
  const claim = environment.claimTable(0, 1)
  const trim = environment.trimIdle()
  t.deepEqual(kinds(said()), ['open', 'claimTable', 'trimIdle'])
  environment.receive({ kind: 'cancel' })
  await trim
  for (const waiting of [blocks, claim]) await raised(t, () => waiting, 'OPERATION_CANCELED')
  t.deepEqual(kinds(said()), ['close'], 'nobody sends it blocks any more')
  for (const late of [() => environment.claimTable(1, 1), () => environment.trimIdle()])
    await raised(t, late, 'OPERATION_CANCELED')
  t.deepEqual(said(), [])
  close()
})

test('a task takes a table from other threads where there are four of them, and makes its own where there are fewer', async (t) => {
  for (const slots of [3, 4]) {
    const { environment, said, pool, close } = played(slots)
    const claim = environment.claimTable(7, 1)
    t.is(said().length, slots === 4 ? 1 : 0)
    environment.receive({ kind: 'table', source: 7, claim: { kind: 'make', isShared: true } })
    t.deepEqual(await claim, { kind: 'make', isShared: slots === 4 })
    const { free } = pool
    environment.madeTable(7, { bytes: new Uint8Array(10) } as TableCopy)
    t.is(free - pool.free, 10, 'what it gives to others counts until the executor has it')
    close()
  }
})

test('blocks go when there are 64 of them or a mebibyte, counted anew each time, and the rest with the end', (t) => {
  const { environment, said, pool, close } = played()
  const { free } = pool
  for (let i = 0; i < 64; i++) void environment.emit(0, blockOf(1))
  void environment.emit(0, blockOf(1))
  const sent = (): readonly (readonly number[])[] =>
    said().map((message) => ('blocks' in message ? message.blocks.map(({ block }) => block.bytes.length) : []))
  t.deepEqual(sent(), [new Array<number>(64).fill(1)])
  void environment.emit(0, blockOf(MESSAGE_BYTES - 2))
  t.deepEqual(sent(), [])
  void environment.emit(0, blockOf(1))
  t.deepEqual(sent(), [[1, MESSAGE_BYTES - 2, 1]])
  void environment.emit(0, blockOf(2))
  environment.succeed({ rowsRead: 0, rowsWritten: 0, spilledBytes: 0 }, 0)
  t.deepEqual(sent(), [[2]])
  t.is(free - pool.free, 64 + MESSAGE_BYTES + 2, 'they count until the executor has them')
  close()
})

test('a block that is a part of memory that its owner may change goes as a copy, a shared one as it is', (t) => {
  const { environment, said, close } = played()
  const [memory, shared] = [new Uint8Array(64).fill(1), blockOf(8)]
  void environment.emit(0, { rows: 1, bytes: memory.subarray(8, 16) })
  memory.fill(2)
  void environment.emit(1, shared)
  environment.succeed({ rowsRead: 0, rowsWritten: 0, spilledBytes: 0 }, 0)
  const [ended] = said()
  shared.bytes.fill(3)
  const sent = ended?.kind === 'succeeded' ? ended.blocks.map(({ block }) => block.bytes) : []
  t.deepEqual(
    sent.map((bytes) => [...bytes]),
    [new Array<number>(8).fill(1), new Array<number>(8).fill(3)],
  )
  t.is(sent[0]?.buffer.byteLength, 8)
  close()
})

test('blocks that pass through a task are garbage behind it, but for those of a cache, whose version it knows', async (t) => {
  const { environment, close } = played()
  const take = async (blocks: AsyncIterable<Block>, stream: number): Promise<number> => {
    const taken: Block[] = []
    const reading = (async () => {
      for await (const block of blocks) taken.push(block)
    })()
    environment.receive({ kind: 'blocks', stream, blocks: [blockOf(10)], areLast: true })
    // What comes twice, or when the stream is over, changes nothing.
    environment.receive({ kind: 'end', stream })
    await reading
    environment.receive({ kind: 'blocks', stream, blocks: [blockOf(10)], areLast: true })
    return taken.length
  }
  t.is(await take(environment.cachedBlocks('c'), 0), 1)
  t.is(environment.passedBytes, 0)
  t.is(await take(environment.localBlocks('l'), 1), 1)
  t.is(environment.passedBytes, 10)
  t.deepEqual([environment.cacheVersion('c'), environment.cacheVersion('d')], ['v1', ''])
  close()
})
