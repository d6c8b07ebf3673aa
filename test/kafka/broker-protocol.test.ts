import test from 'ava'
import { RequestReader } from '../../connectors/kafka/broker/protocol/reader.js'
import { ResponseWriter } from '../../connectors/kafka/broker/protocol/writer.js'
import { Random } from '../support/random.js'

/** Something written, and how to read it back. */
interface Step {
  write(writer: ResponseWriter): unknown
  read(reader: RequestReader): unknown
  readonly value: unknown
}

const UUID = Buffer.from('00112233445566778899aabbccddeeff', 'hex')

function randomStep(random: Random, isFlexible: boolean): Step {
  const text = 'aé千'.repeat(random.pick([0, 1, 3, 40, 200])) + 'x'.repeat(random.integer(0, 30))
  const number = random.integer(-128, 127)
  const bytes = Buffer.from(text)
  return random.pick<Step>([
    { write: (w) => w.string(text), read: (r) => r.string(), value: text },
    { write: (w) => w.nullableString(null), read: (r) => r.nullableString(), value: null },
    { write: (w) => w.boolean(number > 0), read: (r) => r.boolean(), value: number > 0 },
    { write: (w) => w.int8(number), read: (r) => r.int8(), value: number },
    { write: (w) => w.int16(number), read: (r) => r.int16(), value: number },
    { write: (w) => w.int32(number), read: (r) => r.int32(), value: number },
    { write: (w) => w.int64(BigInt(number)), read: (r) => r.int64(), value: BigInt(number) },
    { write: (w) => w.uuid(UUID), read: (r) => r.uuid().toString('hex'), value: UUID.toString('hex') },
    { write: (w) => w.noTags(), read: (r) => r.tags(), value: undefined },
    // A tagged field of a later version is skipped.
    ...(isFlexible
      ? [
          {
            write: (w: ResponseWriter) => w.varint(1).varint(7).varint(16).uuid(UUID),
            read: (r: RequestReader) => r.tags(),
            value: undefined,
          },
        ]
      : []),
    { write: (w) => w.nullableArray(null, () => undefined), read: (r) => r.nullableArray(() => 0), value: null },
    {
      write: (w) => w.nullableArray([text, null], (each) => w.nullableString(each)),
      read: (r) => r.nullableArray(() => r.nullableString()),
      value: [text, null],
    },
    { write: (w) => w.bytes(bytes), read: (r) => r.bytes().toString(), value: text },
    {
      write: (w) => w.array([text, 'end'], (each) => w.string(each)),
      read: (r) => r.array(() => r.string()),
      value: [text, 'end'],
    },
  ])
}

for (const [seed, isFlexible] of [
  [1, false],
  [2, true],
  [3, false],
  [4, true],
] as const) {
  const form = isFlexible ? 'compact' : 'plain'
  test(`what is written in ${form} form is read again, however it meets the ends of buffers (seed ${seed})`, (t) => {
    const random = new Random(seed)
    for (let run = 0; run < 300; run++) {
      const steps = Array.from({ length: random.integer(1, 60) }, () => randomStep(random, isFlexible))
      const writer = isFlexible ? new ResponseWriter().flexible() : new ResponseWriter()
      for (const step of steps) step.write(writer)
      const written = Buffer.concat(writer.parts().filter((part) => Buffer.isBuffer(part)))
      t.is(written.length, writer.length)
      const reader = isFlexible ? new RequestReader(written).flexible() : new RequestReader(written)
      t.deepEqual(
        steps.map((step) => step.read(reader)),
        steps.map(({ value }) => value),
        `run ${run}`,
      )
      t.is(reader.remaining, 0)
    }
  })
}
