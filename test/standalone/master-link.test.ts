import { existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import test from 'ava'
import { createLogger } from '../../common/log.js'
import { MasterLink } from '../../proto/rpc/master-link.js'
import { Worker } from '../../standalone/worker/worker.js'
import { until } from '../support/fake-cluster.js'
import { folderOf, SECRET } from '../support/standalone.js'
import { FakeMaster } from './fake-master.js'

const logger = createLogger('test', 'silent')

/** A worker's line, and how often it has greeted the master. */
async function open({ address }: FakeMaster): Promise<{ readonly link: MasterLink; greetings(): number }> {
  let greetings = 0
  const link = await MasterLink.open({
    address,
    secret: SECRET,
    logger,
    keepsAlive: true,
    greeting: () => {
      greetings++
      return { kind: 'joinWorker', workerId: 'w', host: 'h', cores: 1, memoryBytes: 1, executors: [] }
    },
    onMessage: () => undefined,
    onGivenUp: () => undefined,
  })
  return { link, greetings: () => greetings }
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
    logger,
  })
  const executor = { executorId: 'e', applicationId: 'a', cores: 1, memoryBytes: 1 }
  master.tell({ kind: 'startExecutor', executor, driverAddress: 'd:1', secret: 's', heartbeatIntervalMs: 1_000 })
  await until(() => existsSync(started))
  await worker.close()
  t.deepEqual(
    master.heard.map(({ kind }) => kind),
    ['joinWorker', 'leave'],
  )
})
