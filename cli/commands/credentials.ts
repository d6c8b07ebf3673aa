import type { Command } from 'commander'
import { neededSecret } from '../../common/cluster-secret.js'
import { MillraceError } from '../../common/errors/millrace-error.js'
import { shownOf } from '../../common/user-token.js'
import type { Credentials } from '../../proto/rpc/credentials.js'

export interface CredentialArguments {
  readonly secretFile?: string
  readonly tlsDir?: string
}

/** The options of commands that connect to others. */
export const withCredentials = (command: Command): Command =>
  command
    .option('--secret-file <file>', 'a file that holds the secret')
    .option('--tls-dir <folder>', 'a folder with certificates for TLS, as millrace certs makes it')

/** @throws SECRET_MISSING, FAILED_READ_FILE, INVALID_CONF_VALUE */
export async function credentialsOf({ secretFile, tlsDir }: CredentialArguments): Promise<Credentials> {
  const shown = shownOf(neededSecret(secretFile))
  const { chosenTls } = await import('../../proto/rpc/tls-files.js')
  return { ...shown, tls: chosenTls(tlsDir) }
}

/** Those of who has to have the secret of the cluster itself. @throws TOKEN_NOT_ENOUGH as well */
export async function clusterCredentialsOf(given: CredentialArguments): Promise<Credentials> {
  const credentials = await credentialsOf(given)
  if (credentials.token !== undefined) throw new MillraceError('TOKEN_NOT_ENOUGH')
  return credentials
}
