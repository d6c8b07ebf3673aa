import test from 'ava'
import { FrameReceiver } from '../../connectors/kafka/client/frame-receiver.js'
import { ResponseBuffers } from '../../connectors/kafka/client/response-buffers.js'
import { Random } from '../support/random.js'

const HALL = 16 * 1024

function frameOf(bytes: number, fill: number): Buffer {
  const frame = Buffer.alloc(4 + bytes, fill)
  frame.writeInt32BE(bytes)
  return frame
}

/** Hands over `stream` in pieces of at most `most()` bytes, as a socket would. */
function receive(receiver: FrameReceiver, stream: Buffer, most: () => number): void {
  for (let at = 0; at < stream.length; ) {
    const room = receiver.room()
    const count = Math.min(room.length, most(), stream.length - at)
    stream.copy(room, 0, at, at + count)
    receiver.received(count)
    at += count
  }
}

test('responses come out whole and in order, wherever the stream is cut', (t) => {
  const random = new Random(7)
  const edges = [0, 1, HALL - 5, HALL - 4, HALL - 3, HALL, HALL + 1, 3 * HALL, 300 * 1024]
  for (let round = 0; round < 60; round++) {
    const sent = Array.from({ length: 12 }, (_, i) => frameOf(random.pick(edges), i + 1))
    const got: Buffer[] = []
    const widths = [random.integer(1, 5), random.integer(1, HALL), 1 << 20]
    const width = widths[round % widths.length]!
    receive(new FrameReceiver((frame) => got.push(frame)), Buffer.concat(sent), () => random.integer(1, width))
    t.is(got.length, sent.length)
    for (const [i, frame] of sent.entries()) t.true(frame.equals(got[i]!), `round ${round}, frame ${i}`)
  }
})

test('a length that no response has is refused before memory is taken for it', (t) => {
  for (const length of [-1, -100_000, 256 * 1024 * 1024 + 1, 0x7fff_ffff]) {
    const head = Buffer.alloc(4)
    head.writeInt32BE(length)
    const receiver = new FrameReceiver(() => t.fail())
    const error = t.throws(() => receive(receiver, head, () => 2))
    t.true(error?.message.includes(`its length is ${length}`))
  }
})

test('memory of a large response is used again once it was given back, and not before', (t) => {
  const buffers = new ResponseBuffers()
  const first = buffers.take(3_000_000)
  const second = buffers.take(3_000_000)
  t.not(first.buffer, second.buffer)
  buffers.giveBack(first.subarray(20, 40))
  t.not(buffers.take(30_000_000).buffer, first.buffer, 'too small for that')
  const again = buffers.take(2_900_000)
  t.is(again.buffer, first.buffer)
  t.is(again.length, 2_900_000)
  t.not(buffers.take(2_900_000).buffer, first.buffer)
})

test('memory of small responses is left to the collector, and no more than four large ones are kept', (t) => {
  const buffers = new ResponseBuffers()
  const small = buffers.take(100)
  buffers.giveBack(small)
  t.not(buffers.take(100).buffer, small.buffer)
  const large = Array.from({ length: 6 }, () => buffers.take(1_000_000))
  for (const buffer of large) buffers.giveBack(buffer)
  const taken = large.map(() => buffers.take(1_000_000).buffer)
  t.is(large.filter(({ buffer }) => taken.includes(buffer)).length, 4)
})
