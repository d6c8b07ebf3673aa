/** A driver process for tests: starts a cluster, has it spill and wait, and tells its executors' ids. */
import { collected, startFakeCluster } from './fake-cluster.js'
import { collect, hash, scan, sum } from './fake-plans.js'

const gate = process.argv[2]!
const { driver, cluster } = await startFakeCluster(2, 1, { memoryMiB: 1 })
const stages = [scan(0, 500_000, 4, hash(2), { blockRows: 5000 }), sum(1, 0, 2, collect, { gate })]
collected(driver.submit({ stages })).catch(() => undefined)
process.stdout.write(`${JSON.stringify(cluster.pids)}\n`)
