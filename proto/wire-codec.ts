import type { Block } from '../columnar/block.js'
import { blockChecksum, checkBlock } from '../columnar/block-checksum.js'
import { MillraceError, type SerializedError, serializeError } from '../common/errors/millrace-error.js'
import { fromTaggedJson, toTaggedJson } from '../common/tagged-json.js'
import { decodeStage, decodeTaskInputs, encodeStage, encodeTaskInputs } from '../planner/codec/plan-codec.js'
import type { Stage } from '../planner/plan/physical/plan.js'
import type { TaskReport } from '../planner/plan/physical/task-report.js'
import type { DriverMessage, ExecutorMessage, FetchRequest, TaskLaunch, TaskSource } from './protocol.js'
import { MAX_BLOCK_BYTES, MAX_REQUEST_BYTES } from './rpc/limits.js'
import { type BlockFrame, type FromDriver, type FromExecutor, millrace, type Register, type Source } from './wire.js'

/** Driver and executors with different ones cannot work together. */
export const PROTOCOL_VERSION = 3

const json = (value: unknown): Uint8Array => Buffer.from(toTaggedJson(value))
const parsed = (bytes: Uint8Array): unknown =>
  fromTaggedJson(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString())
const malformed = (): MillraceError => new MillraceError('INTERNAL_ERROR', { message: 'a malformed control message' })

const frameOf = (block: Block): BlockFrame => ({ ...block, checksum: blockChecksum(block) })

/** A block of its own bytes, aligned and shareable between threads; those of a network message are neither. @throws BLOCK_CORRUPT */
const blockOf = (frame: BlockFrame, place: string): Block => {
  checkBlock(frame, frame.checksum, place)
  const { rows, bytes } = frame
  const own = new Uint8Array(new SharedArrayBuffer(bytes.length))
  own.set(bytes)
  return { rows, bytes: own }
}

/** @throws BLOCK_TOO_LARGE */
export function encodeBlock(block: Block): Buffer {
  const { length } = block.bytes
  if (length > MAX_BLOCK_BYTES) throw new MillraceError('BLOCK_TOO_LARGE', { bytes: length, limit: MAX_BLOCK_BYTES })
  return millrace.BlockFrame.encode(frameOf(block)).finish()
}

/** `place` says where the bytes came from. @throws BLOCK_CORRUPT */
export function decodeBlock(bytes: Uint8Array, place: string): Block {
  return blockOf(decodeFrame(bytes, place), place)
}

function decodeFrame(bytes: Uint8Array, place: string): BlockFrame {
  try {
    return millrace.BlockFrame.decode(bytes)
  } catch (cause) {
    throw new MillraceError('BLOCK_CORRUPT', { place, reason: 'it is not a frame of a block' }, { cause })
  }
}

export function encodeFetchRequest(request: FetchRequest): Buffer {
  if (request.kind === 'local') return millrace.FetchRequest.encode({ local: request }).finish()
  const { attemptIds, partition } = request
  const allPartitions = partition === 'all'
  const attempts = { attemptIds, partition: allPartitions ? 0 : partition, allPartitions }
  return millrace.FetchRequest.encode({ attempts }).finish()
}

export function decodeFetchRequest(bytes: Uint8Array): FetchRequest {
  const { attempts, local } = millrace.FetchRequest.decode(bytes)
  if (local) return { kind: 'local', id: local.id, from: local.from, until: local.until }
  if (!attempts) throw malformed()
  const { attemptIds, partition, allPartitions } = attempts
  return { kind: 'attempts', attemptIds, partition: allPartitions ? 'all' : partition }
}

export const encodeRegister = (register: Omit<Register, 'protocolVersion'>): Buffer =>
  millrace.FromExecutor.encode({ register: { ...register, protocolVersion: PROTOCOL_VERSION } }).finish()

/** A report or an error that is too large to be sent fails its task with a condition that says so. */
export function encodeExecutorMessage(message: ExecutorMessage): Buffer {
  const bytes = millrace.FromExecutor.encode(toWire(message)).finish()
  if (bytes.length <= MAX_REQUEST_BYTES || message.kind === 'heartbeat') return bytes
  const { kind, attemptId } = message
  const what = kind === 'taskFailed' ? `the error ${message.error.condition} of a task` : 'the report of a task'
  const error = messageTooLarge(bytes.length, MAX_REQUEST_BYTES, what)
  return millrace.FromExecutor.encode(toWire({ kind: 'taskFailed', attemptId, error })).finish()
}

export const messageTooLarge = (bytes: number, limit: number, what: string): SerializedError =>
  serializeError(new MillraceError('CONTROL_MESSAGE_TOO_LARGE', { bytes, limit, what }))

function toWire(message: ExecutorMessage): FromExecutor {
  switch (message.kind) {
    case 'heartbeat':
      return { heartbeat: message.memory }
    case 'taskSucceeded': {
      const { attemptId, report, blocks } = message
      return {
        taskSucceeded: {
          attemptId,
          report: json(report),
          hasBlocks: blocks !== undefined,
          blocks: (blocks ?? []).map(frameOf),
        },
      }
    }
    case 'taskFailed':
      return { taskFailed: { attemptId: message.attemptId, error: json(message.error) } }
  }
}

/** @throws INTERNAL_ERROR for what is none of the messages */
export function decodeExecutorMessage(bytes: Uint8Array): ExecutorMessage | (Register & { kind: 'register' }) {
  const { register, heartbeat, taskSucceeded, taskFailed } = millrace.FromExecutor.decode(bytes)
  if (register) {
    const { executorId, slots, blockAddress, protocolVersion, previousId } = register
    return { kind: 'register', executorId, slots, blockAddress, protocolVersion, previousId }
  }
  if (heartbeat) {
    const { limitBytes, heldBytes, storedBytes, residentBytes } = heartbeat
    return { kind: 'heartbeat', memory: { limitBytes, heldBytes, storedBytes, residentBytes } }
  }
  if (taskSucceeded) {
    const { attemptId, report, hasBlocks, blocks } = taskSucceeded
    const message = { kind: 'taskSucceeded', attemptId, report: parsed(report) as TaskReport } as const
    return hasBlocks ? withResult(message, blocks) : message
  }
  if (!taskFailed) throw malformed()
  return { kind: 'taskFailed', attemptId: taskFailed.attemptId, error: parsed(taskFailed.error) as SerializedError }
}

/** A result that arrives damaged is a failed attempt: the task is run again. */
function withResult(
  message: Omit<Extract<ExecutorMessage, { kind: 'taskSucceeded' }>, 'blocks'>,
  frames: readonly BlockFrame[],
): ExecutorMessage {
  const place = `the result of attempt ${message.attemptId}`
  try {
    return { ...message, blocks: frames.map((frame) => blockOf(frame, place)) }
  } catch (error) {
    return { kind: 'taskFailed', attemptId: message.attemptId, error: serializeError(error) }
  }
}

const encodedStages = new WeakMap<Stage, Uint8Array>()

function encodedStage(stage: Stage): Uint8Array {
  let bytes = encodedStages.get(stage)
  if (!bytes) {
    bytes = encodeStage(stage)
    encodedStages.set(stage, bytes)
  }
  return bytes
}

/** The driver's half of one connection: it sends each stage once, and then refers to it. */
export class DriverMessageEncoder {
  readonly #sent = new Map<number, Set<number>>()

  encode(message: DriverMessage): Buffer {
    return millrace.FromDriver.encode(this.#toWire(message)).finish()
  }

  #toWire(message: DriverMessage): FromDriver {
    switch (message.kind) {
      case 'launchTask':
        return { launchTask: this.#launch(message.launch) }
      case 'cancelTask':
        return { cancelTask: { attemptId: message.attemptId } }
      case 'releaseJob':
        this.#sent.delete(message.jobId)
        return { releaseJob: { jobId: message.jobId } }
      case 'dropCache':
        return { dropCache: { cacheId: message.cacheId } }
      case 'dropState':
        return { dropState: { queryId: message.queryId } }
      case 'shutdown':
        return { shutdown: {} }
    }
  }

  #launch(launch: TaskLaunch): NonNullable<FromDriver['launchTask']> {
    const { attemptId, jobId, stageKey, attempt, owner, inlineBytes } = launch
    const sent = this.#sent.get(jobId) ?? new Set()
    this.#sent.set(jobId, sent)
    const stage = sent.has(stageKey) ? new Uint8Array(0) : encodedStage(launch.stage)
    sent.add(stageKey)
    const sources = launch.sources.map((source): Source => ({ [source.kind]: source }))
    const cacheId = owner.kind === 'cache' ? owner.cacheId : ''
    return {
      attemptId,
      jobId,
      stageKey,
      attempt,
      stage,
      inputs: encodeTaskInputs(launch.inputs),
      sources,
      cacheId,
      inlineBytes,
    }
  }
}

/** The executor's half: it remembers the stages of a job until the job is released. */
export class DriverMessageDecoder {
  readonly #stages = new Map<number, Map<number, Stage>>()

  /** @throws INTERNAL_ERROR for what is none of the messages */
  decode(bytes: Uint8Array): DriverMessage {
    const { launchTask, cancelTask, releaseJob, dropCache, dropState, shutdown } = millrace.FromDriver.decode(bytes)
    if (launchTask) return { kind: 'launchTask', launch: this.#launch(launchTask) }
    if (cancelTask) return { kind: 'cancelTask', attemptId: cancelTask.attemptId }
    if (releaseJob) {
      this.#stages.delete(releaseJob.jobId)
      return { kind: 'releaseJob', jobId: releaseJob.jobId }
    }
    if (dropCache) return { kind: 'dropCache', cacheId: dropCache.cacheId }
    if (dropState) return { kind: 'dropState', queryId: dropState.queryId }
    if (!shutdown) throw malformed()
    return { kind: 'shutdown' }
  }

  #launch(wire: NonNullable<FromDriver['launchTask']>): TaskLaunch {
    const { attemptId, jobId, stageKey, attempt, cacheId, inlineBytes } = wire
    const stages = this.#stages.get(jobId) ?? new Map<number, Stage>()
    this.#stages.set(jobId, stages)
    if (wire.stage.length > 0) stages.set(stageKey, decodeStage(wire.stage))
    const stage = stages.get(stageKey)
    if (!stage) throw malformed()
    return {
      attemptId,
      jobId,
      stageKey,
      attempt,
      stage,
      inputs: decodeTaskInputs(wire.inputs),
      sources: wire.sources.map(sourceOf),
      owner: cacheId === '' ? { kind: 'job' } : { kind: 'cache', cacheId },
      inlineBytes,
    }
  }
}

function sourceOf({ stage, cache, local }: Source): TaskSource {
  if (stage) {
    const { stageId, stageKey, groups } = stage
    return { kind: 'stage', stageId, stageKey, groups: groups.map(groupOf) }
  }
  if (cache) {
    const { cacheId, stageKey, groups } = cache
    return { kind: 'cache', cacheId, stageKey, groups: groups.map(groupOf) }
  }
  if (!local) throw malformed()
  return { kind: 'local', id: local.id, from: local.from, until: local.until }
}

const groupOf = ({ executorId, address, attemptIds }: TaskSourceGroup): TaskSourceGroup => ({
  executorId,
  address,
  attemptIds,
})
type TaskSourceGroup = Extract<TaskSource, { kind: 'stage' }>['groups'][number]
