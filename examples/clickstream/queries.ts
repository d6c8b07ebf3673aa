import { type Column, col, type DataFrame, functions as F, type Session, Window } from '../../api/index.js'

/** A visit ends when nothing was clicked for so long. */
const PAUSE_SECONDS = 30 * 60
/** What is read of a line; lines that are no such object come in `_corrupt_record`, as they are. */
const CLICK = 'id bigint, user bigint, page string, at timestamp, _corrupt_record string'

/** The raw lines, the broken ones among them; of any columns, since the functions below take those of all steps. */
export const readClicks = (session: Session, path: string): DataFrame => session.read.schema(CLICK).json(path).toDF()

export const brokenLines = (clicks: DataFrame): DataFrame =>
  clicks.filter(col('_corrupt_record').isNotNull()).select(col('_corrupt_record').as('value'))

/** Each click once: clients send again what was not acknowledged. */
export const cleanClicks = (clicks: DataFrame): DataFrame =>
  clicks.filter(col('_corrupt_record').isNull()).drop('_corrupt_record').dropDuplicates(['id'])

/** Numbers the visits of each user: one begins with the first click, and with one after a long pause. */
export function withSessions(clicks: DataFrame): DataFrame {
  const ofUser = Window.partitionBy('user').orderBy('at', 'id')
  const before = F.lag('at').over(ofUser)
  const pause = F.unixTimestamp('at').minus(F.unixTimestamp(before))
  const begins = F.when(before.isNull().or(pause.gt(PAUSE_SECONDS)), 1).otherwise(0)
  return clicks
    .withColumn('begins', begins)
    .withColumn('visit', F.sum('begins').over(ofUser))
    .drop('begins')
    .withColumn('day', F.toDate('at'))
}

/** Of the visits of each day, how many came how far. */
export function funnel(clicks: DataFrame): DataFrame {
  const reached = (page: string): Column => F.countIf(F.arrayContains('pages', F.lit(page)))
  return clicks
    .groupBy('day', 'user', 'visit')
    .agg(F.collectSet('page').as('pages'))
    .groupBy('day')
    .agg(
      F.count().as('visits'),
      reached('/product').as('looked'),
      reached('/cart').as('chose'),
      reached('/purchase').as('bought'),
    )
    .withColumn('percent', F.round(col('bought').divide(col('visits')).multiply(100), 1))
    .orderBy('day')
}
