import { neededSecret } from '../../../common/cluster-secret.js'
import { CONFIG } from '../../../common/config/entries.js'
import { newSecret } from '../../../proto/rpc/secret.js'
import type { LauncherKind } from '../launcher.js'

/** As many executors as there is room for, now and later. */
const ALL_THAT_FIT = 2 ** 31 - 1

/** Executors on the workers of a standalone cluster: `millrace://host:port`. */
export const STANDALONE: LauncherKind = {
  forms: 'millrace://host:port for a cluster',
  plan(master) {
    const [, address] = /^millrace:\/\/([^\s:/]+:\d{1,5})$/.exec(master) ?? []
    if (address === undefined) return undefined
    return {
      place: 'other processes',
      executors: ({ config }) => config.get(CONFIG.executorInstances) || ALL_THAT_FIT,
      expectedSlots: 1,
      door: async ({ config }) => {
        neededSecret()
        const { ownAddressFor } = await import('../../../proto/rpc/own-address.js')
        // Each application has a secret of its own: executors of one are not let in by another.
        return { host: config.get(CONFIG.driverHost) || (await ownAddressFor(address)), secret: newSecret() }
      },
      launcher: async (context, door) => {
        const { StandaloneExecutors } = await import('./standalone-executors.js')
        return new StandaloneExecutors(context, door, { address, secret: neededSecret() })
      },
      startTimeoutMs: ({ config }) => config.get(CONFIG.executorWait),
    }
  },
}
