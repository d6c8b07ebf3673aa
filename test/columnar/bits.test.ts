import test from 'ava'
import fc from 'fast-check'
import { bitmapBytes, bitsAt, commonBits, copyBits, countBits, isSet } from '../../columnar/columns/bits.js'

const bitsOf = (bitmap: Uint8Array, rows: number): readonly boolean[] =>
  Array.from({ length: rows }, (_, row) => isSet(bitmap, row))

function bitmapOf(bits: readonly boolean[]): Uint8Array {
  const bitmap = new Uint8Array(bitmapBytes(bits.length))
  for (const [row, bit] of bits.entries()) if (bit) bitmap[row >> 3]! |= 1 << (row & 7)
  return bitmap
}

test('every byte has as many bits as it has, and those that two have in common', (t) => {
  for (let byte = 0; byte < 256; byte++) {
    const bits = bitsOf(Uint8Array.of(byte), 8)
    t.is(countBits(Uint8Array.of(byte)), bits.filter((bit) => bit).length, String(byte))
    t.is(countBits(Uint8Array.of(byte, 255, byte)), 2 * bits.filter((bit) => bit).length + 8)
  }
  t.deepEqual(commonBits(Uint8Array.of(0b1100, 255), Uint8Array.of(0b1010, 1)), Uint8Array.of(0b1000, 1))
})

test('some bits of a bitmap, wherever they begin, are those of their rows and none behind the last', (t) => {
  const rows = fc.array(fc.boolean(), { maxLength: 70 })
  fc.assert(
    fc.property(rows, fc.nat(70), fc.nat(70), fc.nat(20), (all, a, b, at) => {
      const [from, until] = [Math.min(a, b, all.length), Math.min(Math.max(a, b), all.length)]
      const wanted = all.slice(from, until)
      const part = bitsAt(bitmapOf(all), from, wanted.length)
      t.deepEqual(part, bitmapOf(wanted))
      const target = new Uint8Array(20)
      copyBits(bitmapOf(all), from, wanted.length, target, at, 0, 1)
      const before = Array<boolean>(8 + at).fill(false)
      t.deepEqual(bitsOf(target, 8 + at + wanted.length), [...before, ...wanted])
      t.is(countBits(target), wanted.filter((bit) => bit).length)
    }),
    { numRuns: 500 },
  )
})
