import { mock } from 'node:test'
import test from 'ava'
import { MillraceError } from '../../common/errors/millrace-error.js'
import { Fleet } from '../../driver/launch/fleet.js'
import type { Launcher, LaunchPlan } from '../../driver/launch/launcher.js'
import { launchContext, newDriver } from '../support/fake-cluster.js'

test.serial(
  'executors that do not come in time are told of by one condition while they are still being asked for',
  async (t) => {
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
    await t.throwsAsync(Fleet.start({ plan, driver, context: launchContext({}) }), {
      message: /nothing within 0\.02 s/,
    })
    t.true(isClosed)
    t.deepEqual(unheard, [])
    await driver.close()
  },
)

test.serial('who waits for executors for more than some seconds is told why before the wait is over', async (t) => {
  const driver = newDriver(1)
  let ask!: () => void
  const asked = new Promise<void>((resolve) => {
    ask = resolve
  })
  const launcher: Launcher = {
    watch: () => undefined,
    request: async () => {
      ask()
    },
    notStarted: (seconds) => new MillraceError('LOCAL_CLUSTER_FAILED', { reason: `nothing within ${seconds} s` }),
    release: () => undefined,
    decommission: async () => undefined,
    close: async () => undefined,
  }
  const plan: LaunchPlan = {
    ...{ place: 'other processes', expectedSlots: 1, executors: () => 1, startTimeoutMs: () => 60_000 },
    room: () => ({ mostExecutors: 1, slots: 1, firstExecutors: 0 }),
    door: async () => ({ host: '127.0.0.1', secret: 's' }),
    launcher: async () => launcher,
  }
  const context = launchContext({})
  const warned: object[] = []
  const warn = (fields: object): void => void warned.push(fields)
  const logger = Object.assign(context.logger.child({}), { warn })
  mock.timers.enable({ apis: ['setTimeout'] })
  try {
    const starting = Fleet.start({ plan, driver, context: { ...context, logger } })
    const refused = t.throwsAsync(starting, { message: /nothing within 60 s/ })
    await asked
    mock.timers.tick(4_999)
    t.deepEqual(warned, [])
    mock.timers.tick(1)
    t.deepEqual(warned, [
      {
        reason: new MillraceError('LOCAL_CLUSTER_FAILED', { reason: 'nothing within 5 s' }).text,
        waitsForSeconds: 60,
      },
    ])
    mock.timers.tick(55_000)
    mock.timers.reset()
    await refused
    t.is(warned.length, 1)
  } finally {
    mock.timers.reset()
  }
  await driver.close()
})
