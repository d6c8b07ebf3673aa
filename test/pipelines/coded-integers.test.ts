import test from 'ava'
import { threadMemory } from '../../executor/memory/linear-memory.js'
import { IntegerCoder } from '../../executor/pipelines/coded-integers.js'

const memory = threadMemory()

/** The values of a dictionary after batches, of which the least and the greatest values are told. */
function valuesAfter(
  width: 4 | 8,
  ranges: readonly (readonly [bigint, bigint])[],
  isInFull = false,
): readonly bigint[] {
  const coder = new IntegerCoder(memory, width)
  for (const [least, greatest] of ranges) coder.add(least, greatest)
  if (isInFull) coder.giveUp()
  const held = coder.finish()
  const { address, entries } = coder.dictionary
  const values = Array.from({ length: entries }, (_, code) =>
    width === 8
      ? memory.view.getBigInt64(address + code * 8, true)
      : BigInt(memory.view.getInt32(address + code * 4, true)),
  )
  for (const { addresses } of held) for (const held of addresses) memory.release(held)
  return values
}

test('integers between the least and the greatest of all batches have codes', (t) => {
  t.deepEqual(
    valuesAfter(4, [
      [-1n, 0n],
      [1n, 2n],
      [-2n, -2n],
    ]),
    [-2n, -1n, 0n, 1n, 2n],
  )
  const far = 1n << 60n
  t.deepEqual(
    valuesAfter(8, [
      [far + 2n, far + 2n],
      [far, far + 1n],
    ]),
    [far, far + 1n, far + 2n],
  )
})

test('a column has no codes with more values than are worth it, without batches, or when one batch is kept in full', (t) => {
  t.is(
    valuesAfter(8, [
      [5n, 5n],
      [5n, 4100n],
    ]).length,
    4096,
  )
  t.is(
    valuesAfter(8, [
      [5n, 5n],
      [5n, 4101n],
    ]).length,
    0,
  )
  t.is(valuesAfter(4, []).length, 0)
  t.is(valuesAfter(4, [[0n, 1n]], true).length, 0)
})
