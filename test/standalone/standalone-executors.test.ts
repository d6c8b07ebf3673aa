import test from 'ava'
import { StandaloneExecutors } from '../../driver/launch/standalone/standalone-executors.js'
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
