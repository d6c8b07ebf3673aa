import test from 'ava'
import { MillraceError } from '../../common/errors/millrace-error.js'
import { Fleet } from '../../driver/launch/fleet.js'
import type { Launcher, LaunchPlan } from '../../driver/launch/launcher.js'
import { launchContext, newDriver } from '../support/fake-cluster.js'

test('executors that do not come in time are told of by one condition while they are still being asked for', async (t) => {
  // One that is awaited later counts here, too: it would have ended the process of a user.
  const unheard: unknown[] = []
  const hear = (error: unknown): void => void unheard.push(error)
  process.on('unhandledRejection', hear)
  t.teardown(() => process.off('unhandledRejection', hear))
  const driver = newDriver(1)
  let isClosed = false
  let answer!: () => void
  const answered = new Promise<void>((resolve) => {
    answer = resolve
  })
  const launcher: Launcher = {
    watch: () => undefined,
    // The answer comes when the refusal is there already, which nobody has awaited by then.
    request: async () => {
      await answered
      await new Promise(setImmediate)
    },
    notStarted: (seconds) => {
      answer()
      return new MillraceError('LOCAL_CLUSTER_FAILED', { reason: `nothing within ${seconds} s` })
    },
    release: () => undefined,
    decommission: async () => undefined,
    close: async () => {
      isClosed = true
    },
  }
  const plan: LaunchPlan = {
    ...{ place: 'other processes', expectedSlots: 1, executors: () => 1, startTimeoutMs: () => 20 },
    room: () => ({ mostExecutors: 1, slots: 1, firstExecutors: 0 }),
    door: async () => ({ host: '127.0.0.1', secret: 's' }),
    launcher: async () => launcher,
  }
  await t.throwsAsync(Fleet.start({ plan, driver, context: launchContext({}) }), { message: /nothing within 0\.02 s/ })
  t.true(isClosed)
  t.deepEqual(unheard, [])
  await driver.close()
})
