import { median, writeResult } from './report.js'
import { type Cluster, type Cost, measured, mostMibOfExecutors, startCluster } from './scale/clusters.js'
import { measureDecisions } from './scale/decisions.js'
import { renderExtension, renderMeasured } from './scale/extension.js'
import type { ExchangeFigures, ManyTasks, ScaleFigures } from './scale/figures.js'
import { mostMibOf } from './scale/processes.js'
import { emptyTasks, exchange, steadyWork, type Work } from './scale/works.js'

const EXECUTORS = [1, 2, 4] as const
const ROUNDS = 3
const STEADY_ROWS = 4_000_000
/** As many for each executor of any of them. */
const STEADY_TASKS = 32
const EMPTY_TASKS = 2000
const EXCHANGES = [8, 32, 128] as const
const SIMULATED = [10, 100, 1000] as const
const DECIDED_TASKS = 20_000
const MANY_TASKS_OF_RECORD = 100_000
/** A trial takes fewer: `SCALE_TASKS`. */
const MANY_TASKS = Number(process.env['SCALE_TASKS'] ?? MANY_TASKS_OF_RECORD)

/** What tasks, blocks and decisions cost as they grow in number, and what the machine does with more executors: each work in turn on clusters of 1, 2 and 4. */
export async function benchScale(): Promise<void> {
  // Before there is anything else in this process.
  measureDecisions(SIMULATED[0], DECIDED_TASKS)
  const decisions = [
    ...SIMULATED.map((executors) => measureDecisions(executors, DECIDED_TASKS)),
    measureDecisions(SIMULATED.at(-1)!, MANY_TASKS_OF_RECORD),
  ]
  const clusters: Cluster[] = []
  try {
    for (const executors of EXECUTORS) clusters.push(await startCluster(executors))
    const steady = await inTurn(clusters, steadyWork(STEADY_ROWS, STEADY_TASKS))
    const empty = await inTurn(clusters, emptyTasks(EMPTY_TASKS))
    const two = clusters.find(({ executors }) => executors === 2)!
    const exchanges: ExchangeFigures[] = []
    for (const tasks of EXCHANGES)
      exchanges.push({ maps: tasks, reduces: tasks, ...(await inTurn([two], exchange(tasks, tasks)))[0]! })
    const figures: ScaleFigures = {
      steadyRows: STEADY_ROWS,
      emptyTasks: EMPTY_TASKS,
      clusters: EXECUTORS.map((executors, i) => ({ executors, steady: steady[i]!, empty: empty[i]! })),
      exchanges,
      decisions,
      many: await manyTasks(two),
    }
    writeResult({
      name: 'scale',
      title: `Executors, tasks and blocks as they grow, medians of ${ROUNDS} runs in turn`,
      text: `${renderMeasured(figures)}\n\n${renderExtension(figures)}`,
      data: figures,
      isOfRecord: MANY_TASKS === MANY_TASKS_OF_RECORD,
    })
  } finally {
    for (const { session } of clusters) await session.stop()
  }
}

/** Medians for each cluster. They take turns, so that what else the machine does is the same for all; the first run of each compiles. */
async function inTurn(clusters: readonly Cluster[], { sql, expected }: Work): Promise<readonly Cost[]> {
  const costs: Cost[][] = clusters.map(() => [])
  for (let round = 0; round <= ROUNDS; round++)
    for (const [i, cluster] of clusters.entries()) {
      const cost = await measured(cluster, sql, expected)
      if (round > 0) costs[i]!.push(cost)
    }
  return costs.map((runs) => {
    const of = (part: keyof Cost): number => median(runs.map((run) => run[part]))
    return { wallMs: of('wallMs'), driverMs: of('driverMs'), executorsMs: of('executorsMs') }
  })
}

async function manyTasks(cluster: Cluster): Promise<ManyTasks> {
  const { sql, expected } = emptyTasks(MANY_TASKS)
  const cost = await measured(cluster, sql, expected)
  const most = { driverMostMib: mostMibOf('self'), executorMostMib: mostMibOfExecutors(cluster) }
  return { tasks: MANY_TASKS, ...cost, ...most }
}
