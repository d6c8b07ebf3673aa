import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import test from 'ava'
import { isSameBag } from '../../bench/tpcds.js'
import { asWritten, tpcdsDirectory } from '../../bench/tpcds-data.js'
import { Decimal } from '../../columnar/decimal.js'

test('results are the same when they have the same rows, in any order', (t) => {
  const theirs = [
    ['a', 1],
    ['b', null],
  ]
  const [a, b] = [
    ['a', 1],
    ['b', null],
  ]
  t.true(isSameBag([b, a], theirs))
  t.false(isSameBag([a, a], theirs))
  t.false(isSameBag([a], theirs))
  t.false(isSameBag([a, b, b], theirs))
})

test('a quotient of decimals is the double that DuckDB has of it, but for what is rounded on the way', (t) => {
  t.true(isSameBag([[Decimal.parse('100.00000000000000000')]], [[100.00000000000001]]))
  t.true(isSameBag([[Decimal.parse('72.15048975957257346')]], [[72.15048975957258]]))
  t.true(isSameBag([[Decimal.parse('100.9828178560132')]], [[100.98281786398813]]))
  t.false(isSameBag([[Decimal.parse('72.15048975957257346')]], [[72.1505]]))
  t.false(isSameBag([[Decimal.parse('72.15')]], [['72.16']]))
})

test('a query is what its file has, by the names of the columns that the tables have', (t) => {
  t.is(asWritten('select c_last_review_date_sk from customer;\n'), 'select c_last_review_date from customer')
})

test('a folder that is named and has no tables is told, and none is made', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'millrace-tpcds-'))
  const before = process.env['TPCDS']
  process.env['TPCDS'] = folder
  try {
    await t.throwsAsync(tpcdsDirectory(), { message: `TPCDS names ${folder}, where there is no store_sales.parquet` })
  } finally {
    if (before === undefined) delete process.env['TPCDS']
    else process.env['TPCDS'] = before
    rmSync(folder, { recursive: true })
  }
})
