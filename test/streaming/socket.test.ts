import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { type AddressInfo, createServer, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import test from 'ava'
import { type AnyRow, functions as F, Timestamp } from '../../api/index.js'
import { SocketStream } from '../../connectors/socket/stream.js'
import { raised } from '../support/raised.js'
import { withSession } from '../support/sessions.js'

interface Server {
  readonly port: number
  /** The connection that a stream has opened. */
  readonly connected: Promise<Socket>
}

async function withServer(body: (server: Server) => Promise<void>): Promise<void> {
  const server = createServer()
  const connected = once(server, 'connection').then(([socket]) => socket as Socket)
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  try {
    await body({ port: (server.address() as AddressInfo).port, connected })
  } finally {
    server.close()
    ;(await Promise.race([connected, Promise.resolve(undefined)]))?.destroy()
  }
}

/** What a stream has, once that is something. */
async function latest(stream: SocketStream, least: number): Promise<number> {
  for (let turn = 0; turn < 10_000; turn++) {
    const offset = (await stream.latestOffset(0, true)) as number
    if (offset >= least) return offset
    await new Promise((resolve) => setImmediate(resolve))
  }
  throw new Error('the lines did not come')
}

test('words of lines are counted as they come', (t) =>
  withServer((server) =>
    withSession('local[2]', async (session) => {
      const query = await session.readStream
        .format('socket')
        .option('host', '127.0.0.1')
        .option('port', server.port)
        .load()
        .select(F.explode(F.split('value', ' ')).as('word'))
        .groupBy('word')
        .count()
        .writeStream.format('memory')
        .queryName('words')
        .outputMode('complete')
        .start()
      t.is(query.guarantee, 'at-least-once')
      const socket = await server.connected
      const counted = async (least: number): Promise<readonly AnyRow[]> => {
        for (let turn = 0; turn < 1000; turn++) {
          await query.processAllAvailable()
          const rows = await session.sql('select * from words order by word').collect()
          if (rows.reduce((sum, row) => sum + Number(row['count']), 0) >= least) return rows
        }
        throw new Error('the words did not come')
      }
      socket.write('to be or not\r\nto')
      t.is((await counted(4)).length, 4)
      socket.write(' be 東京\n')
      t.deepEqual(await counted(7), [
        { word: 'be', count: 2n },
        { word: 'not', count: 1n },
        { word: 'or', count: 1n },
        { word: 'to', count: 2n },
        { word: '東京', count: 1n },
      ])
      await query.stop()
    }),
  ))

test('lines are held until their batch is committed, and divided among tasks', (t) =>
  withServer(async ({ port, connected }) => {
    const stream = await SocketStream.open({ host: '127.0.0.1', port, hasTimes: true }, () => 1234)
    t.is(await stream.initialOffset(), 0)
    const socket = await connected
    socket.write('a\nb\nc\n\nd')
    t.is(await latest(stream, 4), 4)
    t.is(await stream.latestOffset(1, true, 3), 3)
    const splits = await stream.planSplits(1, 4, [], 2)
    t.deepEqual(
      splits.map(({ data }) => data),
      [
        [
          ['b', 1234],
          ['c', 1234],
        ],
        [['', 1234]],
      ],
    )
    await stream.committed(4)
    socket.end()
    t.is(await latest(stream, 5), 5, 'the last line needs no end')
    t.deepEqual((await stream.planSplits(4, 5, [], 2))[0]!.data, [['d', 1234]])
    await stream.close()
    const later = await SocketStream.open({ host: '127.0.0.1', port, hasTimes: false }, () => 0)
    await t.throwsAsync(later.latestOffset(5, true), { message: /a restart of a stream/ })
    await t.throwsAsync(later.planSplits(0, 5, [], 1), { message: /a restart of a stream/ })
    await later.close()
  }))

test('a server that sends faster than batches read waits', (t) =>
  withServer(async ({ port, connected }) => {
    const stream = await SocketStream.open({ host: '127.0.0.1', port, hasTimes: false }, () => 0)
    await stream.initialOffset()
    const socket = await connected
    const lines = 400_000
    socket.write('x\n'.repeat(lines))
    await latest(stream, 100_000)
    // Long enough for all of them, if nothing held them up.
    for (let turn = 0; turn < 5000; turn++) await new Promise((resolve) => setImmediate(resolve))
    const held = (await stream.latestOffset(0, true)) as number
    t.true(held < 200_000, `${held} lines are held`)
    let read = 0
    while (read < lines) {
      const until = (await latest(stream, read + 1)) as number
      await stream.committed(until)
      read = until
    }
    t.is(read, lines)
    await stream.close()
  }))

test('times come with lines where they are asked for', (t) =>
  withServer((server) =>
    withSession('local[1]', async (session) => {
      const rows: AnyRow[] = []
      const query = await session.readStream
        .format('socket')
        .options({ host: '127.0.0.1', port: server.port, includeTimestamp: true })
        .load()
        .writeStream.foreachBatch(async (batch) => void rows.push(...(await batch.collect())))
        .start()
      ;(await server.connected).write('hello\n')
      for (let turn = 0; rows.length === 0 && turn < 1000; turn++) await query.processAllAvailable()
      await query.stop()
      t.is(rows[0]!['value'], 'hello')
      t.true(rows[0]!['timestamp'] instanceof Timestamp)
    }),
  ))

test('what is asked wrongly, and a server that is not there, are one condition', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'millrace-socket-'))
  await withSession('local[1]', async (session) => {
    const start = (options: Readonly<Record<string, string>>) =>
      session.readStream
        .format('socket')
        .options(options)
        .load()
        .writeStream.foreachBatch(() => undefined)
        .start()
    const conditionOf = async (options: Readonly<Record<string, string>>): Promise<string> => {
      const error = await raised(t, start(options), 'INVALID_OPTION', 'SOCKET_UNAVAILABLE')
      return `${error.condition} ${error.parameters['option'] ?? ''}`
    }
    t.is(await conditionOf({ port: '9' }), 'INVALID_OPTION host')
    t.is(await conditionOf({ host: 'localhost' }), 'INVALID_OPTION port')
    t.is(await conditionOf({ host: 'localhost', port: '70000' }), 'INVALID_OPTION port')
    t.is(
      await conditionOf({ host: 'localhost', port: '9', includeTimestamp: 'maybe' }),
      'INVALID_OPTION includeTimestamp',
    )
    t.is(await conditionOf({ host: 'localhost', port: '9', prot: '9' }), 'INVALID_OPTION prot')
    t.is(await conditionOf({ host: '127.0.0.1', port: '1' }), 'SOCKET_UNAVAILABLE ')
  })
  await rm(folder, { recursive: true })
})
