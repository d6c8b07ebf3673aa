import type { ClusterStatus } from '../../proto/cluster.js'
import type { MasterCore } from './master-core.js'
import { freeOn } from './placement.js'

/** What `millrace status` tells of a cluster: a user of what is his own, and of all workers. */
export function statusOfCluster(
  { workers, applications, drivers }: MasterCore,
  user: string | undefined,
): ClusterStatus {
  const presence = ({ isConnected }: { readonly isConnected: boolean }) => (isConnected ? 'alive' : 'silent')
  const isShown = (one: { readonly user?: string | undefined }): boolean => user === undefined || one.user === user
  const all = [...applications].filter(({ record }) => isShown(record))
  const ownDrivers = new Set(drivers.records.flatMap(({ spec }) => (isShown(spec) ? [spec.driverId] : [])))
  return {
    workers: [...workers].map((worker) => ({
      ...worker.record,
      freeCores: freeOn(worker).cores,
      freeBytes: freeOn(worker).bytes,
      presence: worker.record.isLeaving ? 'leaving' : presence(worker),
    })),
    applications: all.map((application) => ({
      applicationId: application.record.applicationId,
      name: application.record.name,
      user: application.record.user ?? '',
      driverAddress: application.record.driverAddress,
      executors: application.placed.size,
      presence: presence(application),
      waitsFor: application.refusal || application.waitsFor,
    })),
    executors: all.flatMap(({ placed }) => [...placed.values()].map(({ held, workerId }) => ({ ...held, workerId }))),
    drivers: drivers.statuses.filter(({ driverId }) => ownDrivers.has(driverId)),
  }
}
