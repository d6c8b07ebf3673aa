import { col, type DataFrame, functions as F, Window } from '../../api/index.js'

/** Minutes from which on a flight counts as late. */
const LATE_MINUTES = 15
/** Routes with fewer flights say little. */
const LEAST_FLIGHTS = 1000

const isLate = F.when(col('delay').gt(LATE_MINUTES), 1).otherwise(0)
const percentLate = F.round(F.avg(isLate).multiply(100), 1)

/** When to fly: how late flights of each hour of departure are. */
export function delaysByHour(flights: DataFrame): DataFrame {
  return flights
    .groupBy(F.hour('date').as('hour'))
    .agg(F.count().as('flights'), F.round(F.avg('delay'), 1).as('minutes'), percentLate.as('percent_late'))
    .orderBy('hour')
}

/** The routes with the greatest share of late flights, with the names of their cities. */
export function worstRoutes(flights: DataFrame, airports: DataFrame, count: number): DataFrame {
  const city = (code: string): DataFrame => airports.select(col('iata').as(code), col('city').as(`${code}_city`))
  return flights
    .groupBy('origin', 'destination')
    .agg(F.count().as('flights'), percentLate.as('percent_late'))
    .filter(col('flights').geq(LEAST_FLIGHTS))
    .join(F.broadcast(city('origin')), 'origin')
    .join(F.broadcast(city('destination')), 'destination')
    .select(
      F.concatWs(' ', 'origin', 'origin_city', F.lit('to'), 'destination', 'destination_city').as('route'),
      'flights',
      'percent_late',
    )
    .orderBy(col('percent_late').desc(), 'route')
    .limit(count)
}

/** The busiest airport of each state; of these the first ones. */
export function busiestOfStates(flights: DataFrame, airports: DataFrame, count: number): DataFrame {
  const place = F.rowNumber().over(Window.partitionBy('state').orderBy(col('flights').desc(), col('iata')))
  return flights
    .groupBy(col('origin').as('iata'))
    .agg(F.count().as('flights'), F.round(F.avg('distance'), 0).cast('int').as('miles'))
    .join(F.broadcast(airports), 'iata')
    .withColumn('place', place)
    .filter(col('place').eq(1))
    .select('state', 'name', 'flights', 'miles')
    .orderBy(col('flights').desc(), 'state')
    .limit(count)
}
