import test from 'ava'
import { messageWriter } from '../../columnar/protobuf/message-writer.js'
import { WireWriter } from '../../columnar/protobuf/wire.js'
import type { StoredNested } from '../../columnar/stored-values.js'
import { array, decimal, field, INT, STRING, type StructType, struct } from '../../columnar/types.js'
import { type FieldSaid, type FileSaid, shapeIn } from '../support/protobuf-sets.js'
import { raised } from '../support/raised.js'

const SAME = (a: string, b: string): boolean => a === b

function written(file: FileSaid, type: StructType, value: object): string {
  const to = new WireWriter()
  messageWriter(shapeIn(file).fields, type, SAME)(value as StoredNested, to)
  return to.taken().toString('hex')
}

const list = (one: Partial<FieldSaid> & Pick<FieldSaid, 'kind'>): FileSaid => ({
  messages: [
    { name: 'M', fields: [{ name: 'a', isRepeated: true, ...one }] },
    { name: 'N', fields: [{ name: 'x', kind: 'int32' }] },
  ],
  enums: { E: { A: 0, B: 1 } },
})

test('lists with a NULL in them are not written', async (t) => {
  const cases = [
    [list({ kind: 'int32' }), INT, 1],
    [list({ kind: 'int32', isPacked: true }), INT, 1],
    [list({ kind: 'string' }), STRING, Buffer.from('a')],
    [list({ kind: 'enum', of: 'E' }), STRING, Buffer.from('B')],
    [list({ kind: 'message', of: 'N' }), struct([field('x', INT)]), { x: 1 }],
  ] as const
  for (const [file, element, value] of cases) {
    const type = struct([field('a', array(element))])
    t.notThrows(() => written(file, type, { a: [value, value] }))
    const error = await raised(
      t,
      () => written(file, type, { a: [value, null] }),
      'CANNOT_CONVERT_SQL_VALUE_TO_PROTOBUF_FIELD',
    )
    t.is(error.parameters['data'], 'NULL')
  }
})

test('decimals are written as numbers of 64 bits without a sign, and others are refused', async (t) => {
  const file: FileSaid = { messages: [{ name: 'M', fields: [{ name: 'a', kind: 'uint64' }] }] }
  const type = struct([field('a', decimal(38, 0))])
  t.is(written(file, type, { a: 2n ** 64n - 1n }), '08ffffffffffffffffff01')
  for (const a of [2n ** 64n, -1n])
    await raised(t, () => written(file, type, { a }), 'CANNOT_CONVERT_SQL_VALUE_TO_PROTOBUF_FIELD')
})
