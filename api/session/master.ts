import { MillraceError } from '../../common/errors/millrace-error.js'

/** Where a session runs. */
export type Master =
  | { readonly kind: 'local'; readonly threads: number }
  | { readonly kind: 'local-cluster'; readonly executors: number; readonly slots: number; readonly memoryMib: number }

const MAX_THREADS = 1024
const MIN_MIB = 16
const MAX_MIB = 1024 ** 2

/** Reads a master as Spark writes it. @throws INVALID_MASTER, UNSUPPORTED_FEATURE for kinds that are not built */
export function parseMaster(text: string, availableThreads: number): Master {
  if (text === 'local') return { kind: 'local', threads: 1 }
  const local = /^local\[(\*|\d+)\]$/.exec(text)
  if (local) {
    const threads = local[1] === '*' ? availableThreads : Number(local[1])
    if (threads >= 1 && threads <= MAX_THREADS) return { kind: 'local', threads }
  }
  const cluster = /^local-cluster\[\s*(\d+)\s*,\s*(\d+)\s*,\s*(\d+)\s*\]$/.exec(text)
  if (cluster) {
    const [executors, slots, memoryMib] = cluster.slice(1).map(Number) as [number, number, number]
    if (
      executors >= 1 &&
      slots >= 1 &&
      executors * slots <= MAX_THREADS &&
      memoryMib >= MIN_MIB &&
      memoryMib <= MAX_MIB
    ) {
      return { kind: 'local-cluster', executors, slots, memoryMib }
    }
  }
  if (/^(millrace|k8s):\/\//.test(text))
    throw new MillraceError('UNSUPPORTED_FEATURE', { feature: `the master ${text}` })
  throw new MillraceError('INVALID_MASTER', { master: text, maxThreads: MAX_THREADS, minMib: MIN_MIB, maxMib: MAX_MIB })
}
