/** What the producer of the torture sends: numbered events, a second of event time after one another. */
export interface TortureEvent {
  readonly id: number
  readonly at: number
}

const START_MS = Date.UTC(2024, 0, 1)
const STEP_MS = 1000
const WINDOW_MS = 600_000
const DELAY_MS = 1_800_000
/** How far the watermark is behind: events come in about their order, but partitions are not read in step. */
export const DELAY = '30 minutes'
export const WINDOW = '10 minutes'
export const GROUPS = 13
export const TOTALS = 4

export const eventText = (id: number): string =>
  JSON.stringify({ id, at: START_MS + id * STEP_MS, name: `n° ${id} 千`, padding: 'x'.repeat(id % 50) })

/** The last event, long after all others: it makes all their windows final. */
export const lastText = (id: number): string => JSON.stringify({ id, at: START_MS + id * STEP_MS + 10 * 86_400_000 })

const eventOf = (text: string): TortureEvent => JSON.parse(text) as TortureEvent

/** What the queries have to write, given what the input topic holds: texts of records, or for groups the last one of each. */
export interface Due {
  readonly rows: readonly string[]
  readonly unique: readonly string[]
  readonly windows: readonly string[]
  readonly counts: readonly string[]
  readonly totals: readonly string[]
}

export type QueryName = keyof Due
export const QUERIES: readonly QueryName[] = ['rows', 'unique', 'windows', 'counts', 'totals']

export function dueOf(input: readonly string[]): Due {
  const unique = [...new Set(input)]
  const events = unique.map(eventOf)
  const last = Math.max(...events.map(({ at }) => at))
  const windows = new Map<number, number[]>()
  for (const { id, at } of events) {
    const start = Math.floor(at / WINDOW_MS) * WINDOW_MS
    if (start + WINDOW_MS <= last - DELAY_MS) windows.set(start, [...(windows.get(start) ?? []), id])
  }
  return {
    rows: input,
    unique,
    windows: [...windows].map(([start, ids]) =>
      [start, ids.length, sumOf(ids), Math.min(...ids), Math.max(...ids)].join(),
    ),
    counts: grouped(input, GROUPS).map(([group, ids]) => [group, ids.length, sumOf(ids)].join()),
    totals: grouped(input, TOTALS).map(([group, ids]) => [group, ids.length].join()),
  }
}

const sumOf = (ids: readonly number[]): number => ids.reduce((sum, id) => sum + id, 0)

function grouped(
  input: readonly string[],
  groups: number,
): readonly (readonly [group: number, ids: readonly number[]])[] {
  const ids = input.map((text) => eventOf(text).id)
  return Array.from({ length: groups }, (_, group) => [group, ids.filter((id) => id % groups === group)] as const)
}
