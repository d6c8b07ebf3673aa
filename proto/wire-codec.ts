import { MillraceError, type SerializedError, serializeError } from '../common/errors/millrace-error.js'
import { decodeStage, decodeTaskInputs, encodeStage, encodeTaskInputs } from '../planner/codec/plan-codec.js'
import type { Stage } from '../planner/plan/physical/plan.js'
import { blockOf, frameOf } from './block-codec.js'
import { decoded, malformed } from './decoded.js'
import { protectionOf, wireProtection } from './protection-codec.js'
import type { DriverMessage, ExecutorMessage, OutputOwner, TaskLaunch, TaskSource } from './protocol.js'
import { failureOf, reportBytes, reportOf } from './report-codec.js'
import { MAX_REQUEST_BYTES } from './rpc/limits.js'
import { type BlockFrame, type FromDriver, type FromExecutor, millrace, type Register, type Source } from './wire.js'

const WHAT = 'control message'

export const encodeRegister = (register: Register): Buffer => millrace.FromExecutor.encode({ register }).finish()

/** A report or an error that is too large to be sent fails its task with a condition that says so. */
export function encodeExecutorMessage(message: ExecutorMessage): Buffer {
  const bytes = millrace.FromExecutor.encode(toWire(message)).finish()
  const isOfTask = message.kind === 'taskFailed' || message.kind === 'taskSucceeded'
  if (bytes.length <= MAX_REQUEST_BYTES || !isOfTask) return bytes
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
          report: reportBytes(report),
          hasBlocks: blocks !== undefined,
          blocks: (blocks ?? []).map(frameOf),
        },
      }
    }
    case 'taskFailed':
      return { taskFailed: { attemptId: message.attemptId, error: reportBytes(message.error) } }
    case 'barrierCalled':
      return { barrierCalled: { ...message, gathers: message.method === 'allGather' } }
    case 'outputTaken':
      return { outputTaken: { attemptId: message.attemptId } }
    case 'outputNotTaken':
      return { outputNotTaken: { attemptId: message.attemptId, reason: message.reason } }
    case 'leaving':
      return { leaving: { reason: message.reason } }
  }
}

type FromOneExecutor = ExecutorMessage | (Register & { kind: 'register' })

/** @throws MALFORMED_MESSAGE for what is none of the messages */
export const decodeExecutorMessage = (bytes: Uint8Array): FromOneExecutor =>
  decoded(WHAT, () => executorMessageOf(bytes))

function executorMessageOf(bytes: Uint8Array): FromOneExecutor {
  const { register, heartbeat, taskSucceeded, taskFailed, ...rest } = millrace.FromExecutor.decode(bytes)
  if (register) {
    const { executorId, slots, blockAddress, previousId } = register
    return { kind: 'register', executorId, slots, blockAddress, previousId }
  }
  if (heartbeat) {
    const { limitBytes, heldBytes, storedBytes, residentBytes } = heartbeat
    return { kind: 'heartbeat', memory: { limitBytes, heldBytes, storedBytes, residentBytes } }
  }
  if (taskSucceeded) {
    const { attemptId, report, hasBlocks, blocks } = taskSucceeded
    const message = { kind: 'taskSucceeded', attemptId, report: reportOf(report) } as const
    return hasBlocks ? withResult(message, blocks) : message
  }
  if (taskFailed) {
    return { kind: 'taskFailed', attemptId: taskFailed.attemptId, error: failureOf(taskFailed.error) }
  }
  if (rest.barrierCalled) {
    const { attemptId, sequence, gathers, message } = rest.barrierCalled
    return { kind: 'barrierCalled', attemptId, sequence, method: gathers ? 'allGather' : 'barrier', message }
  }
  return partingMessageOf(rest)
}

/** What is said when an executor goes. */
function partingMessageOf({ outputTaken, outputNotTaken, leaving }: FromExecutor): ExecutorMessage {
  if (outputTaken) return { kind: 'outputTaken', attemptId: outputTaken.attemptId }
  if (outputNotTaken) {
    return { kind: 'outputNotTaken', attemptId: outputNotTaken.attemptId, reason: outputNotTaken.reason }
  }
  if (!leaving) throw malformed(WHAT)
  return { kind: 'leaving', reason: leaving.reason }
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
  readonly #secret: string
  readonly #sent = new Map<number, Set<number>>()

  /** @param secret of the application */
  constructor(secret: string) {
    this.#secret = secret
  }

  encode(message: DriverMessage): Buffer {
    return millrace.FromDriver.encode(this.#toWire(message)).finish()
  }

  #toWire(message: DriverMessage): FromDriver {
    switch (message.kind) {
      case 'protectFiles':
        return { protectFiles: wireProtection(message.protection, this.#secret) }
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
      case 'passBarrier':
        return { passBarrier: message }
      case 'takeOutput': {
        const { attemptId, jobId, owner, address } = message
        return { takeOutput: { attemptId, jobId, cacheId: cacheIdOf(owner), address } }
      }
      case 'shutdown':
        return { shutdown: {} }
    }
  }

  #launch(launch: TaskLaunch): NonNullable<FromDriver['launchTask']> {
    const { attemptId, jobId, stageKey, attempt, owner, inlineBytes, together = [] } = launch
    const sent = this.#sent.get(jobId) ?? new Set()
    this.#sent.set(jobId, sent)
    const stage = sent.has(stageKey) ? new Uint8Array(0) : encodedStage(launch.stage)
    sent.add(stageKey)
    const sources = launch.sources.map((source): Source => ({ [source.kind]: source }))
    const cacheId = cacheIdOf(owner)
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
      together,
    }
  }
}

/** The executor's half: it remembers the stages of a job until the job is released. */
export class DriverMessageDecoder {
  readonly #secret: string
  readonly #stages = new Map<number, Map<number, Stage>>()

  /** @param secret of the application */
  constructor(secret: string) {
    this.#secret = secret
  }

  /** @throws MALFORMED_MESSAGE for what is none of the messages */
  decode(bytes: Uint8Array): DriverMessage {
    return decoded(WHAT, () => this.#messageOf(bytes))
  }

  #messageOf(bytes: Uint8Array): DriverMessage {
    const message = millrace.FromDriver.decode(bytes)
    const { protectFiles, launchTask, cancelTask, releaseJob, dropCache, dropState, ...rest } = message
    const { passBarrier, takeOutput, shutdown } = rest
    if (protectFiles) return { kind: 'protectFiles', protection: protectionOf(protectFiles, this.#secret) }
    if (launchTask) return { kind: 'launchTask', launch: this.#launch(launchTask) }
    if (cancelTask) return { kind: 'cancelTask', attemptId: cancelTask.attemptId }
    if (releaseJob) {
      this.#stages.delete(releaseJob.jobId)
      return { kind: 'releaseJob', jobId: releaseJob.jobId }
    }
    if (dropCache) return { kind: 'dropCache', cacheId: dropCache.cacheId }
    if (dropState) return { kind: 'dropState', queryId: dropState.queryId }
    if (passBarrier) {
      const { attemptId, sequence, messages } = passBarrier
      return { kind: 'passBarrier', attemptId, sequence, messages }
    }
    if (takeOutput) {
      const { attemptId, jobId, cacheId, address } = takeOutput
      return { kind: 'takeOutput', attemptId, jobId, owner: ownerOf(cacheId), address }
    }
    if (!shutdown) throw malformed(WHAT)
    return { kind: 'shutdown' }
  }

  #launch(wire: NonNullable<FromDriver['launchTask']>): TaskLaunch {
    const { attemptId, jobId, stageKey, attempt, cacheId, inlineBytes, together } = wire
    const stages = this.#stages.get(jobId) ?? new Map<number, Stage>()
    this.#stages.set(jobId, stages)
    if (wire.stage.length > 0) stages.set(stageKey, decodeStage(wire.stage))
    const stage = stages.get(stageKey)
    if (!stage) throw malformed(WHAT)
    return {
      attemptId,
      jobId,
      stageKey,
      attempt,
      stage,
      inputs: decodeTaskInputs(wire.inputs),
      sources: wire.sources.map(sourceOf),
      owner: ownerOf(cacheId),
      inlineBytes,
      ...(together.length > 0 ? { together } : {}),
    }
  }
}

const cacheIdOf = (owner: OutputOwner): string => (owner.kind === 'cache' ? owner.cacheId : '')
const ownerOf = (cacheId: string): OutputOwner => (cacheId === '' ? { kind: 'job' } : { kind: 'cache', cacheId })

function sourceOf({ stage, cache, local }: Source): TaskSource {
  if (stage) {
    const { stageId, stageKey, groups } = stage
    return { kind: 'stage', stageId, stageKey, groups: groups.map(groupOf) }
  }
  if (cache) {
    const { cacheId, stageKey, groups } = cache
    return { kind: 'cache', cacheId, stageKey, groups: groups.map(groupOf) }
  }
  if (!local) throw malformed(WHAT)
  return { kind: 'local', id: local.id, from: local.from, until: local.until }
}

const groupOf = ({ executorId, address, attemptIds }: TaskSourceGroup): TaskSourceGroup => ({
  executorId,
  address,
  attemptIds,
})
type TaskSourceGroup = Extract<TaskSource, { kind: 'stage' }>['groups'][number]
