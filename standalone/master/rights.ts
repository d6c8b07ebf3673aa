import { MillraceError } from '../../common/errors/millrace-error.js'
import type { ToMaster } from '../../proto/cluster.js'
import type { MasterCore } from './master-core.js'
import { placedExecutor } from './members.js'

/**
 * Users have what is their own: applications, and drivers. Without a user it is who has the secret of the cluster, and may do all.
 * @throws CLUSTER_PERMISSION_DENIED
 */
export function checkRight(user: string | undefined, message: ToMaster, { applications, drivers }: MasterCore): void {
  if (user === undefined) return
  const refuse = (what: string): MillraceError => new MillraceError('CLUSTER_PERMISSION_DENIED', { user, what })
  const checkDriver = (driverId: string): void => {
    const driver = drivers.records.find(({ spec }) => spec.driverId === driverId)
    if (driver && driver.spec.user !== user) throw refuse(`have the driver ${driverId}, which is another's`)
  }
  switch (message.kind) {
    case 'joinWorker':
    case 'executorEnded':
    case 'driverStarted':
    case 'driverEnded':
    case 'fetchArchive':
      throw refuse('run a worker, which needs the secret of the cluster')
    case 'joinApplication': {
      const { applicationId, driverId } = message
      const known = [...applications].find(({ record }) => record.applicationId === applicationId)
      if (known && known.record.user !== user) throw refuse(`have the application ${applicationId}, which is another's`)
      return checkDriver(driverId)
    }
    case 'decommission': {
      const { name } = message
      const owner = [...applications].find(({ placed }) => placed.has(name))
      if (owner?.record.user !== user)
        throw refuse(`decommission ${name}, which is no executor of an application of theirs`)
      return
    }
    case 'submitDriver':
      return checkDriver(message.driver.driverId)
    case 'askDriver':
    case 'killDriver':
      return checkDriver(message.driverId)
    case 'askStatus':
    case 'alive':
    case 'leave':
    case 'releaseExecutor':
    case 'archivePart':
      return
  }
}

/** @throws CLUSTER_MEMBER_NOT_FOUND for what is no worker and no executor of the cluster, CLUSTER_WORKER_AWAY for what nobody could tell to go now */
export function checkCanGo(name: string, { workers, applications }: MasterCore): void {
  const workerId = placedExecutor(applications, name)?.workerId ?? name
  const worker = [...workers].find(({ record }) => record.workerId === workerId)
  if (!worker) throw new MillraceError('CLUSTER_MEMBER_NOT_FOUND', { name })
  if (!worker.isConnected) throw new MillraceError('CLUSTER_WORKER_AWAY', { name, worker: workerId })
}
