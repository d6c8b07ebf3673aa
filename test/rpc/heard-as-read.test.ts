import { Duplex } from 'node:stream'
import test from 'ava'
import { heardAsRead } from '../../proto/rpc/heard-as-read.js'
import type { ControlCall } from '../../proto/rpc/server.js'

const MESSAGES = 1_000

test('who asks without reading the answers is not heard until it reads, and then all that it said', async (t) => {
  let asked = 0
  const unread: (() => void)[] = []
  let isRead = false
  const call = new Duplex({
    objectMode: true,
    read() {
      this.push(asked < MESSAGES ? Buffer.from([asked++ % 256]) : null)
    },
    write(_chunk, _encoding, done) {
      if (isRead) done()
      else unread.push(done)
    },
  })
  let heard = 0
  const ended = new Promise((resolve) => call.on('end', resolve))
  heardAsRead(call as unknown as ControlCall, (bytes) => {
    heard++
    call.write(bytes)
  })
  for (let i = 0; i < MESSAGES; i++) await new Promise(setImmediate)
  t.true(heard <= call.writableHighWaterMark)
  isRead = true
  for (const done of unread) done()
  await ended
  t.is(heard, MESSAGES)
})
