import { MillraceError } from '../common/errors/millrace-error.js'
import type { ClusterStatus, FromMaster, HeldExecutor, ToMaster } from './cluster.js'
import { millrace, type HeldExecutor as WireExecutor } from './wire.js'

/** A master of another one works with neither workers nor applications of this. */
const CLUSTER_PROTOCOL_VERSION = 1

const malformed = (): MillraceError => new MillraceError('INTERNAL_ERROR', { message: 'a malformed cluster message' })

export function encodeToMaster({ kind, ...fields }: ToMaster): Buffer {
  return millrace.ToMaster.encode({ [kind]: { protocolVersion: CLUSTER_PROTOCOL_VERSION, ...fields } }).finish()
}

export function encodeFromMaster(message: FromMaster): Buffer {
  if (message.kind === 'status')
    return millrace.FromMaster.encode({ status: { json: Buffer.from(JSON.stringify(message.status)) } }).finish()
  const { kind, ...fields } = message
  return millrace.FromMaster.encode({ [kind]: fields }).finish()
}

/** @throws INTERNAL_ERROR for what is none of the messages, CLUSTER_VERSION_MISMATCH for one that joins by another protocol */
export function decodeToMaster(bytes: Uint8Array): ToMaster {
  const message = millrace.ToMaster.decode(bytes)
  const { joinWorker, joinApplication, askStatus, alive, leave, executorEnded, releaseExecutor } = message
  if (joinWorker) {
    checkVersion(joinWorker.protocolVersion)
    const { workerId, host, cores, memoryBytes, executors } = joinWorker
    return { kind: 'joinWorker', workerId, host, cores, memoryBytes, executors: executors.map(executorOf) }
  }
  if (joinApplication) {
    checkVersion(joinApplication.protocolVersion)
    const { applicationId, name, executors, cores, memoryBytes } = joinApplication
    const { driverAddress, secret, heartbeatIntervalMs } = joinApplication
    const told = { driverAddress, secret, heartbeatIntervalMs }
    return { kind: 'joinApplication', applicationId, name, executors, cores, memoryBytes, ...told }
  }
  if (askStatus) {
    checkVersion(askStatus.protocolVersion)
    return { kind: 'askStatus' }
  }
  if (alive) return { kind: 'alive' }
  if (leave) return { kind: 'leave' }
  if (executorEnded) {
    return { kind: 'executorEnded', executorId: executorEnded.executorId, reason: executorEnded.reason }
  }
  if (!releaseExecutor) throw malformed()
  const { executorId, isReplaced } = releaseExecutor
  return { kind: 'releaseExecutor', executorId, isReplaced }
}

/** @throws INTERNAL_ERROR for what is none of the messages */
export function decodeFromMaster(bytes: Uint8Array): FromMaster {
  const message = millrace.FromMaster.decode(bytes)
  const { welcome, alive, startExecutor, endExecutor, executorStarted, executorEnded, waiting, refused, status } =
    message
  if (welcome) return { kind: 'welcome', heartbeatMs: welcome.heartbeatMs }
  if (alive) return { kind: 'alive' }
  if (startExecutor) {
    const { executor, driverAddress, secret, heartbeatIntervalMs } = startExecutor
    if (!executor) throw malformed()
    return { kind: 'startExecutor', executor: executorOf(executor), driverAddress, secret, heartbeatIntervalMs }
  }
  if (endExecutor) return { kind: 'endExecutor', executorId: endExecutor.executorId }
  if (executorStarted) return { kind: 'executorStarted', executorId: executorStarted.executorId }
  if (executorEnded) {
    return { kind: 'executorEnded', executorId: executorEnded.executorId, reason: executorEnded.reason }
  }
  if (waiting) return { kind: 'waiting', reason: waiting.reason }
  if (refused) return { kind: 'refused', reason: refused.reason }
  if (!status) throw malformed()
  return { kind: 'status', status: JSON.parse(Buffer.from(status.json).toString()) as ClusterStatus }
}

const executorOf = ({ executorId, applicationId, cores, memoryBytes }: WireExecutor): HeldExecutor => ({
  executorId,
  applicationId,
  cores,
  memoryBytes,
})

function checkVersion(actual: number): void {
  const expected = CLUSTER_PROTOCOL_VERSION
  if (actual !== expected) throw new MillraceError('CLUSTER_VERSION_MISMATCH', { actual, expected })
}
