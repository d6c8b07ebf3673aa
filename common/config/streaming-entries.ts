import { choiceEntry, countEntry, durationEntry, textEntry } from './entry.js'

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
  watermarkIdleTimeout: durationEntry(
    {
      key: 'watermark.idleTimeout',
      doc: 'Of several watermarks, where the least counts, one that has seen no row for so long does not hold back the others: it goes on with the least of those that have. Rows that come for it later may be late. 0 waits for ever.',
      defaultText: '0s',
      isChangeable: true,
    },
    0,
    365 * 86_400_000,
  ),
  watermarkMaxAdvance: durationEntry(
    {
      key: 'watermark.maxAdvance',
      doc: 'How far event times may be ahead of the clock to move a watermark: those further in the future count as if they were no further, so that one wrong record does not make all later ones late. 0 sets no bound.',
      defaultText: '0s',
      isChangeable: true,
    },
    0,
    365 * 86_400_000,
  ),
} as const
