import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import test from 'ava'
import { startProgram } from '../support/cli.js'
import { chaos } from './chaos.js'
import { canBeAlone } from './hosts.js'

const MAIN = fileURLToPath(new URL('./main.js', import.meta.url))

/** Each machine of the cluster has an address of its own, and processes are looked for in /proc. */
const onOneMachine = existsSync('/proc/self/environ') ? test.serial : test.serial.skip
/** Skipped where network namespaces cannot be made. */
const onSeveral = canBeAlone() ? test.serial : test.serial.skip

onOneMachine(
  'jobs and a stream on a cluster whose parts are killed, stopped, cut off and damaged end right, and leave nothing',
  async (t) => {
    t.timeout(280_000)
    const { faults, right, strikes } = await chaos({
      seed: 29,
      forMs: 9_000,
      longestMs: 2_500,
      tell: (line) => t.log(line),
    })
    t.deepEqual(faults, [])
    t.true(right > 0 && strikes.size > 0)
  },
)

onSeveral(
  'they do so on machines with networks of their own, whose cables lose packets and are pulled out',
  async (t) => {
    t.timeout(280_000)
    const { output, closed } = startProgram(MAIN, ['3', '0.15', 'hosts'])
    const [status] = await closed
    t.log(output.text)
    t.is(status, 0, output.err)
  },
)
