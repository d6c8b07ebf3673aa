import { type MessagePort, receiveMessageOnPort } from 'node:worker_threads'
import type { Block } from '../../columnar/blocks/block.js'
import { deserializeError, MillraceError } from '../../common/errors/millrace-error.js'
import type { ConnectorEntry, ReaderProvider, WriterProvider } from '../../connectors/api.js'
import type { SlotMemory } from '../memory/slot-memory.js'
import type { TableCopy } from '../pipelines/table-copy.js'
import type { TableClaim, TaskEnvironment, TaskResult, TaskState } from '../pipelines/task.js'
import { CheckpointState } from '../state/checkpoint-state.js'
import { threadStateFiles } from '../thread-protection.js'
import { PortBarrier } from './port-barrier.js'
import {
  EMIT_WINDOW_BYTES,
  type EmittedBlock,
  type HostMessage,
  MESSAGE_BLOCKS,
  MESSAGE_BYTES,
  type StreamRequest,
  type ThreadMessage,
  type ThreadOrder,
  type ThreadTask,
} from './thread-protocol.js'

const POLL_INTERVAL_MS = 20
/**
 * To take a copy of a table costs half of making it, but to make one with a copy costs twice as much: its memory is fresh, page by page. So only
 * from so many threads on do they take tables from each other.
 */
const LEAST_SLOTS = 4

interface OpenStream {
  readonly isCache: boolean
  readonly arrived: (readonly Block[])[]
  hasEnded: boolean
  error: MillraceError | undefined
  wake: (() => void) | undefined
}

/** Looks up a connector. @throws DATA_SOURCE_NOT_FOUND */
export type ConnectorLookup = (name: string) => ConnectorEntry
type Connectors = (name: string) => Promise<ConnectorEntry>

/** A task's environment over the port to the executor. Emitted blocks are sent in batches, since a message costs more than a block. */
export class PortEnvironment implements TaskEnvironment {
  readonly attempt: number
  readonly memory: SlotMemory
  readonly spills: boolean
  readonly state?: TaskState
  readonly barrier?: PortBarrier
  /** Bytes of all blocks that came in or went out. */
  passedBytes = 0
  readonly #port: MessagePort
  #isOver = false
  readonly #cacheVersions: ThreadTask['cacheVersions']
  readonly #connectors: Connectors
  readonly #abort = new AbortController()
  readonly #streams = new Map<number, OpenStream>()
  #nextStream = 0
  #lastPollMs = 0
  #batch: EmittedBlock[] = []
  #batchBytes = 0
  #unstoredBytes = 0
  #wakeEmit: (() => void) | undefined
  readonly #claims = new Map<number, (claim: TableClaim | undefined) => void>()
  #wakeTrim: (() => void) | undefined

  /** @param port that of the thread, of which nobody else hears while the task runs */
  constructor(task: ThreadTask, port: MessagePort, memory: SlotMemory, connectors: Connectors) {
    this.attempt = task.attempt
    this.memory = memory
    this.spills = task.spills
    const { streaming, partition } = task.inputs
    if (streaming) {
      const files = threadStateFiles(streaming.stateKey)
      this.state = new CheckpointState(streaming, partition, task.attempt, files)
    }
    this.#port = port
    this.#cacheVersions = task.cacheVersions
    this.#connectors = connectors
    if (task.together)
      this.barrier = new PortBarrier(
        task.together,
        (call) => this.post({ kind: 'callBarrier', call }),
        this.#abort.signal,
      )
  }

  /**
   * A pipeline over data at hand never returns to the event loop, where a message that cancels it would arrive. Since it asks for the
   * signal at every batch, messages are looked for here, now and then.
   */
  get signal(): AbortSignal {
    const nowMs = performance.now()
    // After its end what comes is for the next task.
    if (nowMs - this.#lastPollMs >= POLL_INTERVAL_MS && !this.#isOver) {
      this.#lastPollMs = nowMs
      for (let next = receiveMessageOnPort(this.#port); next; next = receiveMessageOnPort(this.#port)) {
        // Other orders come when this task has ended.
        const order = next.message as ThreadOrder
        if (order.kind === 'tell') this.receive(order.message)
      }
    }
    return this.#abort.signal
  }

  async reader(provider: string): Promise<ReaderProvider> {
    return required(await (await this.#connectors(provider)).reader?.(), provider, 'read')
  }

  async writer(provider: string): Promise<WriterProvider> {
    return required(await (await this.#connectors(provider)).writer?.(), provider, 'written')
  }

  shuffleBlocks(stageId: number): AsyncIterable<Block> {
    return this.#open({ kind: 'shuffle', stageId })
  }

  broadcastBlocks(stageId: number): AsyncIterable<Block> {
    return this.#open({ kind: 'broadcast', stageId })
  }

  localBlocks(id: string): AsyncIterable<Block> {
    return this.#open({ kind: 'local', id })
  }

  cachedBlocks(cacheId: string): AsyncIterable<Block> {
    return this.#open({ kind: 'cache', cacheId })
  }

  cacheVersion(cacheId: string): string {
    return this.#cacheVersions[cacheId] ?? ''
  }

  emit(partition: number, block: Block): void | Promise<void> {
    this.#batch.push({ partition, block: owned(block) })
    this.#batchBytes += block.bytes.length
    this.#unstoredBytes += block.bytes.length
    this.passedBytes += block.bytes.length
    if (this.#batchBytes >= MESSAGE_BYTES || this.#batch.length >= MESSAGE_BLOCKS) this.#flush()
    if (this.#unstoredBytes <= EMIT_WINDOW_BYTES) return undefined
    return this.#untilStored()
  }

  async claimTable(source: number, stageId: number): Promise<TableClaim> {
    if (this.memory.slots < LEAST_SLOTS) return { kind: 'make', isShared: false }
    this.#throwIfCanceled()
    const claim = new Promise<TableClaim | undefined>((resolve) => this.#claims.set(source, resolve))
    this.post({ kind: 'claimTable', source, stageId })
    const claimed = await claim
    if (!claimed) throw new MillraceError('OPERATION_CANCELED')
    return claimed
  }

  madeTable(source: number, copy: TableCopy | undefined): void {
    if (copy) this.memory.send(copy.bytes.length)
    this.post({ kind: 'madeTable', source, ...(copy && { copy }) })
  }

  async trimIdle(): Promise<void> {
    this.#throwIfCanceled()
    await new Promise<void>((resolve) => {
      this.#wakeTrim = resolve
      this.post({ kind: 'trimIdle' })
    })
  }

  /** Tells that the task has succeeded, with what `emit` held back. */
  succeed(result: TaskResult, memoryBytes: number): void {
    this.end({ kind: 'succeeded', result, memoryBytes, blocks: this.#takeBatch() })
  }

  post(message: ThreadMessage): void {
    // What a task says after its end would be taken for words of the next one.
    if (!this.#isOver) this.#port.postMessage(message)
  }

  /** Tells the last that there is to tell. */
  end(message: ThreadMessage): void {
    this.post(message)
    this.#isOver = true
  }

  #flush(): void {
    if (this.#batch.length > 0) this.post({ kind: 'emit', blocks: this.#takeBatch() })
  }

  #takeBatch(): readonly EmittedBlock[] {
    const batch = this.#batch
    this.memory.send(this.#batchBytes)
    this.#batch = []
    this.#batchBytes = 0
    return batch
  }

  async #untilStored(): Promise<void> {
    this.#flush()
    while (this.#unstoredBytes > EMIT_WINDOW_BYTES / 2) {
      this.#throwIfCanceled()
      await new Promise<void>((resolve) => {
        this.#wakeEmit = resolve
      })
    }
  }

  async *#open(request: StreamRequest): AsyncGenerator<Block> {
    const id = this.#nextStream++
    const stream: OpenStream = {
      isCache: request.kind === 'cache',
      arrived: [],
      hasEnded: false,
      error: undefined,
      wake: undefined,
    }
    this.#streams.set(id, stream)
    this.post({ kind: 'open', stream: id, request })
    try {
      for (;;) {
        this.#throwIfCanceled()
        const blocks = stream.arrived.shift()
        if (blocks) {
          if (!stream.hasEnded) this.post({ kind: 'more', stream: id })
          yield* blocks
        } else if (stream.error) {
          throw stream.error
        } else if (stream.hasEnded) {
          return
        } else {
          await new Promise<void>((resolve) => {
            stream.wake = resolve
          })
        }
      }
    } finally {
      this.#streams.delete(id)
      if (!stream.hasEnded) this.post({ kind: 'close', stream: id })
    }
  }

  #throwIfCanceled(): void {
    if (this.#abort.signal.aborted) throw new MillraceError('OPERATION_CANCELED')
  }

  receive(message: HostMessage): void {
    switch (message.kind) {
      case 'blocks':
        return this.#onStream(message.stream, (stream) => {
          stream.arrived.push(message.blocks)
          stream.hasEnded ||= message.areLast
          // A cache holds its blocks anyway: looking at them makes no garbage.
          if (!stream.isCache) for (const { bytes } of message.blocks) this.passedBytes += bytes.length
        })
      case 'end':
        return this.#onStream(message.stream, (stream) => {
          stream.hasEnded = true
        })
      case 'streamFailed':
        return this.#onStream(message.stream, (stream) => {
          stream.hasEnded = true
          stream.error = deserializeError(message.error)
        })
      case 'stored':
        this.#unstoredBytes -= message.bytes
        this.#wakeEmit?.()
        return
      case 'table':
        return this.#claims.get(message.source)?.(message.claim)
      case 'passBarrier':
        return this.barrier?.passed(message.sequence, message.messages)
      case 'trimmed':
        return this.#wakeTrim?.()
      case 'cancel':
        this.#abort.abort(new MillraceError('OPERATION_CANCELED'))
        this.#wakeEmit?.()
        this.#wakeTrim?.()
        for (const wake of this.#claims.values()) wake(undefined)
        for (const stream of this.#streams.values()) stream.wake?.()
    }
  }

  #onStream(id: number, change: (stream: OpenStream) => void): void {
    const stream = this.#streams.get(id)
    if (!stream) return
    change(stream)
    stream.wake?.()
  }
}

/** A part of a larger buffer that is not shared must be copied: sending it would copy all of that buffer, and its owner may change it. */
function owned(block: Block): Block {
  const { rows, bytes } = block
  if (bytes.buffer instanceof SharedArrayBuffer) return block
  const own = new Uint8Array(new SharedArrayBuffer(bytes.length))
  own.set(bytes)
  return { rows, bytes: own }
}

function required<T>(part: T | undefined, provider: string, verb: string): T {
  if (part !== undefined) return part
  throw new MillraceError('UNSUPPORTED_FEATURE', { feature: `the data source ${provider} cannot be ${verb}` })
}
