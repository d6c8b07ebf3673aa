import { MillraceError } from '../../common/errors/millrace-error.js'
import type { LauncherKind, LaunchPlan } from './launcher.js'
import { LOCAL_PROCESSES } from './local-processes/entry.js'
import { LOCAL_THREADS } from './local-threads/entry.js'
import { STANDALONE } from './standalone/entry.js'

/** All launchers; the only place that names them. */
const KINDS: readonly LauncherKind[] = [LOCAL_THREADS, LOCAL_PROCESSES, STANDALONE]
/** Masters that will be launchers. */
const NOT_BUILT = /^k8s:\/\//

/** Reads a master as Spark writes it. @throws INVALID_MASTER, UNSUPPORTED_FEATURE for kinds that are not built */
export function launchPlan(master: string, availableThreads: number): LaunchPlan {
  for (const kind of KINDS) {
    const plan = kind.plan(master, availableThreads)
    if (plan) return plan
  }
  if (NOT_BUILT.test(master)) throw new MillraceError('UNSUPPORTED_FEATURE', { feature: `the master ${master}` })
  throw new MillraceError('INVALID_MASTER', { master, forms: KINDS.map(({ forms }) => forms).join('; ') })
}
