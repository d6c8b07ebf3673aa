import test from 'ava'
import { RESULT_ADDRESS, RESULT_LENGTH } from '../../executor/kernels/interface/text.js'
import {
  SHAPE_BIGINT,
  SHAPE_DECIMAL,
  SHAPE_DOUBLE,
  SHAPE_STRING,
} from '../../executor/kernels/interface/text-shapes.js'
import type { TextOptions } from '../../planner/plan/expression/text-options.js'
import { encodeJsonSample } from '../../planner/plan/text-specs/sample-spec.js'
import { kernels, memory } from '../support/evaluate.js'

type Node = readonly [
  kinds: number,
  whole: number,
  scale: number,
  twice: number,
  fields: readonly [string, Node][],
  element: Node | 0,
]

/** The kinds of the fields of lines, by name, or the line that is damaged. */
function fieldsOf(lines: readonly string[], options: TextOptions = {}): Record<string, number> | string {
  const place = (bytes: Uint8Array): number => {
    const address = memory.allocate(bytes.length + 64)
    memory.bytes.set(bytes, address)
    return address
  }
  const texts = lines.map((line) => Buffer.from(line))
  const [spec, at] = [place(encodeJsonSample(options, false)), place(Buffer.concat(texts))]
  const refs = memory.allocate(8 * lines.length)
  const out = memory.allocate(8)
  let next = at
  for (const [i, { length }] of texts.entries()) {
    memory.view.setUint32(refs + 8 * i, next, true)
    memory.view.setUint32(refs + 8 * i + 4, length, true)
    next += length
  }
  const state = kernels.shapesBegin(spec, 0)
  kernels.textShapes(spec, refs, lines.length, state)
  kernels.shapesText(spec, state, out)
  const address = memory.view.getUint32(out + RESULT_ADDRESS, true)
  const length = memory.view.getUint32(out + RESULT_LENGTH, true)
  const [, , root, damaged] = JSON.parse(Buffer.from(memory.bytes.slice(address, address + length)).toString()) as [
    number,
    number,
    Node,
    string | undefined,
  ]
  kernels.shapesRelease(state)
  kernels.arenaReset()
  for (const each of [spec, at, refs, out]) memory.release(each)
  return damaged ?? Object.fromEntries(root[4].map(([name, [kinds]]) => [name, kinds]))
}

test('what comes behind a value of a known kind is taken as that kind only when it is one', (t) => {
  const integers = ['{"a":1}', '{"a":2}']
  const numbers = SHAPE_BIGINT | SHAPE_DOUBLE
  t.deepEqual(fieldsOf([...integers, '{"a":-123456789012345}']), { a: SHAPE_BIGINT })
  for (const other of ['1.5', '-0.25', '1e5', '1E+5', '1.5e5', '0.1234567890123456789', '1.12345678901234'])
    t.deepEqual(fieldsOf([...integers, `{"a":${other}}`]), { a: numbers }, other)
  t.deepEqual(fieldsOf([...integers, '{"a":123456789012345678901234567890}']), { a: SHAPE_BIGINT | SHAPE_DECIMAL })
  t.deepEqual(fieldsOf([...integers, '{"a":"1"}']), { a: SHAPE_BIGINT | SHAPE_STRING })
  for (const wrong of ['01', '1.', '-', '-01', '1.e5', '1e', '1.5.5', '1x', '-.5', '1'])
    t.is(
      fieldsOf([...integers, '{"a":1.5}', `{"a":${wrong}${wrong === '1' ? '' : '}'}`]),
      `{"a":${wrong}${wrong === '1' ? '' : '}'}`,
    )
  const texts = ['{"a":"x"}', '{"a":"y"}']
  t.deepEqual(fieldsOf([...texts, '{"a":1}']), { a: SHAPE_STRING | SHAPE_BIGINT })
  for (const wrong of ['{"a":"x', '{"a":"x\\', '{"a":"\\q"}', '{"a":"\n"}']) t.is(fieldsOf([...texts, wrong]), wrong)
})

test('numbers of known kinds are texts or decimals where options say so', (t) => {
  const lines = ['{"a":1,"b":1.5,"c":"2.5"}', '{"a":2,"b":12.125,"c":"3.5"}', '{"a":3,"b":2.5,"c":"x"}']
  t.deepEqual(fieldsOf(lines, { primitivesAsString: 'true' }), { a: SHAPE_STRING, b: SHAPE_STRING, c: SHAPE_STRING })
  t.deepEqual(fieldsOf(lines, { prefersDecimal: 'true' }), {
    a: SHAPE_BIGINT,
    b: SHAPE_DECIMAL,
    c: SHAPE_DECIMAL | SHAPE_STRING,
  })
})

test('members are known by the whole of their names, however these are written', (t) => {
  for (const name of ['a', 'a b', 'abcdefghijklm', 'abcdefghijklmn', 'abcdefghijklmnopqrstuvwxyz', 'größe', '']) {
    const lines = [
      `{"${name}":1}`,
      `{"${name}" : 2}`,
      `{ "${name}":3}`,
      `{'${name}':4}`,
      `{"${name}x":"x"}`,
      `{"${name}":5}`,
    ]
    t.deepEqual(fieldsOf(lines), { [name]: SHAPE_BIGINT, [`${name}x`]: SHAPE_STRING }, name)
  }
  const last = 'abcdefghijklmnopqrstuvwxyz'
  t.deepEqual(fieldsOf([`{"${last}":1}`, `{"${last.slice(0, -1)}_":"x"}`]), {
    [last]: SHAPE_BIGINT,
    [`${last.slice(0, -1)}_`]: SHAPE_STRING,
  })
  // The name of the first line is what stands between the quotes of the others, which is no name of theirs.
  t.deepEqual(fieldsOf(['{"a\\\\b":1}', '{"a\\b":"x"}']), { 'a\\b': SHAPE_BIGINT, 'a\b': SHAPE_STRING })
  t.is(fieldsOf(['{"a\\":b":1}', '{"a":b":"x"}']), '{"a":b":"x"}')
  t.deepEqual(fieldsOf(['{"a":1,"b":"x"}', '{"a":2']), '{"a":2')
})
