import { EventEmitter } from 'node:events'
import type { ReadStream, WriteStream } from 'node:tty'
import test from 'ava'
import type { Key } from '../../../cli/shell/editor/keys.js'
import { Terminal } from '../../../cli/shell/terminal.js'

const CTRL_C = '\u0003'

/** A terminal whose user is the test. */
class Typed extends EventEmitter {
  isRaw = false
  isFlowing = false
  columns = 0
  rows = 0
  shown = ''

  setEncoding(): void {}
  setRawMode(isRaw: boolean): void {
    this.isRaw = isRaw
  }
  resume(): void {
    this.isFlowing = true
  }
  pause(): void {
    this.isFlowing = false
  }
  write(text: string): void {
    this.shown += text
  }
}

function opened(): { readonly typed: Typed; readonly terminal: Terminal } {
  const typed = new Typed()
  const terminal = new Terminal(typed as unknown as ReadStream, typed as unknown as WriteStream)
  terminal.open()
  return { typed, terminal }
}

const nameOf = (key: Key | 'resized' | undefined): string | undefined =>
  typeof key === 'object' ? (key.kind === 'key' ? key.name : key.text) : key

test('what is typed while nobody asks is kept, up to ten thousand keys, and given key by key', async (t) => {
  const { typed, terminal } = opened()
  const next = async () => nameOf(await terminal.nextKey())
  const awaited = next()
  typed.emit('data', 'a\r')
  t.is(await awaited, 'a')
  t.is(await next(), 'enter')
  typed.emit('data', '\t'.repeat(10_001))
  for (let i = 0; i < 10_000; i++) await terminal.nextKey()
  const last = next()
  typed.emit('data', 'b')
  t.is(await last, 'b', 'the one beyond was dropped')
  terminal.close()
})

test('Ctrl-C cancels what runs, with what was typed before it, and is a key where nothing does', async (t) => {
  const { typed, terminal } = opened()
  let canceled = 0
  const result = await terminal.interruptible(
    () => canceled++,
    async () => {
      typed.emit('data', 'before')
      typed.emit('data', `${CTRL_C}behind`)
      return 'done'
    },
  )
  t.deepEqual([result, canceled], ['done', 1])
  t.is(nameOf(await terminal.nextKey()), 'behind')
  typed.emit('data', CTRL_C)
  t.is(nameOf(await terminal.nextKey()), 'ctrl-c')
  t.false(terminal.cancel())
  await t.throwsAsync(
    terminal.interruptible(
      () => canceled++,
      () => Promise.reject(new Error('it failed')),
    ),
    { message: 'it failed' },
  )
  t.false(terminal.cancel(), 'nothing runs any more')
  t.is(canceled, 1)
  terminal.close()
})

test('a window that changes and an input that ends wake who waits, and nobody is awaited behind the end', async (t) => {
  const { typed, terminal } = opened()
  t.deepEqual([terminal.columns, terminal.rows], [80, 24], 'where it does not tell')
  Object.assign(typed, { columns: 100, rows: 30 })
  t.deepEqual([terminal.columns, terminal.rows], [100, 30])
  const resized = terminal.nextKey()
  typed.emit('resize')
  t.is(await resized, 'resized')
  const ended = terminal.nextKey()
  typed.emit('end')
  t.is(await ended, undefined)
  t.is(await terminal.nextKey(), undefined)
  terminal.close()
})

test('a terminal gives keys one by one and marks what is pasted until it is left to others, and is as it was in the end', (t) => {
  const exits = process.listenerCount('exit')
  const { typed, terminal } = opened()
  const state = () => [typed.isRaw, typed.isFlowing, typed.shown.endsWith('\u001b[?2004h')]
  t.deepEqual(state(), [true, true, true])
  terminal.release()
  t.deepEqual(state(), [false, false, false])
  t.true(typed.shown.endsWith('\u001b[?2004l'))
  terminal.take()
  t.deepEqual(state(), [true, true, true])
  t.is(process.listenerCount('exit'), exits + 1)
  terminal.close()
  t.deepEqual(state(), [false, false, false])
  t.deepEqual(typed.eventNames(), [])
  t.is(process.listenerCount('exit'), exits)
})
