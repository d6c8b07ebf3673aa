import { existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { mock } from 'node:test'
import { pathToFileURL } from 'node:url'
import test from 'ava'
import type { MillraceError } from '../../common/errors/millrace-error.js'
import { createLogger, type Logger } from '../../common/log.js'
import type { FromMaster } from '../../proto/cluster.js'
import { sealedForWorkers } from '../../proto/rpc/application-secret.js'
import { decommission, MasterLink } from '../../proto/rpc/master-link.js'
import { Worker } from '../../standalone/worker/worker.js'
import { until } from '../support/fake-cluster.js'
import { raised } from '../support/raised.js'
import { folderOf, SECRET } from '../support/standalone.js'
import { FakeMaster } from './fake-master.js'

const logger = createLogger('test', 'silent')

interface Opened {
  readonly link: MasterLink
  /** How often it has greeted the master. */
  greetings(): number
  /** Why it gave up. */
  readonly givenUp: MillraceError[]
}

/** A worker's line. */
async function open(
  { address }: FakeMaster,
  limits: { silenceMs?: number; patienceMs?: number; logger?: Logger; onMessage?: (message: FromMaster) => void } = {},
): Promise<Opened> {
  let greetings = 0
  const givenUp: MillraceError[] = []
  const link = await MasterLink.open({
    address,
    secret: SECRET,
    logger,
    keepsAlive: true,
    greeting: () => {
      greetings++
      const has = { cores: 1, memoryBytes: 1, executors: [], drivers: [], isLeaving: false }
      return { kind: 'joinWorker', workerId: 'w', host: 'h', ...has }
    },
    onMessage: () => undefined,
    onGivenUp: (error) => void givenUp.push(error),
    ...limits,
  })
  return { link, greetings: () => greetings, givenUp }
}

test('what happens between the greeting and the welcome follows the greeting, also that this leaves', async (t) => {
  const master = await FakeMaster.start(t, ['welcome', 'nothing'])
  const { link } = await open(master)
  master.hangUp()
  await until(() => master.greetings === 2)
  link.send({ kind: 'executorEnded', executorId: 'e', reason: 'r' })
  await link.leave()
  t.deepEqual(
    master.heard.map(({ kind }) => kind),
    ['joinWorker', 'joinWorker', 'executorEnded', 'leave'],
  )
})

test('a call that ends as it is welcomed is made again', async (t) => {
  const master = await FakeMaster.start(t, ['welcome and end', 'welcome and end', 'welcome'])
  const { link } = await open(master)
  await until(() => master.greetings === 3)
  await link.leave()
  t.is(master.heard.at(-1)?.kind, 'leave')
})

test('a refusal that comes along with the welcome is told, and the master is not asked again', async (t) => {
  const master = await FakeMaster.start(t, ['welcome and refusal'])
  const { givenUp } = await open(master)
  await until(() => givenUp.length > 0)
  t.deepEqual([givenUp.map(({ condition }) => condition), master.greetings], [['CLUSTER_REFUSES'], 1])
})

test('who leaves while the master is away does not join again', async (t) => {
  const master = await FakeMaster.start(t, ['welcome', 'end'])
  const { link, greetings } = await open(master)
  master.hangUp()
  // By then there is a pause before the next attempt.
  await until(() => master.greetings === 3)
  await master.roundTrip()
  const before = greetings()
  await link.leave()
  await master.roundTrip()
  t.is(greetings(), before)
})

test('a master that sends nothing any more is lost, and looked for again', async (t) => {
  const master = await FakeMaster.start(t, ['welcome'])
  const { link, givenUp } = await open(master, { silenceMs: 60 })
  await until(() => master.greetings >= 3)
  t.deepEqual(givenUp, [])
  await link.leave()
})

test('a master that answers none of several heartbeats is lost before it would count its members as gone', async (t) => {
  const master = await FakeMaster.start(t, ['welcome'], 50)
  const { link } = await open(master)
  // Without that it would be lost after half a minute, each time.
  t.timeout(20_000)
  await until(() => master.greetings >= 3)
  t.true(master.heard.some(({ kind }) => kind === 'alive'))
  await link.leave()
})

test('a master that stays away is given up once, after the time for which it is looked for, and not greeted any more', async (t) => {
  const master = await FakeMaster.start(t, ['welcome', 'end'])
  const { givenUp, greetings } = await open(master, { patienceMs: 3_000 })
  master.hangUp()
  await until(() => givenUp.length > 0)
  t.is(givenUp[0]?.condition, 'MASTER_UNREACHABLE')
  t.is(givenUp[0]?.parameters['within'], ' within 3 s')
  const before = greetings()
  t.true(before > 2, 'it was looked for more than once')
  await master.roundTrip()
  t.deepEqual([greetings(), givenUp.length], [before, 1])
})

test.serial('a connection is not given up for the time that its welcome took, which has come', async (t) => {
  const master = await FakeMaster.start(t, ['welcome'])
  const told: string[] = []
  const note = (_: object, text: string): void => void told.push(text)
  mock.timers.enable({ apis: ['setTimeout'] })
  t.teardown(() => mock.timers.reset())
  const { link } = await open(master, { logger: { ...logger, warn: note, info: note } as unknown as Logger })
  mock.timers.tick(60_000)
  t.deepEqual(told, [])
  mock.timers.reset()
  await link.leave()
})

test.serial('a link that was left counts no time any more, and hears nothing', async (t) => {
  const [silenceMs, heartbeatMs] = [6 * 100_001, 100_003]
  const counted = new Map<unknown, number>()
  const { setInterval, clearInterval } = globalThis
  t.teardown(() => Object.assign(globalThis, { setInterval, clearInterval }))
  Object.assign(globalThis, {
    setInterval: (run: () => void, ms: number) => {
      const timer = setInterval(run, ms)
      if (ms === silenceMs / 6 || ms === heartbeatMs) counted.set(timer, ms)
      return timer
    },
    clearInterval: (timer: NodeJS.Timeout) => {
      counted.delete(timer)
      clearInterval(timer)
    },
  })
  const master = await FakeMaster.start(t, ['welcome'], heartbeatMs)
  const heard: string[] = []
  const { link } = await open(master, { silenceMs, onMessage: ({ kind }) => void heard.push(kind) })
  t.deepEqual([...counted.values()].sort(), [silenceMs / 6, heartbeatMs].sort())
  const end = (executorId: string): FromMaster => ({ kind: 'endExecutor', executorId })
  master.tell(end('before'))
  await until(() => heard.length > 0)
  const left = link.leave()
  master.tell(end('after'))
  await left
  t.deepEqual(heard, ['endExecutor'])
  t.is(counted.size, 0)
})

test('a worker leaves before it ends its executors, which the master would take for failures', async (t) => {
  const master = await FakeMaster.start(t, ['welcome'])
  const directory = folderOf(t)
  const [main, started] = [join(directory, 'main.mjs'), join(directory, 'started')]
  writeFileSync(
    main,
    `import { writeFileSync } from 'node:fs'
process.stdin.resume().once('end', () => process.exit())
writeFileSync(${JSON.stringify(started)}, '')`,
  )
  const executorMain = pathToFileURL(main).href
  const room = { host: 'h', cores: 1, memoryBytes: 1 }
  const worker = await Worker.start({
    master: master.address,
    secret: SECRET,
    ...room,
    executorMain,
    modules: {},
    drivers: { directory, driverMain: executorMain, packageFolder: directory },
    logger,
  })
  const executor = { executorId: 'e', applicationId: 'a', cores: 1, memoryBytes: 1 }
  const start = { kind: 'startExecutor', driverAddress: 'd:1', heartbeatIntervalMs: 1_000 } as const
  const sealedSecret = sealedForWorkers(SECRET, 'a', 's')
  // What it cannot read, be it that of another application, is told as an executor that ended.
  master.tell({ ...start, executor: { ...executor, executorId: 'other', applicationId: 'b' }, sealedSecret })
  master.tell({ ...start, executor, sealedSecret })
  await until(() => existsSync(started))
  await worker.close()
  t.deepEqual(
    master.heard.map(({ kind }) => kind),
    ['joinWorker', 'executorEnded', 'leave'],
  )
  t.like(master.heard[1], { executorId: 'other' })
  t.regex(JSON.stringify(master.heard[1]), /secret of the application b cannot be read/)
})

test('what a master has heard that is to go may have gone when it is asked again, which is no failure; at first it is one', async (t) => {
  const lost = await FakeMaster.start(t, ['welcome and end', 'unknown'])
  await t.notThrowsAsync(decommission('e', { address: lost.address, secret: SECRET }, logger))
  t.is(lost.greetings, 2)
  const { address } = await FakeMaster.start(t, ['unknown'])
  await raised(t, decommission('e', { address, secret: SECRET }, logger), 'CLUSTER_MEMBER_NOT_FOUND')
})
