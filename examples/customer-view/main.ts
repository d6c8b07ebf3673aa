/**
 * One row for each customer from what four systems know: entries of a CRM in CSV, some people twice; orders in Parquet; support tickets in
 * JSON; and visits of the web shop, files that a stream reads as they come. `node dist/examples/customer-view/main.js [people]`
 */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Session } from '../../api/index.js'
import { customerView, loadVisits, people, presence, spending, support } from './queries.js'
import { makeShop, type Shop } from './shop.js'

const PEOPLE = Number(process.argv[2] ?? 50_000)
const SEED = 7
const LINES_A_FILE = 5_000
const SHOWN = 10

const directory = await mkdtemp(join(tmpdir(), 'millrace-customers-'))
const within = (name: string): string => join(directory, name)
const session = await Session.builder().appName('customer-view').getOrCreate()

async function writeFiles({ crm, orders, tickets, visits }: Shop): Promise<void> {
  await writeFile(within('crm.csv'), `id,name,email,city,changed\n${crm.join('\n')}\n`)
  await session.createDataFrame(orders, 'customer int, cents int, at timestamp').write.parquet(within('orders'))
  await writeFile(within('tickets.json'), `${tickets.join('\n')}\n`)
  await mkdir(within('visits'))
  for (let from = 0; from < visits.length; from += LINES_A_FILE)
    await writeFile(
      within(`visits/${from / LINES_A_FILE}.json`),
      `${visits.slice(from, from + LINES_A_FILE).join('\n')}\n`,
    )
}

try {
  const shop = makeShop(PEOPLE, SEED)
  await writeFiles(shop)
  console.log(`planted: ${JSON.stringify(shop.planted)}`)

  const crm = session.read
    .option('header', true)
    .schema('id int, name string, email string, city string, changed timestamp')
  const persons = people(crm.csv(within('crm.csv')).toDF()).cache()
  const orders = session.read.parquet(within('orders'))
  const tickets = session.read.schema('email string, subject string, opened timestamp, closed timestamp')
  await loadVisits(session, within('visits'), within('presence'), within('checkpoint'))

  const parts = [
    spending(persons, orders),
    support(tickets.json(within('tickets.json')).toDF()),
    presence(session.read.parquet(within('presence'))),
  ]
  const view = within('view')
  await customerView(persons, parts).write.parquet(view)

  session.read.parquet(view).createOrReplaceTempView('customers')
  await session
    .sql(`
    select segment, count(*) as people, sum(spent) as spent, sum(open) as open, sum(visits) as visits
    from customers group by segment order by spent desc`)
    .show()
  await session
    .sql(`
    select name, city, segment, spent, orders, open, lastSubject, visits, favourite, date(lastSeen) as lastSeen
    from customers order by spent desc, name limit ${SHOWN}`)
    .show(SHOWN, false)
} finally {
  await session.stop()
  await rm(directory, { recursive: true, force: true })
}
