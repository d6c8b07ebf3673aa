import test from 'ava'
import { carriedValue, type Value } from '../../executor/compiler/expression/value.js'
import { i32Constant, i64Constant, type Operand } from '../../executor/compiler/wasm/types.js'

test('every operand of a string is carried into another function, the words that it is among keys included', (t) => {
  const [address, length, isNull] = [i32Constant(1), i32Constant(2), i32Constant(4)]
  const words = [i64Constant(3n), i64Constant(5n)] as const
  const value: Value = { kind: 'bytes', type: { kind: 'string' }, address, length, words, isNull }
  const others = new Map<Operand, Operand>([
    [address, i32Constant(11)],
    [length, i32Constant(12)],
    [words[0], i64Constant(13n)],
    [words[1], i64Constant(15n)],
    [isNull, i32Constant(14)],
  ])
  t.deepEqual(
    carriedValue(value, (operand) => others.get(operand)!),
    {
      ...value,
      address: others.get(address)!,
      length: others.get(length)!,
      words: [others.get(words[0])!, others.get(words[1])!],
      isNull: others.get(isNull)!,
    },
  )
})
