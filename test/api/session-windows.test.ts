import test from 'ava'
import { functions as F } from '../../api/index.js'
import { Random } from '../support/random.js'
import { withSession } from '../support/sessions.js'

interface Event {
  readonly k: number | null
  readonly at: Date
  readonly gap: string
}

/** Of a key: many events at the same moments, and gaps that end exactly where others begin. */
function events(random: Random): readonly Event[] {
  return Array.from({ length: 500 }, () => ({
    k: random.chance(0.1) ? null : random.integer(1, 6),
    at: new Date(random.integer(0, 400) * 1000),
    gap: `${random.integer(0, 12)} seconds`,
  }))
}

/** The sessions of the events of one key, one after the other. */
function sessionsOf(rows: readonly Event[]): readonly string[] {
  const inOrder = rows
    .map(({ at, gap }) => ({ start: at.getTime(), end: at.getTime() + Number.parseInt(gap, 10) * 1000 }))
    .filter(({ start, end }) => end > start)
    .toSorted((a, b) => a.start - b.start)
  const sessions: { start: number; end: number; count: number }[] = []
  for (const { start, end } of inOrder) {
    const last = sessions.at(-1)
    if (last && start <= last.end) {
      last.end = Math.max(last.end, end)
      last.count++
    } else sessions.push({ start, end, count: 1 })
  }
  return sessions.map(({ start, end, count }) => `${start} ${end} ${count}`)
}

test('sessions of random events are those that merging them one by one gives', (t) =>
  withSession(
    'local[2]',
    async (session) => {
      const rows = events(new Random(8))
      const frame = session.createDataFrame(rows)
      const found = await frame
        .groupBy('k', F.sessionWindow('at', F.col('gap')))
        .count()
        .collect()
      for (const k of new Set(rows.map((row) => row.k))) {
        const own = found
          .filter((row) => row.k === k)
          .map(({ session_window: { start, end }, count }) => ({ start: start.getTime(), end: end.getTime(), count }))
          .toSorted((a, b) => a.start - b.start)
        t.deepEqual(
          own.map(({ start, end, count }) => `${start} ${end} ${count}`),
          sessionsOf(rows.filter((row) => row.k === k)),
          `key ${k}`,
        )
      }
    },
    { 'spark.sql.shuffle.partitions': 3 },
  ))
