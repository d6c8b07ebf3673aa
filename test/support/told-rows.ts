import { join } from 'node:path'
import type { AnyRow, DataFrame } from '../../api/index.js'
import type { StreamingQuery } from '../../api/stream/streaming-query.js'
import type { StreamPlace } from './streams.js'

/* Streams whose rows are texts in a column `what`, told as they come. */

/** Sends events to a topic as JSON. */
export const sendEvents = (place: StreamPlace, events: readonly object[], topic = 'events'): Promise<void> =>
  place.send(
    topic,
    events.map((event) => JSON.stringify(event)),
  )

const telling = (
  frame: DataFrame<AnyRow>,
  place: StreamPlace,
  mode: 'append' | 'update',
  tell: (what: string) => void,
) =>
  frame.writeStream
    .outputMode(mode)
    .foreachBatch(async (batch) => {
      for (const { what } of await batch.collect()) tell(String(what))
    })
    .option('checkpointLocation', join(place.directory, 'checkpoint'))

/** Runs a stream until it has what there is. */
export async function drainedTexts(
  place: StreamPlace,
  frame: DataFrame<AnyRow>,
  mode: 'append' | 'update' = 'update',
): Promise<{ readonly told: readonly string[]; readonly query: StreamingQuery }> {
  const told: string[] = []
  const query = await telling(frame, place, mode, (what) => told.push(what))
    .trigger({ availableNow: true })
    .start()
  await query.awaitTermination()
  return { told, query }
}

/** A stream that may be started again and again; `until` waits for so many rows more, and takes all that have come. */
export function toldStream(place: StreamPlace, frame: DataFrame<AnyRow>) {
  const told: string[] = []
  let arrived = (): void => undefined
  const start = (): Promise<StreamingQuery> =>
    telling(frame, place, 'update', (what) => {
      told.push(what)
      arrived()
    }).start()
  const until = async (count: number): Promise<readonly string[]> => {
    while (told.length < count)
      await new Promise<void>((resolve) => {
        arrived = resolve
      })
    return told.splice(0)
  }
  return { told, start, until }
}
