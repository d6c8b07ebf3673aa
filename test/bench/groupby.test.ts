import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import test from 'ava'
import { Session } from '../../api/index.js'
import { tableOf } from '../../bench/groupby/data.js'
import { measuredQuery, QUESTIONS } from '../../bench/groupby/questions.js'
import { isSameAnswer } from '../../bench/in-turn.js'
import { writtenTable } from '../../bench/written-table.js'
import { duckdbRows } from '../support/duckdb.js'

const ROWS = 20_000

test('an answer is the same when each of its values is', (t) => {
  t.true(isSameAnswer(['id001', '12', '0.30000000000000004'], ['id001', '12', '0.3']))
  t.false(isSameAnswer(['id001', '12'], ['id002', '12']))
  t.false(isSameAnswer(['id001', '12'], ['id001', '13']))
  t.false(isSameAnswer(['id001'], ['id001', '13']))
  t.true(isSameAnswer(['0.0'], ['1e-33']))
  t.false(isSameAnswer(['0.0'], ['1e-9']))
})

test('each question about groups has the rows that DuckDB has, and the answer that is measured', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'millrace-groupby-'))
  const session = await Session.builder().master('local[2]').config('log.level', 'error').create()
  try {
    const files = join(folder, 't')
    await writtenTable(session, files, tableOf(ROWS))
    session.read.parquet(files).createOrReplaceTempView('t')
    const setup = [`create view t as select * from '${files}/*.parquet'`]
    for (const question of QUESTIONS) {
      for (const query of [question.groups, measuredQuery(question)]) {
        const ours = textsOf((await session.sql(query).collect()).map((row) => Object.values(row)))
        const theirs = textsOf(await duckdbRows(query, setup))
        t.is(ours.length, theirs.length, query)
        t.true(
          ours.every((row, i) => isSameAnswer(row, theirs[i]!)),
          query,
        )
      }
    }
  } finally {
    await session.stop()
    rmSync(folder, { recursive: true, force: true })
  }
})

/** Rows as texts in one order: by their keys, which come first in each question. */
const textsOf = (rows: readonly (readonly unknown[])[]): string[][] =>
  rows.map((row) => row.map(String)).toSorted((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1))

const keyOf = (row: readonly string[]): string =>
  row.map((value) => (Number.isNaN(Number(value)) ? value : Number(value).toPrecision(9))).join('|')
