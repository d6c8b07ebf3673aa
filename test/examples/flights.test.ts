import { fileURLToPath } from 'node:url'
import test from 'ava'
import { startProgram } from '../support/cli.js'
import { duckdbRows } from '../support/duckdb.js'
import { matchesGolden } from '../support/golden.js'

const MAIN = fileURLToPath(new URL('../../examples/flights/main.js', import.meta.url))

const FLIGHTS = fileURLToPath(new URL('../../../node_modules/vega-datasets/data/flights-3m.parquet', import.meta.url))

test('the flights tell when to fly, which routes to avoid and which airports are busy', async (t) => {
  const { output, closed } = startProgram(MAIN, [])
  t.deepEqual(await closed, [0, null], output.err)
  matchesGolden(t, 'examples/flights.txt', output.text)
  const hours = [...output.text.matchAll(/^\| +(\d+)\| *(\d+)\| *[\d.-]+\| *([\d.]+)\|$/gm)]
  const theirs = await duckdbRows(
    `select hour(date), count(*), round(avg((delay > 15)::int) * 100, 1) from '${FLIGHTS}' group by 1 order by 1`,
  )
  t.deepEqual(
    hours.map(([, hour, flights, late]) => [hour!, flights!, Number(late)]),
    theirs,
  )
})
