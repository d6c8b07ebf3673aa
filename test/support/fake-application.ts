/** An application for tests, which runs the fake task on a cluster until it is killed: its argument is the master. */
import { fakeApplication } from './standalone.js'

const { driver } = await fakeApplication(process.argv[2]!)
process.stdout.write(`${driver.executors().length}\n`)
// A test that was broken off leaves none behind.
process.stdin.resume().once('end', () => process.exit())
