import { readdirSync } from 'node:fs'
import { median } from '../../bench/report.js'

/** What was measured at a moment: numbers by their names. */
export type Measures = Readonly<Record<string, number>>

/** How a number went: its median after the warm-up, and at the end. */
export interface Trend {
  readonly name: string
  readonly early: number
  readonly late: number
  readonly isFlat: boolean
}

/** The first part of a soak, in which code is compiled, caches fill and checkpoints reach their length. */
const WARM_UP = 0.3
/** The parts that are compared: right behind the warm-up, and at the end. */
const COMPARED = 0.25
/** What may come on top: noise of a machine that does other things, too, and of small numbers. */
const MOST_GROWTH = 1.1
const MOST_GROWTH_OF_MS = 1.5
/** Garbage of blocks is collected when the process has grown by so much. */
const GARBAGE_BYTES = 256 * 1024 ** 2
const NOISE: Measures = { descriptors: 8, files: 60, 'resident bytes': GARBAGE_BYTES }
/** What the process takes of the processors. Each of the two falls where the other rises because batches became fewer or more: work has grown where both did. */
export const PROCESSOR = { ofBatch: 'processor µs a batch', ofEvent: 'processor µs an event' } as const
const PROCESSOR_NAMES: readonly string[] = Object.values(PROCESSOR)
const NOISE_OF_MS = 50
const NOISE_OF_BYTES = 48 * 1024 ** 2

/**
 * How each number went that all samples have. What else the machine does makes batches of all streams take longer, so times are compared with how those of the others went in the middle;
 * whether all of them have more to do is told by the processors.
 */
export function trendsOf(samples: readonly Measures[]): readonly Trend[] {
  const warm = samples.slice(Math.floor(samples.length * WARM_UP))
  const compared = Math.max(1, Math.floor(samples.length * COMPARED))
  const names = Object.keys(warm[0] ?? {}).filter((name) => warm.every((sample) => name in sample))
  const ends = names.map((name) => {
    const values = warm.map((sample) => sample[name]!)
    return { name, early: median(values.slice(0, compared)), late: median(values.slice(-compared)) }
  })
  const times = ends.filter(({ name }) => isTime(name))
  /** How much longer the batches of other streams take, which tells something where there are several. */
  const loadBeside = (name: string): number => {
    const others = times.filter((one) => one.name !== name)
    return others.length < 2 ? 1 : Math.max(1, median(others.map(({ early, late }) => late / Math.max(1, early))))
  }
  const works = ends.filter(({ name }) => PROCESSOR_NAMES.includes(name))
  const isWorkFlat = works.some(({ early, late }) => late <= early * MOST_GROWTH_OF_MS)
  return ends.map((end) => {
    const { name, early, late } = end
    if (PROCESSOR_NAMES.includes(name)) return { ...end, isFlat: isWorkFlat }
    const noise = NOISE[name] ?? (isTime(name) ? NOISE_OF_MS : NOISE_OF_BYTES)
    const most = early * (isTime(name) ? MOST_GROWTH_OF_MS : MOST_GROWTH) + noise
    return { ...end, isFlat: late <= most * (isTime(name) ? loadBeside(name) : 1) }
  })
}

const isTime = (name: string): boolean => name.endsWith('ms')

export function trendTable(trends: readonly Trend[]): string {
  const shown = (name: string, value: number): string =>
    name.endsWith('bytes') ? `${(value / 1024 ** 2).toFixed(1)} MiB` : value.toFixed(0)
  const lines = trends.map(({ name, early, late, isFlat }) =>
    [name.padEnd(30), shown(name, early).padStart(12), shown(name, late).padStart(12), isFlat ? '' : '  grows'].join(
      '',
    ),
  )
  return [`${''.padEnd(30)}${'after warm-up'.padStart(12)}${'at the end'.padStart(12)}`, ...lines].join('\n')
}

/** Open descriptors of this process; none where the system does not tell. */
export function descriptors(): Measures {
  try {
    return { descriptors: readdirSync('/proc/self/fd').length }
  } catch {
    return {}
  }
}

export const filesBelow = (...folders: readonly string[]): number =>
  folders.reduce((sum, folder) => sum + entriesOf(folder), 0)

/** Files may go while they are counted. */
function entriesOf(folder: string): number {
  try {
    return readdirSync(folder, { recursive: true }).length
  } catch {
    return 0
  }
}
