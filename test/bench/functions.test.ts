import test from 'ava'
import { CASES } from '../../bench/functions/cases.js'
import { isSame } from '../../bench/functions.js'

test('results of functions are compared as texts, numbers up to the last bits of a sum, and times', (t) => {
  t.true(isSame('12', '12'))
  t.true(isSame('0.30000000000000004', '0.3'))
  t.false(isSame('12', '13'))
  t.true(isSame('2020-01-02T00:00:00.000Z', '2020-01-02 00:00:00'))
  t.true(isSame('2020-01-02T00:00:00.000Z', '2020-01-02'))
  t.false(isSame('2020-01-02T00:00:00.000Z', '2020-01-03'))
})

test('at least forty functions are measured, each once', (t) => {
  t.true(CASES.length >= 40)
  t.is(new Set(CASES.map(({ what }) => what)).size, CASES.length)
})
