import test from 'ava'
import { Decimal } from '../../columnar/decimal.js'

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
