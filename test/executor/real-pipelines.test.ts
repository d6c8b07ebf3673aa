import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import test from 'ava'
import { blockFromRows } from '../../columnar/blocks/block-from-rows.js'
import { tuplesFromBlock } from '../../columnar/rows.js'
import { BIGINT, field, INT, STRING } from '../../columnar/types.js'
import { createLogger } from '../../common/log.js'
import type { Driver } from '../../driver/index.js'
import { DriverServer } from '../../driver/wire/driver-server.js'
import { createLocalExecutor } from '../../executor/local-executor.js'
import type { PhysicalPlan, Stage } from '../../planner/plan/physical/plan.js'
import { startCli } from '../support/cli.js'
import { newDriver, startFakeCluster, until, WORKER_MAIN } from '../support/fake-cluster.js'
import { aggregate, aggregateCall, attribute, bound, named, schemaOf, tableOfBlocks } from '../support/stages.js'

const MODULES = {
  entry: WORKER_MAIN,
  taskModule: new URL('../../executor/pipelines/run-task.js', import.meta.url).href,
  connectorModule: undefined,
  kernels: new URL('../../executor/kernels/kernels.wasm', import.meta.url).href,
}
const ROWS = 30_000
const FIELDS = [field('name', STRING), field('amount', INT)]
const names = ['Ann', 'Bob', null, 'Christopher-Robin']
const rows = Array.from({ length: ROWS }, (_, i) => ({ name: names[i % 4], amount: i % 7 === 0 ? null : i }))
const blocks = Array.from({ length: 10 }, (_, i) =>
  blockFromRows({ fields: FIELDS }, rows.slice((i * ROWS) / 10, ((i + 1) * ROWS) / 10)),
)

/** The sum of amounts by name: partial in four tasks, shuffled to three, final there. */
const groupBy = (source: PhysicalPlan): readonly Stage[] => {
  const calls = (input: PhysicalPlan) => [
    aggregateCall('n', 'count', BIGINT, [bound(input, 'amount')]),
    aggregateCall('s', 'sum', BIGINT, [bound(input, 'amount')]),
  ]
  const partial = aggregate('partial', source, [named('name', bound(source, 'name'))], calls(source))
  const read: PhysicalPlan = { kind: 'shuffleRead', stageId: 0, attributes: partial.attributes }
  const final = aggregate('final', read, [named('name', bound(read, 'name'))], calls(source))
  const keys = [bound(partial, 'name')]
  return [
    {
      id: 0,
      root: partial,
      sink: { kind: 'shuffle', partitioning: { kind: 'hash', keys, partitions: 3 } },
      schema: schemaOf(partial),
      inputs: [],
      tasks: { kind: 'fixed', count: 4 },
    },
    {
      id: 1,
      root: final,
      sink: { kind: 'collect' },
      schema: schemaOf(final),
      inputs: [0],
      tasks: { kind: 'fixed', count: 3 },
    },
  ]
}

const expected = names.map((name) => {
  const own = rows.filter((row) => row.name === name && row.amount !== null)
  return [name, BigInt(own.length), own.reduce((sum, { amount }) => sum + BigInt(amount!), 0n)].map(String)
})

const grouped = async (driver: Driver): Promise<string[][]> => {
  const source = tableOfBlocks(FIELDS, blocks)
  if (source.kind === 'local') driver.registerLocalBlocks(source.id, blocks)
  const stages = groupBy(source)
  const found: string[][] = []
  for await (const block of driver.submit({ stages }).blocks) {
    found.push(...tuplesFromBlock(stages[1]!.schema, block).map((row) => row.map(String)))
  }
  return found.sort((a, b) => names.map(String).indexOf(a[0]!) - names.map(String).indexOf(b[0]!))
}

test('compiled pipelines run on the threads of a local session', async (t) => {
  const driver = newDriver(2)
  const executor = createLocalExecutor({ driver, slots: 2, memoryBytes: 2 ** 30, modules: MODULES })
  try {
    t.deepEqual(await grouped(driver), expected)
    t.deepEqual(await grouped(driver), expected, 'a second time, on warm threads')
  } finally {
    await driver.close()
    await executor.close()
  }
})

test('a range counts to its end, upwards and downwards, over several batches', async (t) => {
  const driver = newDriver(2)
  const executor = createLocalExecutor({ driver, slots: 2, memoryBytes: 2 ** 30, modules: MODULES })
  const values = async (start: bigint, end: bigint, step: bigint): Promise<bigint[]> => {
    const attributes = [attribute('id', BIGINT, false)]
    const root: PhysicalPlan = { kind: 'range', start, end, step, partitions: 1, attributes }
    const schema = schemaOf(root)
    const stage: Stage = {
      id: 0,
      root,
      sink: { kind: 'collect' },
      schema,
      inputs: [],
      tasks: { kind: 'fixed', count: 1 },
    }
    const found: bigint[] = []
    for await (const block of driver.submit({ stages: [stage] }).blocks) {
      found.push(...tuplesFromBlock(schema, block).map(([id]) => id as bigint))
    }
    return found
  }
  try {
    t.deepEqual(
      await values(0n, 20_001n, 2n),
      Array.from({ length: 10_001 }, (_, i) => BigInt(2 * i)),
    )
    t.deepEqual(await values(5n, -5n, -3n), [5n, 2n, -1n, -4n])
    t.deepEqual(await values(5n, 5n, 1n), [])
    t.deepEqual(await values(0n, 1n, 1n), [0n])
  } finally {
    await driver.close()
    await executor.close()
  }
})

test('an executor that is started by hand joins an application, serves its blocks at another address, and ends with it', async (t) => {
  const directory = await mkdtemp(join(tmpdir(), 'millrace-joined-'))
  t.teardown(() => rm(directory, { recursive: true }))
  const secret = 'a secret of both'.replaceAll(' ', '-')
  await writeFile(join(directory, 'secret'), `${secret}\n`)
  const driver = newDriver(2)
  const logger = createLogger('test', 'silent')
  const server = await DriverServer.listen({ driver, host: '127.0.0.1', port: 0, secret, logger })
  const joining = (env: NodeJS.ProcessEnv, ...args: readonly string[]) =>
    startCli(['executor', '--driver', server.address, '--cores', '1', '--memory', '256m', ...args], env)
  const stranger = joining({ MILLRACE_SECRET: 'the secret of others'.replaceAll(' ', '-') })
  t.deepEqual(await stranger.closed, [1, null])
  t.regex(stranger.output.err, /^\[SECRET_MISMATCH\] [^\n]+\n$/)
  const joined = [
    joining({ MILLRACE_SECRET: secret }, '--host', '127.0.0.2'),
    joining({}, '--secret-file', join(directory, 'secret'), '--host', '127.0.0.3'),
  ]
  await until(() => driver.executors().length === 2)
  t.deepEqual(await grouped(driver), expected)
  await driver.close()
  await server.close()
  for (const { closed, output } of joined) {
    t.deepEqual(await closed, [0, null])
    t.regex(output.text, /^The executor \S+ joins the application at \S+\. Ctrl-C stops it\.\n$/)
    t.is(output.err, '')
  }
})

test('compiled pipelines run on the threads of executor processes', async (t) => {
  const { driver, close } = await startFakeCluster(2, 1, { memoryMiB: 1024, modules: MODULES })
  try {
    t.deepEqual(await grouped(driver), expected)
  } finally {
    await close()
  }
})
