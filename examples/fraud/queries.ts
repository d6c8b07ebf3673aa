import { col, type DataFrame, functions as F, lit, type Session } from '../../api/index.js'
import { BURST_SIZE } from './transactions.js'

const TRANSACTION =
  'tx_id bigint, card_id bigint, customer_id bigint, ts bigint, amount decimal(12,2), country string, sent_at bigint'
/** A payment of more than so many times the usual amount is suspicious. */
const AMOUNT_FACTOR = 7
/** Payments of one card in a minute that honest people do not make. */
const VELOCITY_LIMIT = BURST_SIZE - 2

/** The transactions of a topic as they come. */
export const readTransactions = (session: Session, servers: string, topic: string): DataFrame =>
  transactionsOf(
    session.readStream
      .format('kafka')
      .option('kafka.bootstrap.servers', servers)
      .option('subscribe', topic)
      .option('startingOffsets', 'earliest')
      .option('maxOffsetsPerTrigger', 250_000)
      .load(),
  )

/** Those that are in the topic now. */
export const transactionsSoFar = (session: Session, servers: string, topic: string): DataFrame =>
  transactionsOf(
    session.read.format('kafka').option('kafka.bootstrap.servers', servers).option('subscribe', topic).load(),
  )

/** With their event time. */
function transactionsOf(records: DataFrame): DataFrame {
  return records
    .select(F.fromJson(col('value').cast('string'), TRANSACTION).as('t'))
    .select('t.*')
    .withColumn('at', F.timestampMillis('ts'))
}

/** Payments that break a rule, joined with the customer at rest: the reason, and how far above the usual the amount lies. */
export function ruleAlerts(transactions: DataFrame, customers: DataFrame): DataFrame {
  const isLarge = col('amount').gt(col('usual_amount').multiply(AMOUNT_FACTOR))
  const isForeign = col('country').neq(col('home_country')).and(col('travels').not())
  return transactions
    .join(customers, 'customer_id')
    .filter(isLarge.or(isForeign))
    .select(
      col('tx_id'),
      col('card_id'),
      F.when(isLarge, 'amount').otherwise('foreign').as('reason'),
      col('amount').divide(col('usual_amount')).as('score'),
      col('sent_at'),
    )
    .select(asJson())
}

/** Cards with more payments in a minute than people make, as soon as they have made them. */
export function velocityAlerts(transactions: DataFrame): DataFrame {
  return transactions
    .withWatermark('at', '30 seconds')
    .groupBy(F.window('at', '1 minute').as('window'), 'card_id')
    .agg(F.count().as('payments'), F.sum('amount').as('total'), F.max('sent_at').as('sent_at'))
    .filter(col('payments').geq(lit(VELOCITY_LIMIT)))
    .select(col('window').getField('start').as('minute'), col('card_id'), col('payments'), col('total'), col('sent_at'))
    .select(asJson())
}

/** An alert as the record that goes to the topic. */
const asJson = () => F.toJson(F.struct('*')).as('value')
