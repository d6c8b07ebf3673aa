import type { Command } from 'commander'
import { createLogger } from '../../common/log.js'
import { writeText } from '../output/write-result.js'
import { masterOf } from './arguments.js'
import { type CredentialArguments, credentialsOf, withCredentials } from './credentials.js'
import { SECRET_HELP } from './secret-help.js'

interface DecommissionArguments extends CredentialArguments {
  readonly master: string
}

/** `millrace decommission`: has workers or executors go without anything that they hold being computed again. */
export function withDecommission(command: Command): void {
  withCredentials(command)
    .description('have workers or executors of a cluster go when others have taken what they hold')
    .argument('<name...>', 'workers and executors, as millrace status names them')
    .requiredOption('--master <master>', 'where the master listens: millrace://host:port', masterOf)
    .addHelpText('after', SECRET_HELP)
    .action(runDecommission)
}

async function runDecommission(names: string[], options: DecommissionArguments): Promise<void> {
  const { master: address, ...credentials } = options
  const shown = await credentialsOf(credentials)
  const { decommission } = await import('../../proto/rpc/master-link.js')
  const logger = createLogger('decommission', 'error')
  for (const name of names) {
    await decommission(name, { address, ...shown }, logger)
    await writeText(`${name} goes when others have what it holds.\n`, process.stdout)
  }
}
