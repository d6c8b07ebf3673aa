import type { ArchivePart, ClusterStatus, FromMaster, HeldExecutor, ToMaster } from './cluster.js'
import { decoded, malformed } from './decoded.js'
import { driverOf, endedDriverOf, heldDriverOf, statusOfDriver, wireDriver } from './driver-codec.js'
import {
  millrace,
  type HeldExecutor as WireExecutor,
  type FromMaster as WireFromMaster,
  type ToMaster as WireToMaster,
} from './wire.js'

const WHAT = 'cluster message'

export function encodeToMaster(message: ToMaster): Buffer {
  if (message.kind === 'submitDriver')
    return millrace.ToMaster.encode({ submitDriver: { driver: wireDriver(message.driver) } }).finish()
  const { kind, ...fields } = message
  if (kind === 'driverEnded') return millrace.ToMaster.encode({ driverEnded: { driver: { ...message } } }).finish()
  return millrace.ToMaster.encode({ [kind]: fields }).finish()
}

export function encodeFromMaster(message: FromMaster): Buffer {
  if (message.kind === 'status')
    return millrace.FromMaster.encode({ status: { json: Buffer.from(JSON.stringify(message.status)) } }).finish()
  if (message.kind === 'driver') return millrace.FromMaster.encode({ driver: message.driver }).finish()
  if (message.kind === 'startDriver') {
    const { driver, launch } = message
    return millrace.FromMaster.encode({ startDriver: { driver: wireDriver(driver), launch } }).finish()
  }
  const { kind, ...fields } = message
  return millrace.FromMaster.encode({ [kind]: fields }).finish()
}

/** @throws MALFORMED_MESSAGE for what is none of the messages */
export const decodeToMaster = (bytes: Uint8Array): ToMaster => decoded(WHAT, () => toMasterOf(bytes))

function toMasterOf(bytes: Uint8Array): ToMaster {
  const message = millrace.ToMaster.decode(bytes)
  const { joinWorker, joinApplication, askStatus, alive, leave, executorEnded, releaseExecutor } = message
  if (message.decommission) return { kind: 'decommission', name: message.decommission.name }
  if (joinWorker) {
    const { workerId, host, cores, memoryBytes, executors, drivers, isLeaving } = joinWorker
    const held = { executors: executors.map(executorOf), drivers: drivers.map(heldDriverOf) }
    return { kind: 'joinWorker', workerId, host, cores, memoryBytes, isLeaving, ...held }
  }
  if (joinApplication) {
    const { applicationId, name, executors, cores, memoryBytes } = joinApplication
    const { driverAddress, sealedSecret, heartbeatIntervalMs, driverId } = joinApplication
    const told = { driverAddress, sealedSecret, heartbeatIntervalMs, driverId }
    return { kind: 'joinApplication', applicationId, name, executors, cores, memoryBytes, ...told }
  }
  if (askStatus) return { kind: 'askStatus' }
  if (alive) return { kind: 'alive' }
  if (leave) return { kind: 'leave' }
  if (executorEnded) {
    return { kind: 'executorEnded', executorId: executorEnded.executorId, reason: executorEnded.reason }
  }
  if (releaseExecutor) {
    const { executorId, isReplaced } = releaseExecutor
    return { kind: 'releaseExecutor', executorId, isReplaced }
  }
  return toMasterOfDrivers(message)
}

function toMasterOfDrivers(message: WireToMaster): ToMaster {
  const { submitDriver, askDriver, killDriver, archivePart, fetchArchive, driverStarted, driverEnded } = message
  if (submitDriver) return { kind: 'submitDriver', driver: driverOf(submitDriver.driver) }
  if (askDriver) return { kind: 'askDriver', driverId: askDriver.driverId }
  if (killDriver) return { kind: 'killDriver', driverId: killDriver.driverId }
  if (archivePart) return { kind: 'archivePart', ...partOf(archivePart) }
  if (fetchArchive) return { kind: 'fetchArchive', digest: fetchArchive.digest, offset: fetchArchive.offset }
  if (driverStarted) return { kind: 'driverStarted', driverId: driverStarted.driverId, launch: driverStarted.launch }
  if (!driverEnded) throw malformed(WHAT)
  return { kind: 'driverEnded', ...endedDriverOf(driverEnded.driver) }
}

/** @throws MALFORMED_MESSAGE for what is none of the messages */
export const decodeFromMaster = (bytes: Uint8Array): FromMaster => decoded(WHAT, () => fromMasterOf(bytes))

function fromMasterOf(bytes: Uint8Array): FromMaster {
  const message = millrace.FromMaster.decode(bytes)
  const { welcome, alive, startExecutor, endExecutor, executorStarted, executorEnded, waiting, refused, status } =
    message
  if (welcome) return { kind: 'welcome', heartbeatMs: welcome.heartbeatMs }
  if (alive) return { kind: 'alive' }
  if (startExecutor) {
    const { executor, driverAddress, sealedSecret, heartbeatIntervalMs } = startExecutor
    if (!executor) throw malformed(WHAT)
    return { kind: 'startExecutor', executor: executorOf(executor), driverAddress, sealedSecret, heartbeatIntervalMs }
  }
  if (endExecutor) return { kind: 'endExecutor', executorId: endExecutor.executorId }
  if (executorStarted) return { kind: 'executorStarted', executorId: executorStarted.executorId }
  if (executorEnded) {
    return { kind: 'executorEnded', executorId: executorEnded.executorId, reason: executorEnded.reason }
  }
  if (waiting) return { kind: 'waiting', reason: waiting.reason }
  if (refused) return { kind: 'refused', reason: refused.reason }
  if (status) return { kind: 'status', status: JSON.parse(Buffer.from(status.json).toString()) as ClusterStatus }
  return fromMasterOfDrivers(message)
}

function fromMasterOfDrivers(message: WireFromMaster): FromMaster {
  const { driver, archiveWanted, archivePart, startDriver, endDriver, decommission } = message
  if (decommission) return { kind: 'decommission', name: decommission.name }
  if (driver) return { kind: 'driver', driver: statusOfDriver(driver) }
  if (archiveWanted) return { kind: 'archiveWanted', digest: archiveWanted.digest, offset: archiveWanted.offset }
  if (archivePart) return { kind: 'archivePart', ...partOf(archivePart) }
  if (startDriver) return { kind: 'startDriver', driver: driverOf(startDriver.driver), launch: startDriver.launch }
  if (!endDriver) throw malformed(WHAT)
  return { kind: 'endDriver', driverId: endDriver.driverId, launch: endDriver.launch }
}

const partOf = ({ digest, offset, bytes }: ArchivePart): ArchivePart => ({ digest, offset, bytes })

const executorOf = ({ executorId, applicationId, cores, memoryBytes }: WireExecutor): HeldExecutor => ({
  executorId,
  applicationId,
  cores,
  memoryBytes,
})
