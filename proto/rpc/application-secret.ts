import { sealed, unsealed } from '../../common/encryption/sealed.js'
import { tokenSecret } from '../../common/user-token.js'

/** A secret is valid for the application that it was sealed for. */
const purposeOf = (applicationId: string): string => `secret of the application ${applicationId}`

/** The secret of an application for the workers that run its executors, who have that of the cluster; who has a token seals by that of the token. */
export const sealedForWorkers = (clusterSecret: string, applicationId: string, secret: string): Uint8Array =>
  sealed(clusterSecret, purposeOf(applicationId), Buffer.from(secret))

/** @throws SEALED_OTHERWISE for what was not sealed so, for this application */
export const secretOfApplication = (clusterSecret: string, applicationId: string, bytes: Uint8Array): string =>
  unsealed(clusterSecret, purposeOf(applicationId), bytes).toString()

/** What came by a token is sealed by the secret of that, which workers do not have. @throws SEALED_OTHERWISE for what is sealed otherwise */
export function sealedAnew(
  clusterSecret: string,
  token: string | undefined,
  applicationId: string,
  bytes: Uint8Array,
): Uint8Array {
  if (token === undefined) return bytes
  const secret = secretOfApplication(tokenSecret(clusterSecret, token), applicationId, bytes)
  return sealedForWorkers(clusterSecret, applicationId, secret)
}
