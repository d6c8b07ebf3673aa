/**
 * A process that produces records at a rate and consumes what comes of them: `latency-load.js SERVERS FROM TO RATE SECONDS`. Prints how
 * many milliseconds each took, as JSON; those of the first seconds, in which everything is cold, are left out.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import kafkajs from 'kafkajs'

const TICK_MS = 5
const WARM_UP_SECONDS = 5
const PARTITIONS = 4
/** How long the last records are waited for. */
const PATIENCE_MS = 20_000

const [servers = '', from = '', to = '', rate = '', seconds = ''] = process.argv.slice(2)
const kafka = new kafkajs.Kafka({ brokers: servers.split(','), logLevel: kafkajs.logLevel.NOTHING })
const now = (): number => performance.timeOrigin + performance.now()

const consumer = kafka.consumer({ groupId: `latency-${to}`, maxWaitTimeInMs: TICK_MS })
const latencies: number[] = []
let arrived = 0
let began = 0
await consumer.connect()
await consumer.subscribe({ topic: to, fromBeginning: true })
await consumer.run({
  eachBatch: ({ batch }) => {
    const at = now()
    for (const { value } of batch.messages) {
      const sent = Number(value)
      arrived++
      if (sent - began > WARM_UP_SECONDS * 1000) latencies.push(at - sent)
    }
    return Promise.resolve()
  },
})
const producer = kafka.producer({ createPartitioner: kafkajs.Partitioners.DefaultPartitioner })
await producer.connect()
// Connecting takes seconds: counted from before, these would all be sent at once, and what comes of that was part of what is measured.
began = now()
const perPartition = Math.round((Number(rate) * TICK_MS) / 1000 / PARTITIONS)
const ticks = Math.round(((Number(seconds) + WARM_UP_SECONDS) * 1000) / TICK_MS)
const sends: Promise<unknown>[] = []
for (let tick = 0; tick < ticks; tick++) {
  await sleep(Math.max(0, began + tick * TICK_MS - now()))
  const value = String(now())
  const messages = Array.from({ length: perPartition * PARTITIONS }, (_, i) => ({ partition: i % PARTITIONS, value }))
  sends.push(producer.send({ topic: from, acks: 1, messages }))
}
await Promise.all(sends)
const deadline = now() + PATIENCE_MS
while (arrived < ticks * perPartition * PARTITIONS && now() < deadline) await sleep(TICK_MS)
await producer.disconnect()
await consumer.disconnect()
process.stdout.write(JSON.stringify({ sent: ticks * perPartition * PARTITIONS, arrived, latencies }))
