import { once } from 'node:events'
import { type AddressInfo, createServer, type Socket } from 'node:net'
import test from 'ava'
import { MillraceError } from '../../common/errors/millrace-error.js'
import type { WriteDescription } from '../../connectors/api.js'
import type { Connection } from '../../connectors/postgres/client/connection.js'
import { writeOptions } from '../../connectors/postgres/options/write-options.js'
import type { PostgresJob } from '../../connectors/postgres/sink/job.js'
import { publish } from '../../connectors/postgres/sink/publish.js'

const TEXT_TYPE = 25
const int16 = (value: number): Buffer => Buffer.from([value >> 8, value & 255])
const int32 = (value: number): Buffer => Buffer.concat([int16((value >> 16) & 0xffff), int16(value & 0xffff)])
const message = (tag: string, ...parts: readonly Buffer[]): Buffer => {
  const body = Buffer.concat(parts)
  return Buffer.concat([Buffer.from(tag), int32(body.length + 4), body])
}
const READY = message('Z', Buffer.from('I'))
const DONE = Buffer.concat([message('C', Buffer.from('SELECT 1\0')), READY])

/** One row with one text, as it comes for a statement with parameters. */
function rowOf(text: string): Buffer {
  const column = [Buffer.from('s\0'), int32(0), int16(0), int32(TEXT_TYPE), int16(-1), int32(-1), int16(0)]
  const described = message('T', int16(1), ...column)
  const row = message('D', int16(1), int32(text.length), Buffer.from(text))
  return Buffer.concat([message('1'), message('2'), described, row, DONE])
}

/** A server that takes whatever is set, and tells these states of a transaction, one after the other. */
async function telling(states: string[]) {
  const serve = (socket: Socket): void => {
    let isBegun = false
    let rest: Buffer = Buffer.alloc(0)
    socket.on('data', (bytes: Buffer) => {
      rest = Buffer.concat([rest, bytes])
      for (;;) {
        const head = isBegun ? 1 : 0
        const length = rest.length < head + 4 ? Number.POSITIVE_INFINITY : head + rest.readInt32BE(head)
        if (rest.length < length) return
        const tag = isBegun ? String.fromCharCode(rest[0]!) : ''
        rest = rest.subarray(length)
        if (!isBegun) socket.write(Buffer.concat([message('R', int32(0)), READY]))
        else if (tag === 'Q') socket.write(DONE)
        else if (tag === 'S') socket.write(rowOf(states.shift()!))
        else if (tag === 'X') socket.end()
        isBegun = true
      }
    })
    socket.on('error', () => undefined)
  }
  const server = createServer(serve).listen(0, '127.0.0.1')
  await once(server, 'listening')
  return server
}

/** Publishes by a connection that breaks as it is to commit. */
async function published(states: string[]): Promise<void> {
  const server = await telling(states)
  const { port } = server.address() as AddressInfo
  const connectionString = `postgresql://u@127.0.0.1:${port}/d?sslmode=disable`
  const broken = new MillraceError('POSTGRES_UNAVAILABLE', { server: 's', reason: 'it broke' })
  const rows = (statement: string): Promise<readonly (readonly unknown[])[]> =>
    statement === 'commit' ? Promise.reject(broken) : Promise.resolve([['7']])
  const job = {
    write: { mode: 'append', jobId: 'j' } as unknown as WriteDescription,
    options: writeOptions('postgresql', { connectionString, dbtable: 't' }),
    connection: { rows } as unknown as Connection,
    target: { table: { schema: 'p', name: 't' }, exists: true, columns: ['a'] },
    columns: ['"a" int'],
    names: ['a'],
    creates: false,
  } as unknown as PostgresJob
  try {
    await publish(job, ['s1'])
  } finally {
    server.close()
  }
}

test('when the answer to a commit is lost the server is asked what became of it, until it knows', async (t) => {
  const states = ['in progress', 'committed']
  await t.notThrowsAsync(published(states))
  t.deepEqual(states, [])
  await t.throwsAsync(published(['in progress', 'aborted']), { message: /POSTGRES_UNAVAILABLE.*it broke/ })
})
