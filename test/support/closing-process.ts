/** A driver process for tests: runs a job as its first argument says, closes everything, and is then to end by itself. */
import { createLocalExecutor } from '../../executor/local-executor.js'
import { collected, FAKE_MODULES, newDriver, startFakeCluster } from './fake-cluster.js'
import { collect, hash, scan, sum } from './fake-plans.js'

const stages = [scan(0, 1000, 4, hash(2)), sum(1, 0, 2, collect)]
const say = (what: string): void => void process.stdout.write(`${what}\n`)

if (process.argv[2] === 'cluster') {
  const { driver, close } = await startFakeCluster(1, 1)
  say(String(await collected(driver.submit({ stages }))))
  await close()
} else {
  const driver = newDriver(2)
  const executor = createLocalExecutor({ driver, slots: 2, memoryBytes: 2 ** 28, modules: FAKE_MODULES })
  say(String(await collected(driver.submit({ stages }))))
  // An idle local session is no reason for a process to live on, closed or not.
  if (process.argv[2] === 'local') {
    await driver.close()
    await executor.close()
  }
}
say('closed')
