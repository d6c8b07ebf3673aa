import { neededSecret } from '../../../common/cluster-secret.js'
import { CONFIG } from '../../../common/config/entries.js'
import { shownOf } from '../../../common/user-token.js'
import { parsedHostPort } from '../../../proto/rpc/address.js'
import { newSecret } from '../../../proto/rpc/secret.js'
import type { LauncherKind } from '../launcher.js'

/** As many executors as there is room for, now and later. */
const ALL_THAT_FIT = 2 ** 31 - 1

/** Executors on the workers of a standalone cluster: `millrace://host:port`. */
export const STANDALONE: LauncherKind = {
  forms: 'millrace://host:port for a cluster',
  plan(master) {
    const [, address = ''] = /^millrace:\/\/(.+)$/.exec(master) ?? []
    if (!parsedHostPort(address)) return undefined
    return {
      place: 'other processes',
      executors: ({ config }) => config.get(CONFIG.executorInstances) || ALL_THAT_FIT,
      expectedSlots: 1,
      room: (config) => ({
        mostExecutors: Number.POSITIVE_INFINITY,
        slots: Math.max(1, config.get(CONFIG.executorCores)),
        firstExecutors: config.get(CONFIG.executorInstances),
      }),
      door: async ({ config }) => {
        neededSecret()
        const [{ ownAddressFor }, { sessionTls }] = await Promise.all([
          import('../../../proto/rpc/own-address.js'),
          import('../../../proto/rpc/tls-files.js'),
        ])
        // Each application has a secret of its own: executors of one are not let in by another.
        const host = config.get(CONFIG.driverHost) || (await ownAddressFor(address))
        return { host, secret: newSecret(), tls: sessionTls(config) }
      },
      launcher: async (context, door) => {
        const { StandaloneExecutors } = await import('./standalone-executors.js')
        return new StandaloneExecutors(context, door, { address, ...shownOf(neededSecret()), tls: door.tls })
      },
      startTimeoutMs: ({ config }) => config.get(CONFIG.executorWait),
    }
  },
}
