import { bytesText } from '../../common/config/units.js'
import type { Worker } from './members.js'

/** What an executor or a driver asks for; 0 cores takes all that are free. */
interface Wanted {
  readonly cores: number
  readonly memoryBytes: number
}

interface Room {
  readonly cores: number
  readonly bytes: number
}

export const freeOn = ({ record, usedCores, usedBytes }: Worker): Room => ({
  cores: record.cores - usedCores,
  bytes: record.memoryBytes - usedBytes,
})

/** Those that stay. */
const present = (workers: Iterable<Worker>): readonly Worker[] =>
  [...workers].filter(({ isConnected, record }) => isConnected && !record.isLeaving)

/** The worker with most free cores among those with room, so that executors and drivers spread; undefined when none has. */
export function workerFor({ cores, memoryBytes }: Wanted, workers: Iterable<Worker>): Worker | undefined {
  return present(workers)
    .filter((worker) => freeOn(worker).cores >= Math.max(1, cores) && freeOn(worker).bytes >= memoryBytes)
    .toSorted((a, b) => freeOn(b).cores - freeOn(a).cores)[0]
}

/** Why no worker has room. */
export function whyNoRoom({ cores, memoryBytes }: Wanted, workers: Iterable<Worker>): string {
  const all = present(workers)
  if (all.length === 0) return 'the master has no worker'
  const wanted = `${Math.max(1, cores)} cores and ${sizeText(memoryBytes)}`
  const most = all.slice(0, MOST_SHOWN).map((worker) => {
    const { cores: freeCores, bytes } = freeOn(worker)
    return `${worker.record.workerId} has ${freeCores} of ${worker.record.cores} cores and ${sizeText(bytes)} of ${sizeText(worker.record.memoryBytes)} free`
  })
  const others = all.length > most.length ? [`${all.length - most.length} others have no room either`] : []
  return `no worker has ${wanted} free: ${[...most, ...others].join(', ')}`
}

const MOST_SHOWN = 5
const MIB = 1024 ** 2

const sizeText = (bytes: number): string => bytesText(Math.floor(bytes / MIB) * MIB)
