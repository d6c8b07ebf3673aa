import type { Session } from '../api/index.js'

export interface Timed {
  /** Milliseconds by run. */
  readonly runsMs: readonly number[]
  /** Milliseconds of the processor by run, all threads of this process together. */
  readonly cpuMs: readonly number[]
  /** The result, row by row. */
  readonly rows: readonly (readonly unknown[])[]
}

/** Runs a query again and again. */
export async function timedQuery(session: Session, text: string, runs: number): Promise<Timed> {
  const runsMs: number[] = []
  const cpuMs: number[] = []
  let rows: readonly object[] = []
  for (let i = 0; i < runs; i++) {
    const began = performance.now()
    const cpu = process.cpuUsage()
    rows = await session.sql(text).collect()
    runsMs.push(performance.now() - began)
    cpuMs.push(cpuSince(cpu))
  }
  return { runsMs, cpuMs, rows: rows.map((row) => Object.values(row)) }
}

/** Milliseconds that this process has had of the processor since it had this much. */
export function cpuSince(before: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(before)
  return (user + system) / 1000
}
