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
/** Events of a session, which another key takes its turn after: the next one of the same key begins as many seconds later. */
export const SESSION_EVENTS = 35
const SESSION_GAP_MS = 20_000
export const SESSION_GAP = '20 seconds'
/** Events that are nobody's next ones in a join. */
export const UNPAIRED = 3
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
  readonly pairs: readonly string[]
  readonly sessions: readonly string[]
  readonly counts: readonly string[]
  readonly totals: readonly string[]
}

export type QueryName = keyof Due
export const QUERIES: readonly QueryName[] = ['rows', 'unique', 'windows', 'pairs', 'sessions', 'counts', 'totals']

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
    pairs: pairsOf(events, last - DELAY_MS),
    sessions: sessionsOf(events, last - DELAY_MS),
    counts: grouped(input, GROUPS).map(([group, ids]) => [group, ids.length, sumOf(ids)].join()),
    totals: grouped(input, TOTALS).map(([group, ids]) => [group, ids.length].join()),
  }
}

/** Each event with the next one, if that comes within a second and has any; those without are final by then. */
function pairsOf(events: readonly TortureEvent[], finalMs: number): readonly string[] {
  const byId = new Map(events.map((event) => [event.id, event]))
  return events.flatMap(({ id, at }) => {
    const next = byId.get(id + 1)
    if (next && next.id % UNPAIRED !== 0 && next.at - at <= STEP_MS) return [`${id},${next.id}`]
    return at + STEP_MS < finalMs ? [String(id)] : []
  })
}

function sessionsOf(events: readonly TortureEvent[], finalMs: number): readonly string[] {
  const open = new Map<number, TortureEvent[]>()
  const done: string[] = []
  const close = (key: number): void => {
    const [own, first, end] = [open.get(key) ?? [], open.get(key)?.[0], open.get(key)?.at(-1)]
    if (first && end && end.at + SESSION_GAP_MS <= finalMs) done.push([key, first.at, own.length, first.id].join())
    open.delete(key)
  }
  for (const event of events.toSorted((a, b) => a.at - b.at)) {
    const key = Math.floor(event.id / SESSION_EVENTS) % 2
    if (event.at - (open.get(key)?.at(-1)?.at ?? event.at) >= SESSION_GAP_MS) close(key)
    open.set(key, [...(open.get(key) ?? []), event])
  }
  for (const key of open.keys()) close(key)
  return done
}

const sumOf = (ids: readonly number[]): number => ids.reduce((sum, id) => sum + id, 0)

function grouped(
  input: readonly string[],
  groups: number,
): readonly (readonly [group: number, ids: readonly number[]])[] {
  const ids = input.map((text) => eventOf(text).id)
  return Array.from({ length: groups }, (_, group) => [group, ids.filter((id) => id % groups === group)] as const)
}
