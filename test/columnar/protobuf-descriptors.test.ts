import test from 'ava'
import type { ProtoKind } from '../../columnar/protobuf/descriptor.js'
import { messageReader } from '../../columnar/protobuf/message-reader.js'
import { parseDescriptors } from '../../columnar/protobuf/parse-descriptors.js'
import { type ProtoReading, TooLarge, Unknown } from '../../columnar/protobuf/shape.js'
import { specBytes, specOf } from '../../columnar/protobuf/spec.js'
import { Malformed } from '../../columnar/protobuf/wire.js'
import { bytesOf, type FieldSaid, type FileSaid, type MessageSaid, setOf, shapeIn } from '../support/protobuf-sets.js'

const one = (field: FieldSaid): FileSaid => ({ messages: [{ name: 'M', fields: [field] }] })
const usualIn = (kind: ProtoKind, usual: string): unknown => {
  const { fields, type } = shapeIn(one({ name: 'a', kind, usual }))
  return (messageReader(fields, type, false)(new Uint8Array()) as { readonly a: unknown }).a
}

test('what a field is without being there is told by a text of its kind', (t) => {
  t.is(usualIn('fixed32', '4000000000'), -294967296n)
  t.is(usualIn('uint32', '4000000000'), -294967296n)
  t.is(usualIn('sint32', '-5'), -5n)
  t.is(usualIn('fixed64', '18446744073709551615'), -1n)
  t.is(usualIn('double', '-inf'), Number.NEGATIVE_INFINITY)
  t.is(usualIn('float', 'nan'), Number.NaN)
  t.is(usualIn('bool', 'true'), true)
  const refused = [
    ['int32', 'abc'],
    ['int32', ''],
    ['int32', '2147483648'],
    ['uint32', '-1'],
    ['int64', '1'.repeat(100)],
    ['double', 'x'],
    ['double', ''],
    ['bool', 'yes'],
    ['message', '1'],
  ] as const
  for (const [kind, usual] of refused)
    t.throws(() => parseDescriptors(setOf(one({ name: 'a', kind, usual }))), { instanceOf: Malformed }, usual)
})

test('enumerations have the value that a field is without being there', (t) => {
  const file = (usual: string | undefined, values: Readonly<Record<string, number>>): FileSaid => ({
    ...one({ name: 'a', kind: 'enum', of: 'E', ...(usual === undefined ? {} : { usual }) }),
    enums: { E: values },
  })
  t.notThrows(() => shapeIn(file('B', { A: 0, B: 1 })))
  t.throws(() => shapeIn(file('C', { A: 0, B: 1 })), { instanceOf: Unknown })
  t.throws(() => shapeIn(file(undefined, {})), { instanceOf: Unknown })
})

test('fields have numbers that tags can have', (t) => {
  const numbered = (number: number) => () => parseDescriptors(setOf(one({ name: 'a', kind: 'int32', number })))
  t.notThrows(numbered(2 ** 29 - 1))
  for (const number of [0, 2 ** 29]) t.throws(numbered(number), { instanceOf: Malformed })
})

const time = (seconds: Partial<FieldSaid>, nanos: Partial<FieldSaid> = {}) =>
  shapeIn({
    messages: [
      { name: 'M', fields: [{ name: 'at', kind: 'message', of: 'Timestamp' }] },
      {
        name: 'Timestamp',
        fields: [
          { name: 'seconds', kind: 'int64', ...seconds },
          { name: 'nanos', kind: 'int32', ...nanos },
        ],
      },
    ],
    enums: { E: { A: 0 } },
  }).type.fields[0]!.type.kind

test('a message is a time whose seconds and nanoseconds are integers', (t) => {
  t.is(time({}), 'timestamp')
  t.is(time({ kind: 'string' }), 'struct')
  t.is(time({ kind: 'enum', of: 'E' }), 'struct')
  t.is(time({ isRepeated: true }), 'struct')
  t.is(time({}, { kind: 'int64' }), 'struct')
})

test('entries of maps and wrappers are made of what can be there once', (t) => {
  const entry =
    (key: Partial<FieldSaid>, value: Partial<FieldSaid> = {}) =>
    () =>
      shapeIn({
        messages: [
          { name: 'M', fields: [{ name: 'm', kind: 'message', of: 'E', isRepeated: true }] },
          {
            name: 'E',
            isEntry: true,
            fields: [
              { name: 'key', kind: 'int32', ...key },
              { name: 'value', kind: 'int32', ...value },
            ],
          },
        ],
      })
  t.notThrows(entry({}))
  t.throws(entry({ kind: 'message', of: 'M' }), { instanceOf: Unknown })
  t.throws(entry({ isRepeated: true }), { instanceOf: Unknown })
  t.throws(entry({}, { isRepeated: true }), { instanceOf: Unknown })
  t.throws(entry({}, { usual: '1' }), { instanceOf: Unknown })
  const name = 'google.protobuf.Int32Value'
  const wrapped = { name, fields: [{ name: 'value', kind: 'message', of: name }] } as const
  t.throws(() => shapeIn({ messages: [wrapped] }, { unwraps: true }), { instanceOf: Unknown })
})

test('messages are declared in each other a hundred deep, whatever they are called', (t) => {
  const deep = (levels: number, name: string): FileSaid => {
    let message: MessageSaid = { name }
    for (let i = 1; i < levels; i++) message = { name, nested: [message] }
    return { messages: [message] }
  }
  for (const name of ['', 'M']) {
    t.notThrows(() => parseDescriptors(setOf(deep(100, name))))
    t.throws(() => parseDescriptors(setOf(deep(101, name))), { instanceOf: Malformed })
  }
})

test('messages lie in each other a hundred deep', (t) => {
  const chain = (levels: number): FileSaid => ({
    messages: Array.from({ length: levels }, (_, i) => ({
      name: `M${i}`,
      fields: i === levels - 1 ? [{ name: 'v', kind: 'int32' }] : [{ name: 'm', kind: 'message', of: `M${i + 1}` }],
    })),
  })
  t.notThrows(() => shapeIn(chain(100)))
  for (const levels of [101, 5000]) t.throws(() => shapeIn(chain(levels)), { instanceOf: TooLarge })
})

test('a message has ten thousand fields with those of the messages in it', (t) => {
  const wide = (outer: number): FileSaid => ({
    messages: [
      { name: 'M', fields: Array.from({ length: outer }, (_, i) => ({ name: `m${i}`, kind: 'message', of: 'N' })) },
      { name: 'N', fields: Array.from({ length: 99 }, (_, i) => ({ name: `v${i}`, kind: 'int32' })) },
    ],
  })
  t.notThrows(() => shapeIn(wide(100)))
  t.throws(() => shapeIn(wide(101)), { instanceOf: TooLarge })
})

test('editions are refused', (t) => {
  const { messages } = one({ name: 'a', kind: 'int32' })
  t.throws(() => parseDescriptors(setOf({ messages, edition: 1000 })), { instanceOf: Malformed })
})

test('an enumeration is told once, of however many fields it is, and descriptions have a bound', (t) => {
  const file = (fields: number, values: number, prefix = 'a value'): FileSaid => ({
    messages: [
      { name: 'M', fields: Array.from({ length: fields }, (_, i) => ({ name: `e${i}`, kind: 'enum', of: 'E' })) },
    ],
    enums: { E: Object.fromEntries(Array.from({ length: values }, (_, i) => [`${prefix} ${i}`, i])) },
  })
  const told = (fields: number, values: number, prefix?: string): Uint8Array =>
    specBytes({ fields: shapeIn(file(fields, values, prefix)).fields, tellsUsual: false, failsFast: true })
  const [few, many] = [told(1, 1000).length, told(100, 1000).length]
  t.true(many < 2 * few, `${few} and ${many} bytes`)
  const { fields, type } = shapeIn(file(2, 3))
  const again = specOf<ProtoReading>(specBytes({ fields, tellsUsual: true, failsFast: false }))
  t.deepEqual(again, { fields, tellsUsual: true, failsFast: false })
  t.is(again.fields[0]!.enum, again.fields[1]!.enum)
  t.truthy(messageReader(again.fields, type, false)(bytesOf([1, 2])))
  t.throws(() => told(1, 5000, 'x'.repeat(1000)), { instanceOf: TooLarge })
})
