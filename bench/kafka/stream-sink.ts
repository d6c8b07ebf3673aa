import { join } from 'node:path'
import type { Session } from '../../api/index.js'

/** Batches in which a stream writes its topic, so that their commits are part of the time. */
const BATCHES = 8

export type Guarantee = 'exactly-once' | 'at-least-once'

/** Copies a topic into another by a stream. @returns records a second, of the batches without the start of the query */
export async function streamInto(
  session: Session,
  servers: string,
  { from, to, records, guarantee, directory }: StreamedCopy,
): Promise<number> {
  const server = { 'kafka.bootstrap.servers': servers }
  const query = await session.readStream
    .format('kafka')
    .options({
      ...server,
      subscribe: from,
      startingOffsets: 'earliest',
      maxOffsetsPerTrigger: Math.ceil(records / BATCHES),
    })
    .load()
    .select('value')
    .writeStream.format('kafka')
    .options({ ...server, topic: to, deliveryGuarantee: guarantee })
    .option('checkpointLocation', join(directory, `checkpoint-${to}`))
    .trigger({ availableNow: true })
    .start()
  await query.awaitTermination()
  const ms = query.recentProgress.reduce((sum, { batchDuration }) => sum + batchDuration, 0)
  return (records / ms) * 1000
}

interface StreamedCopy {
  readonly from: string
  readonly to: string
  readonly records: number
  readonly guarantee: Guarantee
  readonly directory: string
}
