import test from 'ava'
import { carriedValue, type Value } from '../../executor/compiler/expression/value.js'
import { i32Constant, i64Constant, type Operand } from '../../executor/compiler/wasm/types.js'

test('every operand of a string is carried into another function, the word that stands for it among keys included', (t) => {
  const [address, length, word, isNull] = [i32Constant(1), i32Constant(2), i64Constant(3n), i32Constant(4)]
  const value: Value = { kind: 'bytes', type: { kind: 'string' }, address, length, word, isNull }
  const others = new Map<Operand, Operand>([
    [address, i32Constant(11)],
    [length, i32Constant(12)],
    [word, i64Constant(13n)],
    [isNull, i32Constant(14)],
  ])
  t.deepEqual(
    carriedValue(value, (operand) => others.get(operand)!),
    {
      ...value,
      address: others.get(address)!,
      length: others.get(length)!,
      word: others.get(word)!,
      isNull: others.get(isNull)!,
    },
  )
})
