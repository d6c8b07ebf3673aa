import { chosenSecret } from '../../../common/cluster-secret.js'
import type { Config } from '../../../common/config/config.js'
import { CONFIG } from '../../../common/config/entries.js'
import type { TlsIdentity } from '../../../proto/rpc/credentials.js'
import { newSecret } from '../../../proto/rpc/secret.js'
import type { LauncherKind } from '../launcher.js'

const LOOPBACK = '127.0.0.1'
const MAX_SLOTS = 1024
const MIN_MIB = 16
const MAX_MIB = 1024 ** 2
const MIB = 1024 ** 2
const START_TIMEOUT_MS = 30_000

const tlsOf = async (config: Config): Promise<TlsIdentity | undefined> =>
  (await import('../../../proto/rpc/tls-files.js')).sessionTls(config)

/** Executors in processes of their own on this machine: `local-cluster[E,C,MiB]`. */
export const LOCAL_PROCESSES: LauncherKind = {
  forms: `local-cluster[E,C,MiB] of at most ${MAX_SLOTS} threads and ${MIN_MIB} to ${MAX_MIB} MiB`,
  plan(master) {
    const found = /^local-cluster\[\s*(\d+)\s*,\s*(\d+)\s*,\s*(\d+)\s*\]$/.exec(master)
    if (!found) return undefined
    const [executors, slots, mib] = found.slice(1).map(Number) as [number, number, number]
    if (executors < 1 || slots < 1 || executors * slots > MAX_SLOTS || mib < MIN_MIB || mib > MAX_MIB) return undefined
    return {
      place: 'other processes',
      executors: () => executors,
      expectedSlots: executors * slots,
      room: () => ({ mostExecutors: executors, slots, firstExecutors: 0 }),
      door: async ({ config }) => ({
        host: config.get(CONFIG.driverHost) || LOOPBACK,
        // Others may join by hand who have that of the user.
        secret: chosenSecret() ?? newSecret(),
        tls: await tlsOf(config),
      }),
      launcher: async (context, door) => {
        const { LocalProcesses } = await import('./local-processes.js')
        return new LocalProcesses(context, door, { executors, slots, memoryBytes: mib * MIB })
      },
      startTimeoutMs: () => START_TIMEOUT_MS,
    }
  },
}
