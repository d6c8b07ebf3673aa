import test from 'ava'
import { StandaloneExecutors } from '../../driver/launch/standalone/standalone-executors.js'
import { encodeToMaster } from '../../proto/cluster-codec.js'
import { secretOfApplication } from '../../proto/rpc/application-secret.js'
import { launchContext, until } from '../support/fake-cluster.js'
import { SECRET } from '../support/standalone.js'
import { FakeMaster } from './fake-master.js'

test('an executor that is not needed any more is not asked for again when the master comes back', async (t) => {
  const master = await FakeMaster.start(t, ['welcome'])
  const door = { address: 'd:1', host: 'd', secret: 's' }
  const executors = new StandaloneExecutors(launchContext({}), door, { address: master.address, secret: SECRET })
  const asked = (): readonly number[] =>
    master.heard.flatMap((message) => (message.kind === 'joinApplication' ? [message.executors] : []))
  let started = 0
  executors.watch(({ kind }) => {
    if (kind === 'started') started++
  })
  await executors.request(10)
  for (const executorId of ['e1', 'e2', 'e3', 'e4', 'e5']) master.tell({ kind: 'executorStarted', executorId })
  master.tell({ kind: 'executorEnded', executorId: 'e1', reason: 'r' })
  master.tell({ kind: 'executorStarted', executorId: 'e6' })
  await until(() => started === 6)
  executors.release('e2')
  await executors.decommission('e3')
  await executors.decommission('nobody')
  master.hangUp()
  await until(() => asked().length === 2)
  t.deepEqual(asked(), [10, 3])
  await executors.close()
})

test('an executor that was given up while the master was away is given up again when that is back, which does not know it', async (t) => {
  const master = await FakeMaster.start(t, ['welcome'])
  const door = { address: 'd:1', host: 'd', secret: 's' }
  const executors = new StandaloneExecutors(launchContext({}), door, { address: master.address, secret: SECRET })
  const started: string[] = []
  executors.watch((event) => {
    if (event.kind === 'started') started.push(event.executorId)
  })
  await executors.request(3)
  for (const executorId of ['e1', 'e2', 'e3']) master.tell({ kind: 'executorStarted', executorId })
  await until(() => started.length === 3)
  master.hangUp()
  // Its connection is not known to be broken yet, or broken: what is said is not heard.
  executors.release('e1')
  await executors.decommission('e2')
  await until(() => master.greetings === 2)
  for (const executorId of ['e1', 'e2', 'e3', 'e4']) master.tell({ kind: 'executorStarted', executorId })
  await until(() => started.includes('e4'))
  t.deepEqual(started, ['e1', 'e2', 'e3', 'e3', 'e4'])
  const released = () => master.heard.flatMap((message) => (message.kind === 'releaseExecutor' ? [message] : []))
  await until(() => released().length >= 2)
  t.deepEqual(released().slice(-2), [
    { kind: 'releaseExecutor', executorId: 'e1', isReplaced: true },
    { kind: 'releaseExecutor', executorId: 'e2', isReplaced: false },
  ])
  await executors.close()
})

test('those that were given up are remembered until they have ended, and no more than a thousand of them', async (t) => {
  const master = await FakeMaster.start(t, ['welcome'])
  const door = { address: 'd:1', host: 'd', secret: 's' }
  const executors = new StandaloneExecutors(launchContext({}), door, { address: master.address, secret: SECRET })
  const started: string[] = []
  executors.watch((event) => {
    if (event.kind === 'started') started.push(event.executorId)
  })
  await executors.request(3)
  for (let i = 0; i <= 1_000; i++) executors.release(`e${i}`)
  master.tell({ kind: 'executorEnded', executorId: 'e2', reason: 'r' })
  for (const executorId of ['e0', 'e1', 'e2', 'last']) master.tell({ kind: 'executorStarted', executorId })
  await until(() => started.includes('last'))
  t.deepEqual(started, ['e0', 'e2', 'last'])
  await executors.close()
})

test('why there is no executor is what the master waits for, how the last one ended, or that those that were started did not come', async (t) => {
  const master = await FakeMaster.start(t, ['welcome'])
  const door = { address: 'd:1', host: 'd', secret: 's' }
  const executors = new StandaloneExecutors(launchContext({}), door, { address: master.address, secret: SECRET })
  const said: string[] = []
  executors.watch(({ kind }) => said.push(kind))
  await executors.request(1)
  const reasonNow = () => executors.notStarted(9).message
  t.regex(reasonNow(), /within 9 s: the master has started none so far/)
  master.tell({ kind: 'waiting', reason: 'no worker has room' })
  await until(() => /within 9 s: no worker has room/.test(reasonNow()))
  master.tell({ kind: 'executorStarted', executorId: 'e1' })
  master.tell({ kind: 'waiting', reason: '' })
  await until(() => !reasonNow().includes('no worker has room'))
  t.deepEqual(said, ['started'])
  t.regex(reasonNow(), /within 9 s: they were started, .* at d:1: .* set driver\.host/)
  master.tell({ kind: 'executorEnded', executorId: 'e1', reason: 'it has no memory' })
  master.tell({ kind: 'executorStarted', executorId: 'e2' })
  await until(() => said.length === 3)
  t.regex(reasonNow(), /within 9 s: e1 ended: it has no memory/)
  await executors.close()
})

test('how many executors there are to be is told on the line that there is', async (t) => {
  const master = await FakeMaster.start(t, ['welcome'])
  const door = { address: 'd:1', host: 'd', secret: 's' }
  const executors = new StandaloneExecutors(launchContext({}), door, { address: master.address, secret: SECRET })
  await executors.request(1)
  await executors.request(4)
  await until(() => master.greetings === 2)
  t.like(master.heard.at(-1), { kind: 'joinApplication', executors: 4 })
  t.is(master.members, 1)
  await executors.close()
})

test('the secret of an application is read by those alone who have that of the cluster, also without TLS', async (t) => {
  const master = await FakeMaster.start(t, ['welcome'])
  const door = { address: 'd:1', host: 'd', secret: 'the secret of the application' }
  const executors = new StandaloneExecutors(launchContext({}), door, { address: master.address, secret: SECRET })
  await executors.request(1)
  const [greeting] = master.heard
  await executors.close()
  if (greeting?.kind !== 'joinApplication') return t.fail()
  t.false(encodeToMaster(greeting).includes(door.secret))
  const { applicationId, sealedSecret } = greeting
  t.is(secretOfApplication(SECRET, applicationId, sealedSecret), door.secret)
  t.throws(() => secretOfApplication('the-secret-of-others', applicationId, sealedSecret), {
    message: /cannot be read/,
  })
  t.throws(() => secretOfApplication(SECRET, 'another', sealedSecret), { message: /another cannot be read/ })
})
