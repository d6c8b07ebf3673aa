import test from 'ava'
import { SimulatedMaster } from './simulated-master.js'

const HISTORIES = 500
/** `MILLRACE_SIMULATION_SEED=n` replays one history. */
const replayed = process.env['MILLRACE_SIMULATION_SEED']

test('in every random history of a cluster its master gives each worker no more than it has, and in the end all that was asked for', (t) => {
  const seeds = replayed === undefined ? Array.from({ length: HISTORIES }, (_, i) => i + 1) : [Number(replayed)]
  const totals = { starts: 0, losses: 0, restarts: 0, late: 0, relaunches: 0 }
  for (const seed of seeds) {
    const cluster = new SimulatedMaster(seed)
    try {
      cluster.run()
    } catch (error) {
      t.fail(`seed ${seed} (replay with MILLRACE_SIMULATION_SEED=${seed}): ${(error as Error).stack}`)
      return
    }
    for (const key of ['starts', 'losses', 'restarts', 'late', 'relaunches'] as const) totals[key] += cluster[key]
  }
  t.log(JSON.stringify(totals))
  t.pass()
  if (replayed !== undefined) return
  // The histories must be rough enough to prove something.
  t.true(totals.starts > 5 * HISTORIES && totals.losses > HISTORIES / 2)
  t.true(totals.restarts > HISTORIES / 2 && totals.late > HISTORIES / 20)
  t.true(totals.relaunches > HISTORIES / 4)
})
