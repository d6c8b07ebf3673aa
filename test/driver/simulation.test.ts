import test from 'ava'
import { SimulatedCluster } from './simulated-cluster.js'

/** `npm run simulate` runs more. */
const HISTORIES = Number(process.env['MILLRACE_SIMULATION_HISTORIES'] ?? 4_000)
/** `MILLRACE_SIMULATION_SEED=n` replays one history. */
const replayed = process.env['MILLRACE_SIMULATION_SEED']

/** Conditions come by the thousand, and their stacks take a third of the time: a history that is replayed has them. */
function run(cluster: SimulatedCluster): void {
  const { stackTraceLimit } = Error
  if (replayed === undefined) Error.stackTraceLimit = 0
  try {
    cluster.run()
  } finally {
    Error.stackTraceLimit = stackTraceLimit
  }
}

test('in every random cluster history each job ends as it should and each result is delivered exactly once', (t) => {
  const seeds = replayed === undefined ? Array.from({ length: HISTORIES }, (_, i) => i + 1) : [Number(replayed)]
  const totals = {
    launches: 0,
    copies: 0,
    copiesAccepted: 0,
    exclusions: 0,
    withoutPlace: 0,
    losses: 0,
    leaves: 0,
    moves: 0,
    departures: 0,
    stalls: 0,
    changes: 0,
    succeeded: 0,
    failed: 0,
  }
  for (const seed of seeds) {
    const cluster = new SimulatedCluster(seed)
    try {
      run(cluster)
    } catch (error) {
      t.fail(`seed ${seed} (replay with MILLRACE_SIMULATION_SEED=${seed}): ${(error as Error).stack}`)
      return
    }
    totals.launches += cluster.launches
    totals.copies += cluster.copies
    totals.copiesAccepted += cluster.copiesAccepted
    totals.exclusions += cluster.exclusions
    totals.withoutPlace += cluster.withoutPlace
    totals.losses += cluster.losses
    totals.leaves += cluster.leaves
    totals.moves += cluster.moves
    totals.departures += cluster.departures
    totals.stalls += cluster.stalls
    totals.changes += cluster.changes
    totals.succeeded += cluster.succeeded
    totals.failed += cluster.failed
  }
  t.log(JSON.stringify(totals))
  t.pass()
  if (replayed !== undefined) return
  // The histories must be rough enough to prove something, and not so rough that nothing ever succeeds.
  t.true(totals.losses > HISTORIES / 4 && totals.stalls > HISTORIES / 10 && totals.launches > HISTORIES * 5)
  t.true(totals.copies > HISTORIES / 10 && totals.copiesAccepted > HISTORIES / 50)
  t.true(totals.departures > HISTORIES / 4 && totals.moves > HISTORIES / 4)
  t.true(totals.changes > HISTORIES / 2)
  t.true(totals.exclusions > HISTORIES / 10 && totals.withoutPlace > HISTORIES / 100)
  t.true(totals.succeeded > totals.failed && totals.failed > HISTORIES / 100)
})
