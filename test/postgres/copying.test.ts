import { EventEmitter } from 'node:events'
import type { Duplex } from 'node:stream'
import test from 'ava'
import type pg from 'pg'
import type { Connection } from '../../connectors/postgres/client/connection.js'
import { CopyIn } from '../../connectors/postgres/client/copy-in.js'
import { CopyOut } from '../../connectors/postgres/client/copy-out.js'
import { failureOf } from '../../connectors/postgres/client/failure.js'
import { raised } from '../support/raised.js'

const connection = { failure: (error: unknown) => failureOf('s', error) } as unknown as Connection
const broken = (): Error => Object.assign(new Error('it broke'), { code: 'ECONNRESET' })

/** A socket that takes nothing more until it is told to, and knows what was written and whether it is read. */
class FakeSocket extends EventEmitter {
  readonly written: Buffer[] = []
  isFull = false
  #isPaused = false

  write(bytes: Uint8Array): boolean {
    this.written.push(Buffer.from(bytes))
    return !this.isFull
  }

  isPaused(): boolean {
    return this.#isPaused
  }

  pause(): void {
    this.#isPaused = true
  }

  resume(): void {
    this.#isPaused = false
  }

  /** Of the kinds that something may wait for. */
  get waiting(): readonly number[] {
    return ['drain', 'close', 'error', 'data'].map((event) => this.listenerCount(event))
  }
}

const submitted = <T extends pg.Submittable>(statement: T, socket: FakeSocket): T => {
  statement.submit({ stream: socket as unknown as Duplex, query: () => undefined } as unknown as pg.Connection)
  return statement
}

/** Whether it is over once all that was due has run. */
const isOver = async (work: Promise<unknown>): Promise<boolean> => {
  let over = false
  const done = (): void => {
    over = true
  }
  work.then(done, done)
  await new Promise((resolve) => setImmediate(resolve))
  return over
}

test('rows are sent when the server has asked for them, and no more while some wait to go', async (t) => {
  const socket = new FakeSocket()
  const copy = submitted(new CopyIn('copy', connection), socket)
  const first = copy.send(Buffer.from('a\n'))
  t.false(await isOver(first))
  t.is(socket.written.length, 0)
  copy.handleCopyInResponse()
  await first
  t.deepEqual(Buffer.concat(socket.written), Buffer.from('d\0\0\0\x06a\n'))
  socket.isFull = true
  for (let i = 0; i < 20; i++) {
    const sent = copy.send(Buffer.from('b\n'))
    t.false(await isOver(sent))
    socket.emit('drain')
    await sent
  }
  t.deepEqual(socket.waiting, [0, 0, 0, 0], 'nothing of a wait that is over is left')
  const finished = copy.finish()
  t.false(await isOver(finished))
  copy.handleReadyForQuery()
  await finished
  t.is(String(socket.written.at(-1)), 'c\0\0\0\x04')
})

test('a connection that breaks while rows wait to go ends the wait with one condition', async (t) => {
  for (const end of ['before', 'within', 'close'] as const) {
    const socket = new FakeSocket()
    const copy = submitted(new CopyIn('copy', connection), socket)
    copy.handleCopyInResponse()
    socket.isFull = true
    if (end === 'before') copy.handleError(broken())
    const sent = copy.send(Buffer.from('a\n'))
    if (end !== 'before') t.false(await isOver(sent))
    if (end === 'within') copy.handleError(broken())
    if (end === 'close') {
      socket.emit('close')
      await sent
      copy.handleError(broken())
      await raised(t, copy.finish(), 'POSTGRES_UNAVAILABLE')
    } else await raised(t, sent, 'POSTGRES_UNAVAILABLE')
    t.deepEqual(socket.waiting, [0, 0, 0, 0])
  }
})

test('a socket is read no further while a MiB waits, and the library has it back with what was not taken', async (t) => {
  const socket = new FakeSocket()
  const seen: Buffer[] = []
  socket.on('data', (chunk: Buffer) => seen.push(chunk))
  const copy = submitted(new CopyOut('copy', connection), socket)
  const half = Buffer.alloc(512 * 1024, 1)
  socket.emit('data', half)
  t.false(socket.isPaused())
  socket.emit('data', half)
  t.true(socket.isPaused())
  t.deepEqual([copy.waiting, await copy.more(), seen.length], [2 * half.length, true, 0])
  t.is(copy.take(Buffer.alloc(1)), 1)
  t.false(socket.isPaused(), 'less than that waits')
  t.is(copy.take(Buffer.alloc(3 * half.length)), 2 * half.length - 1)
  t.is(copy.waiting, 0)
  const more = copy.more()
  t.false(await isOver(more))
  socket.emit('data', Buffer.from('rest'))
  t.true(await more)
  const target = Buffer.alloc(2)
  copy.take(target)
  const back = copy.giveBack(target)
  t.deepEqual(seen.map(String), ['re', 'st'])
  t.false(await isOver(back))
  copy.handleReadyForQuery()
  await back
  t.false(await copy.more())
})

test('a COPY that fails tells it to who waits for rows', async (t) => {
  const copy = submitted(new CopyOut('copy', connection), new FakeSocket())
  const more = copy.more()
  copy.handleError(broken())
  await raised(t, more, 'POSTGRES_UNAVAILABLE')
})

test('a failure tells the SQLSTATE of the server, and none where the system has a code', (t) => {
  const text = (code: string): string => failureOf('s', Object.assign(new Error('m'), { code })).message
  t.regex(text('42P01'), /: m \(SQLSTATE 42P01\)/)
  t.notRegex(text('EPIPE'), /SQLSTATE EPIPE/)
})
