/**
 * Three million flights within the United States (Parquet), joined with airports (CSV): when to fly, which routes to avoid, the busiest airports.
 * `node dist/examples/flights/main.js [flights.parquet] [airports.csv]`; the files of `vega-datasets` unless others are given.
 */
import { fileURLToPath } from 'node:url'
import { Session } from '../../api/index.js'
import { busiestOfStates, delaysByHour, worstRoutes } from './queries.js'

const SHOWN = 8

const ofDataset = (name: string): string =>
  fileURLToPath(new URL(`../data/${name}`, import.meta.resolve('vega-datasets')))
const [flightFile = ofDataset('flights-3m.parquet'), airportFile = ofDataset('airports.csv')] = process.argv.slice(2)

const session = await Session.builder().appName('flights').getOrCreate()
try {
  const flights = session.read.parquet(flightFile)
  const airports = session.read
    .schema('iata string, name string, city string, state string, country string, latitude double, longitude double')
    .option('header', true)
    .csv(airportFile)
    .toDF()
  console.log('When to fly: delays by hour of departure')
  await delaysByHour(flights).show(24)
  console.log('Routes with the most late flights')
  await worstRoutes(flights, airports, SHOWN).show(SHOWN, false)
  console.log('The busiest airport of each state')
  await busiestOfStates(flights, airports, SHOWN).show(SHOWN, false)
} finally {
  await session.stop()
}
