import type { ClusterStatus } from '../../proto/cluster.js'
import type { MasterCore } from './master-core.js'
import { freeOn } from './placement.js'

/** What `millrace status` tells of a cluster. */
export function statusOfCluster({ workers, applications }: MasterCore): ClusterStatus {
  const presence = ({ isConnected }: { readonly isConnected: boolean }) => (isConnected ? 'alive' : 'silent')
  const all = [...applications]
  return {
    workers: [...workers].map((worker) => ({
      ...worker.record,
      freeCores: freeOn(worker).cores,
      freeBytes: freeOn(worker).bytes,
      presence: presence(worker),
    })),
    applications: all.map((application) => ({
      applicationId: application.record.applicationId,
      name: application.record.name,
      driverAddress: application.record.driverAddress,
      executors: application.placed.size,
      presence: presence(application),
      waitsFor: application.refusal || application.waitsFor,
    })),
    executors: all.flatMap(({ placed }) => [...placed.values()].map(({ held, workerId }) => ({ ...held, workerId }))),
  }
}
