import { col, type DataFrame, functions as F } from '../../api/index.js'

/** Of each month of the year the mean of the warmest hours of its days, and the share of days with rain or snow. */
export function months(weather: DataFrame): DataFrame {
  const isWet = F.when(col('precipitation').gt(0), 1).otherwise(0)
  return weather
    .groupBy(F.month('date').as('month'))
    .agg(F.count().cast('int').as('days'), F.avg('temp_max').as('warmest'), F.avg(isWet).as('wet'))
    .orderBy('month')
}
