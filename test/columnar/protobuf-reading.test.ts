import test, { type ExecutionContext } from 'ava'
import { messageReader } from '../../columnar/protobuf/message-reader.js'
import { Malformed, WireReader } from '../../columnar/protobuf/wire.js'
import { bytesOf, type FileSaid, shapeIn } from '../support/protobuf-sets.js'

/** A message with one of enumerations in it. */
const CLOSED: FileSaid = {
  messages: [
    { name: 'M', fields: [{ name: 'm', kind: 'message', of: 'N' }] },
    { name: 'N', fields: [{ name: 'e', kind: 'enum', of: 'E', isRepeated: true }] },
  ],
  enums: { E: { A: 0, B: 1, C: 2 } },
}

test('known values of a closed enumeration stay where others lie between them', (t) => {
  const { fields, type } = shapeIn(CLOSED, { enumsAsNumbers: true })
  const read = messageReader(fields, type, false)
  const packed = (...numbers: readonly number[]) => [1, Uint8Array.from(numbers)] as const
  const cases = [
    [[packed(1, 9, 2)], [1n, 2n]],
    [
      [
        [1, 1],
        [1, 9],
        [1, 2],
      ],
      [1n, 2n],
    ],
    [
      [[1, 1], packed(2, 9, 0), [1, 9], packed(9), packed(1)],
      [1n, 2n, 0n, 1n],
    ],
    [[packed(9)], []],
  ] as const
  for (const [parts, e] of cases) t.deepEqual(read(bytesOf([1, bytesOf(...parts)])), { m: { e } })
  const { fields: own, type: ofOwn } = shapeIn({ ...CLOSED, messages: [CLOSED.messages[1]!] })
  t.throws(() => messageReader(own, ofOwn, false)(bytesOf(packed(1, 9))), { instanceOf: Malformed })
})

test('an unknown value of a closed enumeration leaves there what it would exclude', (t) => {
  const { fields, type } = shapeIn({
    messages: [
      { name: 'M', fields: [{ name: 'm', kind: 'message', of: 'N' }] },
      {
        name: 'N',
        fields: [
          { name: 'e', kind: 'enum', of: 'E', choice: 0 },
          { name: 'v', kind: 'int32', choice: 0 },
        ],
      },
    ],
    enums: { E: { A: 0, B: 1 } },
  })
  const read = messageReader(fields, type, false)
  t.deepEqual(read(bytesOf([1, bytesOf([2, 5], [1, 9])])), { m: { e: undefined, v: 5n } })
  t.deepEqual(read(bytesOf([1, bytesOf([2, 5], [1, 1])])), { m: { e: Buffer.from('B'), v: undefined } })
})

test('a message does not become thousands of values for each of its bytes', (t) => {
  const wide = (usual?: string): FileSaid => ({
    messages: [
      { name: 'M', fields: [{ name: 'm', kind: 'message', of: 'N', isRepeated: true }] },
      {
        name: 'N',
        fields: Array.from({ length: usual === undefined ? 1000 : 1 }, (_, i) => ({
          name: `v${i}`,
          kind: 'string',
          ...(usual === undefined ? {} : { usual }),
        })),
      },
    ],
  })
  const empty = (count: number): Buffer => Buffer.alloc(2 * count, Buffer.of(0x0a, 0))
  const [many, long] = [wide(), wide('x'.repeat(16_000))].map((file) => {
    const { fields, type } = shapeIn(file)
    return messageReader(fields, type, false)
  })
  t.is((long!(empty(900)) as { readonly m: readonly unknown[] }).m.length, 900)
  // Each message has a budget of its own.
  t.notThrows(() => long!(empty(900)))
  for (const read of [many!, long!]) t.throws(() => read(empty(1100)), { instanceOf: Malformed })
})

const malformed = (t: ExecutionContext, hex: string, read: (reader: WireReader) => unknown): void => {
  t.throws(() => read(new WireReader(Buffer.from(hex, 'hex'))), { instanceOf: Malformed }, hex)
}

test('numbers have ten bytes at most', (t) => {
  t.is(new WireReader(Buffer.from(`${'ff'.repeat(9)}01`, 'hex')).varint(), 2n ** 64n - 1n)
  malformed(t, `${'80'.repeat(10)}00`, (reader) => reader.varint())
})

test('lengths are not below zero, nor beyond the end', (t) => {
  malformed(t, `${'ff'.repeat(9)}01`, (reader) => reader.bytes())
  malformed(t, 'ffffffff0f', (reader) => reader.bytes())
  malformed(t, '0200', (reader) => reader.bytes())
})

test('tags have numbers of fields', (t) => {
  t.is(new WireReader(Buffer.from('f8ffffff0f', 'hex')).tag().number, 2 ** 29 - 1)
  malformed(t, '00', (reader) => reader.tag())
})

test('groups lie in each other a hundred deep', (t) => {
  const groups = (depth: number): string => '0b'.repeat(depth) + '0c'.repeat(depth)
  const skip = (reader: WireReader): void => {
    const { number, wire } = reader.tag()
    reader.skip(number, wire)
  }
  t.notThrows(() => skip(new WireReader(Buffer.from(groups(100), 'hex'))))
  malformed(t, groups(101), skip)
  malformed(t, groups(100_000), skip)
  malformed(t, '0b14', skip)
})
