import { readFileSync } from 'node:fs'
import { ownFile } from '../common/own-files.js'
import { Session } from './packaged.js'
import { exportedFunctions } from './profile/exported-functions.js'
import { ProfiledThreads } from './profile/profiled-threads.js'
import { type Spent, whereTimeGoes } from './profile/where-time-goes.js'
import { median } from './report.js'
import { cpuSince } from './timed-query.js'
import { registerTpch, tpchDirectory, tpchNumbers, tpchQuery } from './tpch-data.js'

const THREADS = 2
const RUNS = 5
/** By then V8 has compiled what runs often with its optimizing compilers. */
const WARM_UP_RUNS = 5
/** Starts the threads, and shares no code with queries over tables. */
const STARTING = 'select count(*) from range(100000)'

/**
 * Where the time of a query goes, one of TPC-H by its number or any by its text: by operator, by kernel and what else the processor does, and what the first
 * run in a session costs beyond later ones.
 */
export async function benchProfile(query: string): Promise<void> {
  const directory = tpchDirectory()
  const number = query.padStart(2, '0')
  const sql = tpchNumbers().includes(number) ? tpchQuery(number) : query
  const session = await Session.builder().master(`local[${THREADS}]`).getOrCreate()
  const threads = new ProfiledThreads()
  try {
    registerTpch(session, directory)
    await session.sql(STARTING).collect()
    await threads.connect()
    const first = await measured(session, threads, sql, 1)
    for (let run = 0; run < WARM_UP_RUNS; run++) await session.sql(sql).collect()
    const later = await measured(session, threads, sql, RUNS)
    await session.sql(sql).explain('analyze')
    process.stdout.write(`\n${renderProfile(first, later)}\n`)
  } finally {
    threads.disconnect()
    await session.stop()
  }
}

/** Runs of a query: what each took of the processor, and what the threads were seen to do. */
export interface ProfiledRuns {
  readonly cpuMs: readonly number[]
  readonly spent: readonly Spent[]
}

async function measured(session: Session, threads: ProfiledThreads, sql: string, runs: number): Promise<ProfiledRuns> {
  const cpuMs: number[] = []
  const profiles = await threads.profile(async () => {
    for (let run = 0; run < runs; run++) {
      const cpu = process.cpuUsage()
      await session.sql(sql).collect()
      cpuMs.push(cpuSince(cpu))
    }
  })
  const kernels = exportedFunctions(readFileSync(new URL(ownFile('executor/kernels/kernels.wasm'))))
  return { cpuMs, spent: whereTimeGoes(profiles, kernels) }
}

/** What takes less of the processor than this is not told alone. */
const LEAST_SHARE = 0.005

/**
 * What later runs spend, in milliseconds of the processor each, and what the first spent beyond that. Threads are looked at by the clock, so that on a busy
 * machine only the shares are right: they are shares of what the processor did.
 */
export function renderProfile(first: ProfiledRuns, later: ProfiledRuns): string {
  const [firstMs, laterMs] = [median(first.cpuMs), median(later.cpuMs)]
  const [ofFirst, ofLater] = [sharesOf(first.spent), sharesOf(later.spent)]
  const names = [...new Set([...ofLater.keys(), ...ofFirst.keys()])]
  const lines = names.map((name) => {
    const [before, after] = [(ofFirst.get(name) ?? 0) * firstMs, (ofLater.get(name) ?? 0) * laterMs]
    return { name, after, lost: before - after }
  })
  const isTold = ({ after, lost }: (typeof lines)[number]): boolean =>
    after >= LEAST_SHARE * laterMs || lost >= LEAST_SHARE * firstMs
  const rest = lines.filter((line) => !isTold(line))
  const sum = (of: 'after' | 'lost'): number => rest.reduce((total, line) => total + line[of], 0)
  const told = [...lines.filter(isTold), { name: 'all else', after: sum('after'), lost: sum('lost') }]
  const table = [
    '| | CPU ms a run | beyond that in the first |',
    '| --- | --- | --- |',
    ...told.map(({ name, after, lost }) => `| ${name} | ${after.toFixed(1)} | ${lost.toFixed(1)} |`),
    `| total | ${laterMs.toFixed(1)} | ${(firstMs - laterMs).toFixed(1)} |`,
  ]
  const lost = `lost to the first run: ${(firstMs - laterMs).toFixed(0)} ms of the processor, ${(firstMs / laterMs).toFixed(1)} times a later run`
  return [...table, '', lost].join('\n')
}

function sharesOf(spent: readonly Spent[]): ReadonlyMap<string, number> {
  const total = spent.reduce((sum, { us }) => sum + us, 0)
  return new Map(spent.map(({ kind, name, us }) => [`${kind}: ${name}`, us / total]))
}
