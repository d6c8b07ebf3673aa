import { randomBytes } from 'node:crypto'
import type { Command } from 'commander'
import { neededSecret } from '../../common/cluster-secret.js'
import { MillraceError } from '../../common/errors/millrace-error.js'
import { isUserName, newToken, shownOf } from '../../common/user-token.js'
import { badUsage, positiveOf } from './arguments.js'

const DAY_MS = 86_400_000
const DEFAULT_DAYS = 90
const SERIAL_BYTES = 8

const CREATE_HELP = `
The user puts what is printed into a file, and names that by MILLRACE_SECRET_FILE or --secret-file where others name the secret of the cluster:

  (umask 077; millrace token create --user anna --secret-file secret > anna.token)
  MILLRACE_SECRET_FILE=anna.token millrace sql --master millrace://10.0.0.5:7077

The master need not be told of it.
`

/** `millrace token`: for who has the secret of a cluster, tokens for users who have not. */
export function withToken(token: Command): void {
  token.description('make tokens by which users come into a cluster, and revoke them')
  token
    .command('create')
    .description('print a token of a user, who may run applications and drivers, and has what is their own')
    .requiredOption('--user <name>', 'whose it is: letters, digits, - and _', userOf)
    .option('--days <count>', 'how long it is taken', positiveOf, DEFAULT_DAYS)
    .option('--secret-file <file>', 'a file that holds the secret of the cluster')
    .addHelpText('after', CREATE_HELP)
    .action(({ user, days, secretFile }: { user: string; days: number; secretFile?: string }) => {
      const { secret, token: name } = shownOf(neededSecret(secretFile))
      if (name !== undefined) throw new MillraceError('TOKEN_NOT_ENOUGH')
      const serial = randomBytes(SERIAL_BYTES).toString('hex')
      process.stdout.write(`${newToken(secret, { user, expiresMs: Date.now() + days * DAY_MS, serial })}\n`)
    })
  token
    .command('revoke')
    .description('have the master of a cluster take a token, or all of a user, no more; connections that are open end')
    .option('--user <name>', 'whose tokens', userOf)
    .option('--token-file <file>', 'a file that holds the token')
    .option('--dir <directory>', 'where the master keeps who belongs to the cluster', 'millrace-master')
    .action(revoke)
}

interface RevokeArguments {
  readonly user?: string
  readonly tokenFile?: string
  readonly dir: string
}

async function revoke({ user, tokenFile, dir }: RevokeArguments): Promise<void> {
  if ((user === undefined) === (tokenFile === undefined)) throw badUsage('revoke', 'name either --user or --token-file')
  const name = user ?? shownOf(neededSecret(tokenFile)).token
  if (name === undefined) throw badUsage('revoke', `what ${tokenFile} holds is no token`)
  const { revokeToken } = await import('../../standalone/master/revoke.js')
  revokeToken(dir, name)
  process.stdout.write(`${name} is revoked for the master whose folder is ${dir}.\n`)
}

function userOf(text: string): string {
  if (!isUserName(text)) throw badUsage('user', `${text} is no name of a user: up to 64 letters, digits, - and _`)
  return text
}
