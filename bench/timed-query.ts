import type { Session } from '../api/index.js'

export interface Timed {
  /** Milliseconds by run. */
  readonly runsMs: readonly number[]
  /** The result, row by row. */
  readonly rows: readonly (readonly unknown[])[]
}

/** Runs a query again and again. */
export async function timedQuery(session: Session, text: string, runs: number): Promise<Timed> {
  const runsMs: number[] = []
  let rows: readonly object[] = []
  for (let i = 0; i < runs; i++) {
    const began = performance.now()
    rows = await session.sql(text).collect()
    runsMs.push(performance.now() - began)
  }
  return { runsMs, rows: rows.map((row) => Object.values(row)) }
}
