import test from 'ava'
import { Decimal } from '../../columnar/decimal.js'
import { nearestFloat } from '../../columnar/nearest-float.js'

const of = (text: string): Decimal => Decimal.parse(text)

test('decimals are added, subtracted and multiplied exactly', (t) => {
  t.is(String(of('0.1').plus(of('0.20'))), '0.30')
  t.is(String(of('1').minus(of('1.05'))), '-0.05')
  t.is(String(of('-1.5').times(of('0.20'))), '-0.300')
  t.is(String(of('99999999999999999999999999999999999999').plus(of('1'))), '100000000000000000000000000000000000000')
})

test('decimals are compared by value, by compareTo exactly and by operators as numbers', (t) => {
  t.deepEqual(
    ['10', '9.5', '-1', '9.50']
      .map(of)
      .sort((a, b) => a.compareTo(b))
      .map(String),
    ['-1', '9.5', '9.50', '10'],
  )
  t.is(of('1.00').compareTo(of('1')), 0)
  t.true(of('9.5') < of('10'))
  t.is(Number(of('9.5')) * 2, 19)
  t.is(`${of('9.50')}`, '9.50')
  t.is(JSON.stringify([of('9.50')]), '["9.50"]')
})

test('blanks around a number are no part of it, and however many there are take linear time', (t) => {
  t.is(String(of(' \t-1.50\n ')), '-1.50')
  const blanks = ' '.repeat(2_000_000)
  t.is(String(of(`${blanks}1${blanks}`)), '1')
  t.is(Decimal.tryParse(`${blanks}x`), undefined)
  t.is(Decimal.tryParse('1 2'), undefined)
  t.is(Decimal.tryParse(blanks), undefined)
})

test('digits that are lost are rounded half away from zero, on either side of it', (t) => {
  const rounded = (text: string, scale: number): string => String(of(text).withScale(scale))
  for (const [text, expected] of [
    ['0.05', '0.1'],
    ['0.049', '0.0'],
    ['1.25', '1.3'],
    ['1.24999', '1.2'],
    ['99.95', '100.0'],
  ] as const) {
    t.is(rounded(text, 1), expected)
    t.is(rounded(`-${text}`, 1), /^0\.0$/.test(expected) ? expected : `-${expected}`)
  }
  t.is(rounded('-0.5', 0), '-1')
  t.is(rounded('-1.5', 3), '-1.500')
})

test('numbers with exponents are those without, and have no negative scale', (t) => {
  for (const [text, unscaled, scale] of [
    ['1.5e3', 1500n, 0],
    ['-1.5E-3', -15n, 4],
    ['12e0', 12n, 0],
    ['.5', 5n, 1],
    ['5.', 5n, 0],
  ] as const)
    t.like(of(text), { unscaled, scale })
  t.deepEqual([new Decimal(5n, 2), new Decimal(-5n, 1), new Decimal(0n, 2)].map(String), ['0.05', '-0.5', '0.00'])
})

test('a number as written becomes the nearest float, also where its double lies halfway between two', (t) => {
  // Halfway between 1 and the next float; a little beside it, where the double is the same.
  const half = '1.000000059604644775390625'
  t.is(nearestFloat(half), 1)
  t.is(nearestFloat(`${half}00000000000001`), Math.fround(1.0000001))
  t.is(nearestFloat(`-${half}00000000000001`), Math.fround(-1.0000001))
  t.is(nearestFloat('1.00000005960464477539062499999999'), 1)
  t.is(nearestFloat('1000000059604644775390625e-24'), 1)
  t.is(nearestFloat('10000000596046447753906250000001e-31'), Math.fround(1.0000001))
  // Where the float below has an odd last bit, half goes up.
  t.is(nearestFloat('1.000000178813934326171875'), Math.fround(1.0000002384185791))
  t.is(nearestFloat('16777217'), 16_777_216)
  t.is(nearestFloat('16777217.0000000001'), 16_777_218)
  t.is(nearestFloat('1.6777217e7'), 16_777_216)
  t.is(nearestFloat('0.16777217000000001e8'), 16_777_218)
  t.is(nearestFloat('0.000016777217e12'), 16_777_216)
  t.is(nearestFloat('33554434e1'), 335_544_352)
  t.is(nearestFloat('5368712e2'), 536_871_168)
})
