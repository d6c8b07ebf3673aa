/** The main job: card payments from Kafka, joined with customers at rest, judged by rules and by velocity; what `npm start` runs. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import kafkajs, { type Producer } from 'kafkajs'
import { type DataFrame, Session, type StreamingQuery } from '../../api/index.js'
import { createTopic } from '../support/create-topic.js'
import { childrenOf } from '../support/processes.js'
import { AlertReader } from './alert-reader.js'
import { startBrokerProcess } from './broker-process.js'
import { CUSTOMER_SCHEMA, makeCustomers } from './customers.js'
import { ProgressPrinter, progressLine } from './progress.js'
import { readTransactions, ruleAlerts, transactionsSoFar, velocityAlerts } from './queries.js'
import { renderReport, scoreAlerts } from './report.js'
import { TransactionGenerator } from './transactions.js'

const TRANSACTIONS = Number(process.env['FRAUD_TRANSACTIONS'] ?? 1_000_000)
const CUSTOMERS = 20_000
const SEED = 7
const SENT_AT_ONCE = 10_000
/** While the queries run, transactions are sent at this pace, a few at a time. */
const LIVE_PER_SECOND = 40_000
const LIVE_AT_ONCE = 1_000
const PROGRESS_MS = 500
const MASTER = 'local-cluster[2,1,1024]'
/** How long an interrupted job is waited for. */
const NOTICE_MS = 5_000

interface Places {
  readonly directory: string
  readonly servers: string
  readonly topic: string
  readonly alertTopic: string
}

/** What has to be ended when the job is interrupted, in the order in which it was started. */
const started: (() => Promise<void>)[] = []

let isInterrupted = false

/** What a shell reports of a program that a signal ended. */
const STATUS = { SIGHUP: 129, SIGINT: 130, SIGTERM: 143 } as const

async function interrupted(signal: keyof typeof STATUS): Promise<void> {
  isInterrupted = true
  // The terminal may be gone: what is printed goes nowhere then.
  if (signal === 'SIGHUP') for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined)
  print('\ninterrupted')
  for (const stop of started.toReversed()) await stop().catch(() => undefined)
  // The job notices at its next step; until then it may still make files.
  await Promise.race([job.catch(() => undefined), setTimeout(NOTICE_MS)])
  await cleanUp()
  process.exit(STATUS[signal])
}

async function run(directory: string): Promise<void> {
  const external = process.env['KAFKA_BOOTSTRAP_SERVERS']
  const broker =
    external === undefined
      ? await startBrokerProcess(join(directory, 'broker'))
      : { servers: external, stop: async () => undefined }
  started.push(broker.stop)
  print(`Kafka: ${external ?? `embedded broker (for development) at ${broker.servers}`}`)
  try {
    const stamp = Date.now()
    const topics = { topic: `transactions-${stamp}`, alertTopic: `alerts-${stamp}` }
    await runWithBroker({ directory, servers: broker.servers, ...topics })
  } finally {
    await broker.stop()
  }
}

async function runWithBroker(places: Places): Promise<void> {
  const brokers = places.servers.split(',')
  const kafka = new kafkajs.Kafka({ brokers, logLevel: kafkajs.logLevel.NOTHING, retry: { retries: 3 } })
  await createTopic(kafka, places.topic, 4)
  await createTopic(kafka, places.alertTopic, 1)
  const producer = kafka.producer({ createPartitioner: kafkajs.Partitioners.DefaultPartitioner })
  await producer.connect()
  const alerts = await AlertReader.start(kafka, places.alertTopic)
  const others = childrenOf(process.pid)
  const session = await Session.builder().master(MASTER).appName('fraud').getOrCreate()
  started.push(() => session.stop())
  print(`Session: ${MASTER} (a driver and two executor processes)`)
  try {
    const executors = childrenOf(process.pid).filter((pid) => !others.includes(pid))
    await detectFraud(session, producer, alerts, { ...places, executors })
  } finally {
    await session.stop()
    await alerts.stop()
    await producer.disconnect()
  }
}

async function detectFraud(
  session: Session,
  producer: Producer,
  alerts: AlertReader,
  places: Places & { readonly executors: readonly number[] },
): Promise<void> {
  const { directory, servers, topic, executors } = places
  const customers = makeCustomers(CUSTOMERS, SEED)
  const customerFile = join(directory, 'customers')
  await session.createDataFrame(customers, CUSTOMER_SCHEMA).write.parquet(customerFile)
  const generator = new TransactionGenerator(customers, SEED)
  const backlog = Math.floor(TRANSACTIONS / 2)
  print(`Writing a backlog of ${backlog.toLocaleString('en')} transactions to the topic`)
  await send(producer, topic, generator, backlog)

  const transactions = readTransactions(session, servers, topic)
  const began = performance.now()
  const queries = [
    await start(ruleAlerts(transactions, session.read.parquet(customerFile)), 'rules', 'append', places),
    await start(velocityAlerts(transactions), 'velocity', 'update', places),
  ]
  const printer = new ProgressPrinter(process.stdout)
  const ticker = setInterval(() => printer.print(queries.map(progressLine).join('  |  ')), PROGRESS_MS)
  try {
    await Promise.all(queries.map((query) => query.processAllAvailable()))
    const drainSeconds = (performance.now() - began) / 1000
    alerts.liveSinceMs = Date.now()
    const rest = TRANSACTIONS - backlog
    await sendPaced(producer, topic, generator, Math.floor(rest / 2))
    killOne(executors)
    await sendPaced(producer, topic, generator, rest - Math.floor(rest / 2))
    await Promise.all(queries.map((query) => query.processAllAvailable()))
    for (const query of queries) if (query.exception) throw query.exception
    printer.end()
    const found = await alerts.caughtUp()
    const due = ruleAlerts(transactionsSoFar(session, servers, topic), session.read.parquet(customerFile))
    const expected = (await due.collect()).map(({ value }) => Number(JSON.parse(String(value)).tx_id))
    const figures = { transactions: TRANSACTIONS, drainSeconds, backlog, expected }
    print(`\n${renderReport(scoreAlerts(generator.truth, found), found, figures)}`)
  } finally {
    clearInterval(ticker)
    await Promise.all(queries.map((query) => query.stop()))
  }
}

/** As a machine that goes down would, without a word. */
function killOne(executors: readonly number[]): void {
  const pid = executors[0]!
  process.kill(pid, 'SIGKILL')
  print(`\nKilled the executor with the process id ${pid}`)
}

/** Writes alerts to their topic, and what is needed to go on after a restart to a checkpoint. */
function start(alerts: DataFrame, name: string, mode: string, places: Places): Promise<StreamingQuery> {
  return alerts.writeStream
    .format('kafka')
    .option('kafka.bootstrap.servers', places.servers)
    .option('topic', places.alertTopic)
    .queryName(name)
    .outputMode(mode)
    .option('checkpointLocation', join(places.directory, name))
    .start()
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

const print = (line: string): void => void process.stdout.write(`${line}\n`)

const directory = await mkdtemp(join(tmpdir(), 'millrace-fraud-'))
const cleanUp = (): Promise<void> => rm(directory, { recursive: true, force: true })
const job = run(directory)
for (const signal of ['SIGHUP', 'SIGINT', 'SIGTERM'] as const) process.once(signal, () => void interrupted(signal))
try {
  await job
  await cleanUp()
} catch (error) {
  // An interrupted job fails, since all that it uses has ended; the signal tells the status then.
  if (!isInterrupted) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`)
    process.exitCode = 1
    await cleanUp()
  }
}
