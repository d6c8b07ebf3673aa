import { booleanEntry, bytesEntry, countEntry, textEntry } from './entry.js'

const TIB = 1024 ** 4

/** Settings of the log of events. */
export const EVENT_CONFIG = {
  eventLogEnabled: booleanEntry({
    key: 'eventLog.enabled',
    sparkKey: 'spark.eventLog.enabled',
    doc: 'Whether the events of the session are kept on disk; see `docs/events.md`.',
    defaultText: 'false',
  }),
  eventLogDir: textEntry({
    key: 'eventLog.dir',
    sparkKey: 'spark.eventLog.dir',
    doc: 'The folder in which each session has a folder of its own for the log of its events.',
    defaultText: 'spark-events',
  }),
  eventLogMaxFileSize: bytesEntry(
    {
      key: 'eventLog.rolling.maxFileSize',
      sparkKey: 'spark.eventLog.rolling.maxFileSize',
      doc: 'When a file of the log of events has so many bytes, the next one is begun.',
      defaultText: '128m',
    },
    4096,
    TIB,
  ),
  eventLogMaxFiles: countEntry(
    {
      key: 'eventLog.rolling.maxFilesToRetain',
      sparkKey: 'spark.history.fs.eventLog.rolling.maxFilesToRetain',
      doc: 'How many files of the log of events of a session are kept; the oldest are removed.',
      defaultText: '10',
    },
    1,
    100_000,
  ),
} as const
