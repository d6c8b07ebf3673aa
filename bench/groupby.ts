import { tableOf } from './groupby/data.js'
import { measuredQuery, QUESTIONS } from './groupby/questions.js'
import { runInTurn } from './in-turn.js'

const ROWS_OF_RECORD = 10_000_000

/** Groups over ten million rows, from Parquet and from memory, against DuckDB. `GROUPBY` names a part of a question, `GROUPBY_ROWS` another number of rows. */
export async function benchGroupby(): Promise<void> {
  const only = process.env['GROUPBY'] ?? ''
  const rows = Number(process.env['GROUPBY_ROWS'] ?? ROWS_OF_RECORD)
  await runInTurn({
    name: 'groupby',
    title: `Groups of ${rows} rows`,
    tables: { t: tableOf(rows) },
    places: ['parquet', 'memory'],
    contests: QUESTIONS.filter(({ what }) => what.includes(only)).map((question) => ({
      what: question.what,
      query: measuredQuery(question),
      compared: 'select * from result',
    })),
    isOfRecord: only === '' && rows === ROWS_OF_RECORD,
  })
}
