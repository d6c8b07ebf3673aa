import test from 'ava'
import fc from 'fast-check'
import { fromTaggedJson, toTaggedJson } from '../../common/tagged-json.js'

test('plain data survives tagged JSON, with bigint, bytes, NaN, infinities, -0 and names that look like tags', (t) => {
  const { tree } = fc.letrec((tie) => ({
    tree: fc.oneof(
      { maxDepth: 4 },
      fc.constantFrom(null, true, -0, Number.NaN, Number.POSITIVE_INFINITY, '', '$'),
      fc.double(),
      fc.bigInt(),
      fc.string(),
      fc.uint8Array(),
      fc.array(tie('tree')),
      fc
        .dictionary(fc.constantFrom('a', '$bigint', '$number', '$bytes', '$$x', '$'), tie('tree'))
        .map((o) => ({ ...o })),
    ),
  }))
  fc.assert(fc.property(tree, (value) => t.deepEqual(fromTaggedJson(toTaggedJson(value)), value)))
})

test('a tag is known also where its name is written by numbers, and not within a text', (t) => {
  t.is(fromTaggedJson('{"\\u0024bigint":"7"}'), 7n)
  t.deepEqual(fromTaggedJson('[{"a":"{\\"$bigint\\":\\"7\\"}"},{"a":{"$bigint":"7"}}]'), [
    { a: '{"$bigint":"7"}' },
    { a: 7n },
  ])
})
