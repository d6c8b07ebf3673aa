import type { StartExecutor, ToMaster } from '../../proto/cluster.js'
import { sealedAnew } from '../../proto/rpc/application-secret.js'

type JoiningApplication = Extract<ToMaster, { kind: 'joinApplication' }>
type Start = Omit<StartExecutor, 'executor'>

/** What executors of an application are told. Its secret is never on disk, and is read here only to seal it for workers when it came by a token. */
export class Starts {
  readonly #clusterSecret: string
  readonly #byApplication = new Map<string, Start>()

  constructor(clusterSecret: string) {
    this.#clusterSecret = clusterSecret
  }

  /** @param token by which the application came in @throws SEALED_OTHERWISE */
  keep(joining: JoiningApplication, token: string | undefined): void {
    const { applicationId, driverAddress, heartbeatIntervalMs } = joining
    const sealedSecret = sealedAnew(this.#clusterSecret, token, applicationId, joining.sealedSecret)
    this.#byApplication.set(applicationId, { driverAddress, sealedSecret, heartbeatIntervalMs })
  }

  of(applicationId: string): Start | undefined {
    return this.#byApplication.get(applicationId)
  }

  /** Forgets applications that are gone. */
  keepOnly(applicationIds: ReadonlySet<string>): void {
    for (const applicationId of this.#byApplication.keys())
      if (!applicationIds.has(applicationId)) this.#byApplication.delete(applicationId)
  }
}
