/** The main job: card payments from Kafka, joined with customers at rest, judged by rules and by velocity; what `npm start` runs. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import kafkajs, { type Producer } from 'kafkajs'
import { type DataFrame, Session, type StreamingQuery } from '../../api/index.js'
import { startBrokerProcess } from './broker-process.js'
import { CUSTOMER_SCHEMA, makeCustomers } from './customers.js'
import { ProgressPrinter, progressLine } from './progress.js'
import { readTransactions, ruleAlerts, velocityAlerts } from './queries.js'
import { type Alerts, renderReport, scoreAlerts } from './report.js'
import { TransactionGenerator } from './transactions.js'

const TRANSACTIONS = Number(process.env['FRAUD_TRANSACTIONS'] ?? 1_000_000)
const CUSTOMERS = 20_000
const SEED = 7
const SENT_AT_ONCE = 10_000
/** While the queries run, transactions are sent at this pace, a few at a time. */
const LIVE_PER_SECOND = 40_000
const LIVE_AT_ONCE = 1_000
const MASTER = 'local-cluster[2,1,1024]'

interface Collected extends Alerts {
  readonly transactions: Map<number, string>
  readonly bursts: Set<string>
  readonly latenciesMs: number[]
}

async function run(directory: string): Promise<void> {
  const external = process.env['KAFKA_BOOTSTRAP_SERVERS']
  const broker =
    external === undefined
      ? await startBrokerProcess(join(directory, 'broker'))
      : { servers: external, stop: async () => undefined }
  process.stdout.write(`Kafka: ${external ?? `embedded broker (for development) at ${broker.servers}`}\n`)
  try {
    await runWithBroker(directory, broker.servers)
  } finally {
    await broker.stop()
  }
}

async function runWithBroker(directory: string, servers: string): Promise<void> {
  const run = Date.now()
  const [topic, alertTopic] = [`transactions-${run}`, `alerts-${run}`]
  const kafka = new kafkajs.Kafka({
    brokers: servers.split(','),
    logLevel: kafkajs.logLevel.NOTHING,
    retry: { retries: 3 },
  })
  const admin = kafka.admin()
  await admin.connect()
  await admin.createTopics({
    topics: [
      { topic, numPartitions: 4 },
      { topic: alertTopic, numPartitions: 1 },
    ],
  })
  await admin.disconnect()
  const producer = kafka.producer({ createPartitioner: kafkajs.Partitioners.DefaultPartitioner })
  await producer.connect()
  const session = await Session.builder().master(MASTER).appName('fraud').getOrCreate()
  process.stdout.write(`Session: ${MASTER} (a driver and two executor processes)\n`)
  try {
    await detectFraud(session, producer, { directory, servers, topic, alertTopic })
  } finally {
    await session.stop()
    await producer.disconnect()
  }
}

interface Places {
  readonly directory: string
  readonly servers: string
  readonly topic: string
  readonly alertTopic: string
}

async function detectFraud(session: Session, producer: Producer, places: Places): Promise<void> {
  const { directory, servers, topic } = places
  const customers = makeCustomers(CUSTOMERS, SEED)
  const customerFile = join(directory, 'customers')
  await session.createDataFrame(customers, CUSTOMER_SCHEMA).write.parquet(customerFile)
  const generator = new TransactionGenerator(customers, SEED)
  const backlog = Math.floor(TRANSACTIONS / 2)
  process.stdout.write(`Writing a backlog of ${backlog.toLocaleString('en')} transactions to the topic\n`)
  await send(producer, topic, generator, backlog)

  const found: Collected = { transactions: new Map(), bursts: new Set(), latenciesMs: [] }
  const transactions = readTransactions(session, servers, topic)
  const liveSince = { ms: Number.POSITIVE_INFINITY }
  const toTopic = async (batch: DataFrame): Promise<void> => {
    const rows = await batch.collect()
    if (rows.length > 0)
      await producer.send({ topic: places.alertTopic, messages: rows.map((row) => ({ value: jsonOf(row) })) })
    collect(rows, found, liveSince.ms)
  }
  const start = (alerts: DataFrame, name: string, mode: string): Promise<StreamingQuery> =>
    alerts.writeStream
      .foreachBatch(toTopic)
      .queryName(name)
      .outputMode(mode)
      .option('checkpointLocation', join(directory, name))
      .start()
  const began = performance.now()
  const queries = [
    await start(ruleAlerts(transactions, session.read.parquet(customerFile)), 'rules', 'append'),
    await start(velocityAlerts(transactions), 'velocity', 'update'),
  ]
  const printer = new ProgressPrinter(process.stdout)
  const ticker = setInterval(() => printer.print(queries.map(progressLine).join('  |  ')), 500)
  try {
    await Promise.all(queries.map((query) => query.processAllAvailable()))
    const drainSeconds = (performance.now() - began) / 1000
    liveSince.ms = Date.now()
    await sendPaced(producer, topic, generator, TRANSACTIONS - backlog)
    await Promise.all(queries.map((query) => query.processAllAvailable()))
    for (const query of queries) if (query.exception) throw query.exception
    printer.end()
    const figures = { transactions: TRANSACTIONS, drainSeconds, backlog }
    process.stdout.write(`\n${renderReport(scoreAlerts(generator.truth, found), found, figures)}\n`)
  } finally {
    clearInterval(ticker)
    await Promise.all(queries.map((query) => query.stop()))
  }
}

async function send(producer: Producer, topic: string, generator: TransactionGenerator, count: number): Promise<void> {
  let sent = 0
  while (sent < count) {
    const { messages } = generator.take(Math.min(SENT_AT_ONCE, count - sent), Date.now())
    await producer.send({ topic, messages: [...messages] })
    sent += messages.length
  }
}

/** Sends at a steady pace, never ahead of it. */
async function sendPaced(
  producer: Producer,
  topic: string,
  generator: TransactionGenerator,
  count: number,
): Promise<void> {
  const beganMs = performance.now()
  for (let sent = 0; sent < count; sent += LIVE_AT_ONCE) {
    const dueMs = beganMs + (sent / LIVE_PER_SECOND) * 1000
    await setTimeout(Math.max(0, dueMs - performance.now()))
    await send(producer, topic, generator, Math.min(LIVE_AT_ONCE, count - sent))
  }
}

/** Notes what a batch of alerts says; the same alert again changes nothing. */
function collect(rows: readonly Readonly<Record<string, unknown>>[], found: Collected, liveSinceMs: number): void {
  const nowMs = Date.now()
  for (const row of rows) {
    if ('tx_id' in row) found.transactions.set(Number(row['tx_id']), String(row['reason']))
    else found.bursts.add(`${row['card_id']}@${(row['minute'] as Date).getTime() / 60_000}`)
    const sentAtMs = Number(row['sent_at'])
    if (sentAtMs >= liveSinceMs) found.latenciesMs.push(nowMs - sentAtMs)
  }
}

const jsonOf = (row: object): string =>
  JSON.stringify(row, (_key, value: unknown) => (typeof value === 'bigint' ? Number(value) : value))

const directory = await mkdtemp(join(tmpdir(), 'millrace-fraud-'))
const cleanUp = (): Promise<void> => rm(directory, { recursive: true, force: true })
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => void cleanUp().finally(() => process.exit(1)))
}
try {
  await run(directory)
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`)
  process.exitCode = 1
} finally {
  await cleanUp()
}
