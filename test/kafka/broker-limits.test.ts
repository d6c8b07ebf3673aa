import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import test from 'ava'
import { startBroker } from '../../connectors/kafka/broker/broker.js'
import { ERROR } from '../../connectors/kafka/broker/protocol/error-codes.js'
import { ask, request } from '../support/broker-requests.js'
import { CLI, printed, startCli } from '../support/cli.js'
import { kafkaClient } from '../support/kafka-client.js'

const addressIn = (text: string): string => /listens on (\S+:\d+)/.exec(text)![1]!

const withFolder = async (body: (folder: string) => Promise<void>): Promise<void> => {
  const folder = await mkdtemp(join(tmpdir(), 'millrace-broker-'))
  await body(folder).finally(() => rm(folder, { recursive: true, force: true }))
}

const fetchOf = (topic: string, partitions: readonly number[]): Buffer =>
  request(1, 4, (body) => {
    body.int32(-1).int32(0).int32(1).int32(2_000_000_000).int8(0)
    body.array([topic], (name) =>
      body.string(name).array(partitions, (partition) => body.int32(partition).int64(0n).int32(50_000_000)),
    )
  })

/** The most memory that a process has held, in KiB; where the system does not tell, what it holds now. */
async function residentKib(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => undefined)
  if (status !== undefined) return Number(/VmHWM:\s+(\d+)/.exec(status)![1])
  return Number(execFileSync('ps', ['-o', 'rss=', '-p', String(pid)], { encoding: 'utf8' }))
}

test('a directory that another broker has is refused, and what that one acknowledged stays', (t) =>
  withFolder(async (folder) => {
    const first = startCli(['broker', '--port', '0', '--dir', folder])
    await printed(first, '\n')
    const producer = kafkaClient(addressIn(first.output.text)).producer()
    await producer.connect()
    await producer.send({ topic: 'kept', messages: [{ partition: 0, value: 'acknowledged before the second came' }] })
    const second = startCli(['broker', '--port', '0', '--dir', folder])
    t.deepEqual(await second.closed, [1, null])
    t.is(
      second.output.err,
      `[FOLDER_IN_USE] The folder ${folder} is used by process ${first.child.pid}. Only one process may use it at a time. SQLSTATE: 55006\n`,
    )
    await producer.send({ topic: 'kept', messages: [{ partition: 0, value: 'acknowledged behind it' }] })
    await producer.disconnect()
    first.child.kill('SIGKILL')
    await first.closed
    const third = startCli(['broker', '--port', '0', '--dir', folder])
    await printed(third, '\n')
    const [fetched] = await ask(addressIn(third.output.text), [fetchOf('kept', [0])])
    const bytes = Buffer.from(Array.from({ length: fetched!.remaining }, () => fetched!.int8()))
    for (const value of ['acknowledged before the second came', 'acknowledged behind it'])
      t.true(bytes.includes(value), value)
    third.child.kill('SIGTERM')
    await third.closed
  }))

test('a topic of more partitions than there may be open files is created, written, read and opened again', (t) =>
  withFolder(async (folder) => {
    const start = async () => {
      const args = [
        '-c',
        'ulimit -n 256; exec "$@"',
        'sh',
        process.execPath,
        CLI,
        'broker',
        '--port',
        '0',
        '--dir',
        folder,
      ]
      const child = spawn('sh', args, { stdio: ['ignore', 'pipe', 'inherit'] })
      let text = ''
      for await (const chunk of child.stdout) {
        text += chunk
        if (text.includes('\n')) break
      }
      return { child, servers: addressIn(text) }
    }
    const first = await start()
    const admin = kafkaClient(first.servers).admin()
    await admin.connect()
    await admin.createTopics({ topics: [{ topic: 'wide', numPartitions: 500 }] })
    await admin.disconnect()
    const producer = kafkaClient(first.servers).producer()
    await producer.connect()
    const messages = Array.from({ length: 500 }, (_, partition) => ({ partition, value: `value ${partition}` }))
    await producer.send({ topic: 'wide', messages })
    await producer.disconnect()
    first.child.kill('SIGKILL')
    await once(first.child, 'exit')
    const { child, servers } = await start()
    const [fetched] = await ask(servers, [
      fetchOf(
        'wide',
        messages.map(({ partition }) => partition),
      ),
    ])
    const bytes = Buffer.from(Array.from({ length: fetched!.remaining }, () => fetched!.int8()))
    for (const { value } of messages) t.true(bytes.includes(value), value)
    child.kill('SIGTERM')
    await once(child, 'exit')
  }))

// Alone, for it asks the most of a broker: what others of this file do meanwhile would only be waited for.
test.serial('answers that nobody reads take up little memory, however often and however much is asked for', (t) =>
  withFolder(async (folder) => {
    // How much is held does not depend on how long it takes, which on a busy machine is a minute.
    t.timeout(300_000)
    const broker = startCli(['broker', '--port', '0', '--dir', folder, '--partitions', '1'])
    await printed(broker, '\n')
    const servers = addressIn(broker.output.text)
    const producer = kafkaClient(servers).producer()
    await producer.connect()
    const value = Buffer.alloc(1024 * 1024, 1)
    for (let i = 0; i < 40; i++) await producer.send({ topic: 'large', messages: [{ value }] })
    await producer.disconnect()
    const [host, port] = servers.split(':') as [string, string]
    const sockets = Array.from({ length: 30 }, () => connect(Number(port), host))
    // Each asks for the partition thirty times in one request, and for that four times over.
    const thirty = fetchOf(
      'large',
      Array.from({ length: 30 }, () => 0),
    )
    for (const socket of sockets) socket.write(Buffer.concat([thirty, thirty, thirty, thirty]))
    for (const socket of sockets) await once(socket, 'readable')
    // Whoever asks in a proper way is served all the while.
    const [whole] = await ask(servers, [fetchOf('large', [0])])
    t.true(whole!.remaining > 40 * value.length)
    const peakKib = await residentKib(broker.child.pid!)
    t.true(peakKib < 400 * 1024, `the broker held ${peakKib} KiB; 30 whole answers are 1.7 GB`)
    for (const socket of sockets) socket.destroy()
    broker.child.kill('SIGTERM')
    await broker.closed
  }),
)

test('requests sent together are answered in their order', (t) =>
  withFolder(async (folder) => {
    const broker = await startBroker({ directory: folder, port: 0 })
    const numbered = Array.from({ length: 200 }, (_, i) => {
      const bytes = request(18, 0, () => undefined)
      bytes.writeInt32BE(i, 8)
      return bytes
    })
    const answers = await ask(broker.bootstrapServers, numbered)
    t.deepEqual(
      answers.map((answer) => answer.int32()),
      numbered.map((_, i) => i),
    )
    await broker.close()
  }))

test('metadata tells ids of topics, by which a topic is found and one made again is told from the one before', (t) =>
  withFolder(async (folder) => {
    const broker = await startBroker({ directory: folder, port: 0 })
    const admin = kafkaClient(broker.bootstrapServers).admin()
    await admin.connect()
    const create = () => admin.createTopics({ topics: [{ topic: 'again', numPartitions: 2 }] })
    const describe = async (id: Buffer, name: string | null) => {
      const metadata = request(
        3,
        12,
        (body) => {
          body.array([name], (each) => body.uuid(id).nullableString(each).noTags())
          body.boolean(false).boolean(false).noTags()
        },
        true,
      )
      const answer = (await ask(broker.bootstrapServers, [metadata]))[0]!
      answer.int32()
      answer.flexible().tags()
      answer.int32()
      answer.nullableArray(() => {
        answer.int32()
        answer.nullableString()
        answer.int32()
        answer.nullableString()
        answer.tags()
      })
      answer.nullableString()
      answer.int32()
      return answer.nullableArray(() => {
        const topic = { error: answer.int16(), name: answer.nullableString(), id: Buffer.from(answer.uuid()) }
        answer.boolean()
        const partitions = answer.nullableArray(() => {
          answer.int16()
          const partition = answer.int32()
          answer.int32()
          answer.int32()
          for (let i = 0; i < 3; i++) answer.nullableArray(() => answer.int32())
          answer.tags()
          return partition
        })
        answer.int32()
        answer.tags()
        return { ...topic, partitions }
      })![0]!
    }
    const none = Buffer.alloc(16)
    await create()
    const first = await describe(none, 'again')
    t.like(first, { error: ERROR.none, name: 'again', partitions: [0, 1] })
    t.deepEqual(await describe(first.id, null), first)
    await admin.deleteTopics({ topics: ['again'] })
    t.is((await describe(first.id, null)).error, ERROR.unknownTopicId)
    t.is((await describe(none, 'again')).error, ERROR.unknownTopicOrPartition)
    await create()
    t.notDeepEqual((await describe(none, 'again')).id, first.id)
    await admin.disconnect()
    await broker.close()
  }))
