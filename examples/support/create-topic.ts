import { setTimeout } from 'node:timers/promises'
import type { Kafka } from 'kafkajs'

const ATTEMPTS = 100
const PAUSE_MS = 100

/** Retries what brokers may not know yet, for ten seconds. */
export async function eventually<T>(attempt: () => Promise<T>): Promise<T> {
  for (let tries = 1; ; tries++) {
    try {
      return await attempt()
    } catch (error) {
      if (tries === ATTEMPTS) throw error
      await setTimeout(PAUSE_MS)
    }
  }
}

/** Creates a topic and waits until all its partitions have leaders. */
export async function createTopic(kafka: Kafka, topic: string, numPartitions: number): Promise<void> {
  const admin = kafka.admin()
  await admin.connect()
  try {
    // kafkajs's own wait ends with an error while the broker that answers does not know the topic yet.
    await admin.createTopics({ topics: [{ topic, numPartitions }], waitForLeaders: false })
    await eventually(async () => {
      const { topics } = await admin.fetchTopicMetadata({ topics: [topic] })
      const led = topics[0]!.partitions.filter(({ leader }) => leader >= 0).length
      if (led < numPartitions) throw new Error(`${led} of the ${numPartitions} partitions of ${topic} have leaders`)
    })
  } finally {
    await admin.disconnect()
  }
}
