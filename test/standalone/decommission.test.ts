import test from 'ava'
import { type EngineEvent, Session } from '../../api/index.js'
import { startCli } from '../support/cli.js'
import { until } from '../support/fake-cluster.js'
import { SECRET, startMaster, statusOf } from '../support/standalone.js'

process.env['MILLRACE_SECRET'] = SECRET

const MIB = 1024 ** 2

/** Who holds each partition of the cached relation, by what has been said. */
function holdersOf(events: readonly EngineEvent[]): readonly string[] {
  const holders = new Map<number, string>()
  for (const event of events)
    if (event.kind === 'blockStored') holders.set(event.partition, event.executorId)
    else if (event.kind === 'outputMoved' && event.cacheId !== undefined) holders.set(event.partition, event.to)
  return [...holders.values()]
}

for (const how of ['SIGTERM', 'millrace decommission'])
  test.serial(
    `a worker that goes by ${how} hands over what its executors hold, and the cluster shrinks and grows with the work`,
    async (t) => {
      t.timeout(180_000)
      const { address } = await startMaster(t)
      const startWorker = () => {
        const args = ['worker', '--master', `millrace://${address}`, '--cores', '2', '--memory', '512m']
        const started = startCli(args, { MILLRACE_SECRET: SECRET })
        t.teardown(() => started.child.kill('SIGKILL'))
        return started
      }
      const workers = [startWorker(), startWorker()]
      await until(async () => (await statusOf(address)).workers.length === 2)
      const session = await Session.builder()
        .master(`millrace://${address}`)
        .config('executor.cores', 1)
        .config('executor.memory', '128m')
        .config('dynamicAllocation.enabled', true)
        .config('dynamicAllocation.minExecutors', 2)
        // What the command names must stay until it is there: at this bound none comes or goes by itself.
        .config('dynamicAllocation.maxExecutors', how === 'SIGTERM' ? 4 : 2)
        .config('dynamicAllocation.schedulerBacklogTimeout', '50ms')
        .config('dynamicAllocation.executorIdleTimeout', '1s')
        .config('dynamicAllocation.cachedExecutorIdleTimeout', '2s')
        .config('log.level', 'error')
        .create()
      const events: EngineEvent[] = []
      session.addListener({ onEvent: (event) => void events.push(event) })
      const count = (kind: EngineEvent['kind']): number => events.filter((event) => event.kind === kind).length
      try {
        const table = session.range(0, 400_000, 1, 40).selectExpr('id', 'id % 7 as k').cache()
        let rows: unknown
        // Again until there were tasks enough: how long they take depends on the machine.
        do {
          const more = session.range(0, 40_000_000, 1, 80).selectExpr('sum(hash(id)) as h').collect()
          rows = await table.groupBy('k').count().orderBy('k').collect()
          await more
        } while ((await statusOf(address)).executors.length < 2)
        await until(async () => (await statusOf(address)).executors.length === 2)
        const stored = count('blockStored')
        const held = (await statusOf(address)).executors
        const holders = holdersOf(events)
        // Of the two that holds something: which tasks ran where depends on when the executors came.
        const workerId = held.find(({ executorId }) => holders.includes(executorId))!.workerId
        await until(() => workers.every(({ output }) => output.text.includes('\n')))
        const leaver = workers.find(({ output }) => /^(worker-\S+)/.exec(output.text)![1] === workerId)!
        const onLeaver = held.filter((one) => one.workerId === workerId).map(({ executorId }) => executorId)
        const decommission = async (name: string): Promise<string> => {
          const asked = startCli(['decommission', name, '--master', `millrace://${address}`], {
            MILLRACE_SECRET: SECRET,
          })
          t.deepEqual(await asked.closed, [0, null])
          return asked.output.text
        }
        if (how === 'SIGTERM') leaver.child.kill(how)
        else t.is(await decommission(workerId), `${workerId} goes when others have what it holds.\n`)
        t.deepEqual(await leaver.closed, [0, null])
        const isGone = (id: string): boolean =>
          events.some((event) => event.kind === 'executorRemoved' && event.executorId === id)
        await until(() => onLeaver.every(isGone))
        await until(async () => (await statusOf(address)).executors.length === 2)
        const { workers: left, executors } = await statusOf(address)
        t.deepEqual(
          left.map(({ freeBytes }) => freeBytes),
          [256 * MIB],
        )
        t.true(executors.every((one) => one.workerId !== workerId))
        t.deepEqual(await table.groupBy('k').count().orderBy('k').collect(), rows as never)
        t.is(count('blockStored'), stored, 'nothing of the cache is computed again')
        t.is(holdersOf(events).filter((executorId) => onLeaver.includes(executorId)).length, 0)
        if (how === 'SIGTERM') return
        // One executor alone: another takes its place, and what it held.
        const [one] = executors
        await decommission(one!.executorId)
        await until(() => isGone(one!.executorId))
        await until(async () =>
          (await statusOf(address)).executors.every(({ executorId }) => executorId !== one!.executorId),
        )
        t.deepEqual(await table.groupBy('k').count().orderBy('k').collect(), rows as never)
        t.is(count('blockStored'), stored, 'nothing of the cache is computed again')
      } finally {
        await session.stop()
      }
    },
  )
