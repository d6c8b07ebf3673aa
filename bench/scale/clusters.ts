import { Session } from '../../api/index.js'
import { childrenOf } from '../../examples/support/processes.js'
import { cpuSince } from '../timed-query.js'
import { cpuOf, mostMibOf } from './processes.js'

/** A cluster of so many executors of one slot each, on this machine. */
export interface Cluster {
  readonly executors: number
  readonly session: Session
  readonly pids: readonly number[]
}

/** What a query took: wall time, and time of the processor in the driver and in all executors together. */
export interface Cost {
  readonly wallMs: number
  readonly driverMs: number
  readonly executorsMs: number
}

const MIB_OF_EXECUTOR = 512

export async function startCluster(executors: number, mibOfExecutor = MIB_OF_EXECUTOR): Promise<Cluster> {
  const before = new Set(childrenOf(process.pid))
  const session = await Session.builder()
    .master(`local-cluster[${executors},1,${mibOfExecutor}]`)
    .config('log.level', 'error')
    .create()
  const started = childrenOf(process.pid).filter((pid) => !before.has(pid))
  if (started.length !== executors) throw new Error(`${started.length} processes instead of ${executors} executors`)
  return { executors, session, pids: started }
}

/** Runs a query whose only value is to be this one, or what was measured means nothing. */
export async function measured(cluster: Cluster, sql: string, expected: bigint): Promise<Cost> {
  const [wall, driver, executors] = [performance.now(), process.cpuUsage(), cpuOfExecutors(cluster)]
  const rows = await cluster.session.sql(sql).collect()
  const cost = {
    wallMs: performance.now() - wall,
    driverMs: cpuSince(driver),
    executorsMs: cpuOfExecutors(cluster) - executors,
  }
  const found = Object.values(rows[0] ?? {})[0]
  if (found !== expected) throw new Error(`${sql}: ${String(found)} instead of ${expected}`)
  return cost
}

/** The most that one of its executors held so far. */
export const mostMibOfExecutors = ({ pids }: Cluster): number => Math.max(...pids.map((pid) => mostMibOf(pid)))

const cpuOfExecutors = ({ pids }: Cluster): number => pids.reduce((sum, pid) => sum + cpuOf(pid), 0)
