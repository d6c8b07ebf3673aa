import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import test, { type ExecutionContext } from 'ava'
import { createLogger } from '../../common/log.js'
import type { FromMaster, ToMaster } from '../../proto/cluster.js'
import { decodeToMaster, encodeFromMaster } from '../../proto/cluster-codec.js'
import type { DriverStatus } from '../../proto/drivers.js'
import { type ControlCall, RpcServer } from '../../proto/rpc/server.js'
import { PART_BYTES } from '../../standalone/archive/archive-format.js'
import { DriverClient } from '../../standalone/client/driver-client.js'
import { startCli } from '../support/cli.js'
import { until } from '../support/fake-cluster.js'
import { raised } from '../support/raised.js'
import { folderOf, SECRET } from '../support/standalone.js'

const STATUS: DriverStatus = {
  ...{ driverId: 'd', name: 'n', state: 'RUNNING', workerId: 'w' },
  ...{ launches: 1, isSupervised: false, reason: '' },
}
const WELCOME: FromMaster = { kind: 'welcome', heartbeatMs: 60_000 }

/** Messages, and the end of the connection. */
type Answers = (message: ToMaster) => readonly (FromMaster | 'end')[]

/** The address of a master that gives these answers. */
async function addressOf(t: ExecutionContext, answer: Answers): Promise<string> {
  const joined = (call: ControlCall): void => {
    call.on('data', (bytes: Buffer) => {
      for (const message of answer(decodeToMaster(bytes))) {
        if (message === 'end') call.end()
        else call.write(encodeFromMaster(message))
      }
    })
    for (const event of ['end', 'cancelled', 'error']) call.on(event, () => call.end())
  }
  const server = await RpcServer.listen({ host: '127.0.0.1', port: 0, secret: SECRET, joined })
  t.teardown(() => server.close(0))
  return server.address
}

/** A client of a master that gives these answers. */
async function clientOf(t: ExecutionContext, answer: Answers, told: string[] = []): Promise<DriverClient> {
  const master = { address: await addressOf(t, answer), secret: SECRET }
  return new DriverClient(master, createLogger('test', 'silent'), (news) =>
    told.push(news.kind === 'lost' ? news.error.condition : news.kind),
  )
}

const saysOf = (driver: Partial<DriverStatus>): FromMaster => ({ kind: 'driver', driver: { ...STATUS, ...driver } })

test('who waits for a driver hears how it is when the time is over', async (t) => {
  let asked = 0
  const client = await clientOf(t, ({ kind }) => {
    if (kind !== 'askDriver') return []
    const told = { kind: 'driver', driver: STATUS } as const
    return asked++ === 0 ? [WELCOME, told] : [told]
  })
  t.deepEqual(await client.waitFor('d', ({ state }) => state === 'FINISHED', 0), STATUS)
})

test('who waits for a driver is told that the master is away and that it is back, and hears of the driver then', async (t) => {
  const answers: ReturnType<Answers>[] = [
    [WELCOME, saysOf({})],
    ['end'],
    [WELCOME, saysOf({})],
    [saysOf({ state: 'FINISHED' })],
  ]
  const told: string[] = []
  const client = await clientOf(t, ({ kind }) => (kind === 'askDriver' ? (answers.shift() ?? []) : []), told)
  t.like(await client.waitFor('d', ({ state }) => state === 'FINISHED'), { state: 'FINISHED' })
  t.deepEqual(told, ['MASTER_LOST', 'back'])
})

test('a master that is away when the time is over is not waited for', async (t) => {
  for (const waitMs of [0, 100]) {
    let asked = 0
    const client = await clientOf(t, () => (asked++ === 0 ? [WELCOME, 'end'] : ['end']))
    const { parameters } = await raised(
      t,
      client.waitFor('d', () => true, waitMs),
      'MASTER_LOST',
    )
    t.is(parameters['reason'], 'it closed the connection')
  }
})

test('a command that waits for a driver says that the master is away, and Ctrl-C ends it then', async (t) => {
  t.timeout(60_000)
  let asked = 0
  const address = await addressOf(t, ({ kind }) => {
    if (kind === 'submitDriver') return [WELCOME, saysOf({ state: 'SUBMITTED' })]
    if (kind !== 'askDriver') return []
    asked++
    return asked === 1 ? [WELCOME, saysOf({})] : asked === 2 ? [WELCOME, 'end'] : ['end']
  })
  const folder = folderOf(t)
  const program = join(folder, 'program.js')
  for (const [name, text] of Object.entries({ 'program.js': '', 'package.json': '{}' }))
    writeFileSync(join(folder, name), text)
  const args = ['submit', '--master', `millrace://${address}`, '--deploy-mode', 'cluster']
  const waits = ['--conf', 'spark.standalone.submit.waitAppCompletion=true']
  const command = startCli([...args, ...waits, program], { MILLRACE_SECRET: SECRET })
  t.teardown(() => command.child.kill('SIGKILL'))
  await until(() => command.output.err.endsWith('\n'))
  t.regex(
    command.output.err,
    /^\[MASTER_LOST\] The connection to the master at \S+ broke: it closed the connection\. This command looks for it for up to 10 minutes\. Ctrl-C ends the command and not the driver; "millrace submit --status driver-\S+" tells of that later\.\n$/,
  )
  command.child.kill('SIGINT')
  t.deepEqual(await command.closed, [130, null])
  t.regex(command.output.text, /^d is SUBMITTED.*\nd is RUNNING on w\n$/)
})

test('a part of the archive that is asked for together with the welcome is sent, too', async (t) => {
  const content = Buffer.alloc(PART_BYTES + 10, 7)
  const archive = join(folderOf(t), 'archive')
  writeFileSync(archive, content)
  const parts: (readonly [number, number])[] = []
  const wanted = (offset: number): FromMaster => ({ kind: 'archiveWanted', digest: 'x', offset })
  const client = await clientOf(t, (message) => {
    if (message.kind === 'submitDriver') return [WELCOME, wanted(0)]
    if (message.kind !== 'archivePart') return []
    parts.push([message.offset, message.bytes.length])
    const end = message.offset + message.bytes.length
    return [end < content.length ? wanted(end) : { kind: 'driver', driver: STATUS }]
  })
  const spec = { driverId: 'd', name: 'n', file: 'p.js', args: [], settings: {}, cores: 1, memoryBytes: 1 }
  const driver = { ...spec, isSupervised: false, archiveDigest: 'x', archiveBytes: content.length }
  t.deepEqual(await client.submit(driver, archive), STATUS)
  t.deepEqual(parts, [
    [0, PART_BYTES],
    [PART_BYTES, 10],
  ])
})
