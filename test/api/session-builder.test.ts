import test from 'ava'
import { MillraceError } from '../../api/index.js'
import type { Session } from '../../api/session/session.js'
import { SessionBuilder } from '../../api/session/session-builder.js'
import { schema } from '../../columnar/types.js'
import { submitHere } from '../../common/submission.js'
import { FakeEngine } from '../support/fake-engine.js'

/** A builder of sessions over fake engines, and for which masters these were started. */
function fakeBuilder(): {
  readonly builder: SessionBuilder
  readonly masters: string[]
  readonly engines: FakeEngine[]
} {
  const masters: string[] = []
  const engines: FakeEngine[] = []
  const builder = new SessionBuilder(async (master) => {
    masters.push(master)
    if (master === 'broken') throw new MillraceError('INVALID_MASTER', { master, reason: '' })
    const engine = new FakeEngine(schema([]))
    engines.push(engine)
    return engine
  })
  return { builder: builder.config('log.level', 'silent'), masters, engines }
}
const stopped = async (...sessions: readonly Session[]): Promise<void> => {
  await Promise.all(sessions.map((session) => session.stop()))
}

test.serial(
  'getOrCreate gives the session that runs, also while it starts, and a new one once it is stopped',
  async (t) => {
    const { builder, masters } = fakeBuilder()
    const [a, b] = await Promise.all([builder.getOrCreate(), builder.master('local[3]').getOrCreate()])
    t.is(a, b)
    t.is(await builder.getOrCreate(), a)
    t.deepEqual(masters, ['local[*]'])
    await a.stop()
    const next = await builder.master('local[3]').getOrCreate()
    t.not(next, a)
    t.deepEqual(masters, ['local[*]', 'local[3]'])
    await stopped(next)
  },
)

test.serial('a running session takes the settings that may change, and keeps the others', async (t) => {
  const { builder, engines } = fakeBuilder()
  const session = await builder.config('task.maxFailures', 2).getOrCreate()
  await builder.config('task.maxFailures', 9).config('shuffle.partitions', 5).getOrCreate()
  t.deepEqual(session.config.toRecord(), { 'log.level': 'silent', 'task.maxFailures': '2', 'shuffle.partitions': '5' })
  t.deepEqual(engines[0]!.configured.at(-1), session.config.toRecord())
  await t.throwsAsync(builder.config('nope', 1).getOrCreate(), { message: /INVALID_CONF_KEY/ })
  await stopped(session)
})

test.serial('a session that cannot start does not stay the active one', async (t) => {
  const { builder } = fakeBuilder()
  const broken = builder.master('broken').getOrCreate()
  const [error, session] = await Promise.all([t.throwsAsync(broken), builder.getOrCreate()])
  t.regex(error!.message, /INVALID_MASTER/)
  t.false(session.isStopped)
  await stopped(session)
})

test.serial('create always gives a new session, which is the active one when there is no other', async (t) => {
  const { builder } = fakeBuilder()
  const first = await builder.create()
  const second = await builder.create()
  t.not(first, second)
  t.is(await builder.getOrCreate(), first)
  await stopped(first, second)
})

test.serial(
  'a session has the master and the settings that its program was submitted with, unless the program says others',
  async (t) => {
    const { builder, masters } = fakeBuilder()
    submitHere({ master: 'local[7]', settings: { 'app.name': 'given', 'executor.memory': '1g' } })
    t.teardown(() => submitHere({ master: 'local[*]', settings: {} }))
    const submitted = await builder.getOrCreate()
    t.deepEqual(
      ['app.name', 'executor.memory', 'log.level'].map((key) => submitted.config.textOf(key)),
      ['given', '1g', 'silent'],
    )
    await submitted.stop()
    const own = await builder.master('local[2]').config('spark.app.name', 'own').getOrCreate()
    t.deepEqual(
      ['app.name', 'executor.memory'].map((key) => own.config.textOf(key)),
      ['own', '1g'],
    )
    await own.stop()
    t.deepEqual(masters, ['local[7]', 'local[2]'])
  },
)
