import { choiceEntry, countEntry, textEntry } from './entry.js'

/** Settings of streaming queries. */
export const STREAMING_CONFIG = {
  streamingCheckpointLocation: textEntry({
    key: 'streaming.checkpointLocation',
    sparkKey: 'spark.sql.streaming.checkpointLocation',
    doc: 'A folder for the checkpoints of streaming queries that are given none: each lies below it under the name of its query, or a random one.',
    defaultText: '',
  }),
  streamingMinBatchesToRetain: countEntry(
    {
      key: 'streaming.minBatchesToRetain',
      sparkKey: 'spark.sql.streaming.minBatchesToRetain',
      doc: 'Of how many batches the checkpoint of a streaming query keeps logs and state at least.',
      defaultText: '100',
      isChangeable: true,
    },
    1,
    1_000_000,
  ),
  streamingMultipleWatermarkPolicy: choiceEntry(
    {
      key: 'streaming.multipleWatermarkPolicy',
      sparkKey: 'spark.sql.streaming.multipleWatermarkPolicy',
      doc: 'Which of several watermarks below an operator counts for it: the least, so that no row is dropped that one of them still allows, or the greatest. A query keeps what it began with.',
      defaultText: 'min',
      isChangeable: true,
    },
    ['min', 'max'],
  ),
} as const
