import { type Column, col, type DataFrame, functions as F, type Session, Window } from '../../api/index.js'

const VISIT = 'email string, page string, at timestamp'
/** By what they spent: a quarter of those who bought anything. */
const SEGMENTS = ['top', 'good', 'fair', 'small']

/** An address as it is compared: people type it in capitals and with spaces. */
const address = (): Column => F.lower(F.trim(col('email')))

/** Each person once, as the newest entry of the CRM has them, with the numbers of all entries. */
export function people(crm: DataFrame): DataFrame {
  return crm
    .groupBy(address().as('person'))
    .agg(F.maxBy('name', 'changed').as('name'), F.maxBy('city', 'changed').as('city'), F.collectSet('id').as('ids'))
}

/** What each person ordered, under whichever of their numbers. */
export function spending(persons: DataFrame, orders: DataFrame): DataFrame {
  const numbers = persons.select('person', F.explode('ids').as('customer'))
  return orders
    .join(numbers, 'customer')
    .groupBy('person')
    .agg(
      F.count().as('orders'),
      F.sum('cents').divide(100).cast('decimal(12,2)').as('spent'),
      F.max('at').as('lastOrder'),
    )
    .withColumn('quarter', F.ntile(SEGMENTS.length).over(Window.orderBy(col('spent').desc(), 'person')))
}

/** How many questions of each person are open, and what the last one was about. */
export const support = (tickets: DataFrame): DataFrame =>
  tickets
    .groupBy(address().as('person'))
    .agg(F.countIf(col('closed').isNull()).as('open'), F.maxBy('subject', 'opened').as('lastSubject'))

/** How often each person came, when last, and to which page most. */
export const presence = (visits: DataFrame): DataFrame =>
  visits
    .groupBy(address().as('person'))
    .agg(F.count().as('visits'), F.max('at').as('lastVisit'), F.mode('page', true).as('favourite'))

/** The visits that lie in a folder and those that are put there later, each file once: into a table that is there whole after every batch. */
export async function loadVisits(session: Session, folder: string, table: string, checkpoint: string): Promise<void> {
  const query = await session.readStream
    .schema(VISIT)
    .option('maxFilesPerTrigger', 4)
    .json(folder)
    .writeStream.format('parquet')
    .option('checkpointLocation', checkpoint)
    .trigger({ availableNow: true })
    .start(table)
  await query.awaitTermination()
}

/** All that is known of each person, one row each. */
export function customerView(persons: DataFrame, parts: readonly DataFrame[]): DataFrame {
  const joined = parts.reduce((view, part) => view.join(part, 'person', 'left'), persons.drop('ids'))
  const segment = F.coalesce(
    F.elementAt(F.array(...SEGMENTS.map((name) => F.lit(name))), col('quarter')),
    F.lit('none'),
  )
  return joined.na
    .fill(0, ['orders', 'spent', 'open', 'visits'])
    .withColumn('segment', segment)
    .withColumn('lastSeen', F.greatest('lastOrder', 'lastVisit'))
    .drop('quarter')
}
