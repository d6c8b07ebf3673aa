/**
 * The weather of a city by months (CSV), as Arrow for two libraries of charts and tables: Arquero goes on computing, and Vega draws it as an SVG file.
 * `node dist/examples/charts/main.js [weather.csv] [chart.svg]`; a file of `vega-datasets` unless another one is given.
 */
import { writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { tableToIPC } from 'apache-arrow'
import { desc, fromArrow } from 'arquero'
import { parse, View } from 'vega'
import { compile } from 'vega-lite'
import { Session } from '../../api/index.js'
import { months } from './queries.js'

const OWN_FILE = fileURLToPath(new URL('../data/seattle-weather.csv', import.meta.resolve('vega-datasets')))
const [weatherFile = OWN_FILE, chartFile] = process.argv.slice(2)

const session = await Session.builder().appName('charts').getOrCreate()
try {
  const weather = session.read.options({ header: true, inferSchema: true }).csv(weatherFile)
  const table = await months(weather).toArrow()

  const wettest = fromArrow(tableToIPC(table)).orderby(desc('wet')).slice(0, 3)
  for (const { month, wet } of wettest.objects() as { month: number; wet: number }[])
    console.log(`month ${month}: ${Math.round(wet * 100)} % of its days are wet`)

  const { spec } = compile({
    data: { values: table.toArray().map((row) => row.toJSON()) },
    mark: 'bar',
    encoding: {
      x: { field: 'month', type: 'ordinal' },
      y: { field: 'warmest', type: 'quantitative', title: 'warmest of a day (°C)' },
      color: { field: 'wet', type: 'quantitative', title: 'wet days' },
    },
  })
  const svg = await new View(parse(spec), { renderer: 'none' }).toSVG()
  if (chartFile !== undefined) writeFileSync(chartFile, svg)
  console.log(`${table.numRows} bars${chartFile === undefined ? '' : ` in ${chartFile}`}`)
} finally {
  await session.stop()
}
