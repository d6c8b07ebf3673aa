import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import test from 'ava'
import { startProgram } from '../support/cli.js'
import { duckdbRows } from '../support/duckdb.js'

const MAIN = fileURLToPath(new URL('../../examples/charts/main.js', import.meta.url))
const WEATHER = fileURLToPath(new URL('../../../node_modules/vega-datasets/data/seattle-weather.csv', import.meta.url))

test('Arquero and Vega take results as Arrow', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'charts-'))
  t.teardown(() => rmSync(folder, { recursive: true }))
  const chart = join(folder, 'chart.svg')
  const { output, closed } = startProgram(MAIN, [WEATHER, chart])
  t.deepEqual(await closed, [0, null], output.err)
  const theirs = await duckdbRows(
    `select month(date), round(avg((precipitation > 0)::int) * 100)::int from '${WEATHER}' group by 1 order by avg((precipitation > 0)::int) desc limit 3`,
  )
  const lines = output.text.split('\n')
  t.deepEqual(
    lines.slice(0, 3),
    theirs.map(([month, wet]) => `month ${month}: ${wet} % of its days are wet`),
  )
  t.is(lines[3], `12 bars in ${chart}`)
  const svg = readFileSync(chart, 'utf8')
  t.is([...svg.matchAll(/aria-roledescription="bar"/g)].length, 12)
})
