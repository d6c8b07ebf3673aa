import { ENCRYPTION_CONFIG } from './encryption-entries.js'
import { booleanEntry, countEntry } from './entry.js'

/** How files are read: whether by bucket, and what sources of files take as options. */
export const FILE_CONFIG = {
  ...ENCRYPTION_CONFIG,
  bucketing: booleanEntry({
    key: 'sources.bucketing.enabled',
    sparkKey: 'spark.sql.sources.bucketing.enabled',
    doc: 'Whether tables in buckets are read bucket by bucket where that spares an exchange, and of filters by their column only the buckets that have such rows; else they are read as any other table.',
    defaultText: 'true',
    isChangeable: true,
  }),
  ignoreCorruptFiles: booleanEntry({
    key: 'files.ignoreCorruptFiles',
    sparkKey: 'spark.sql.files.ignoreCorruptFiles',
    doc: 'Whether files that cannot be read are passed over from where that shows on; else the query fails. A file that may not be read fails it anyway.',
    defaultText: 'false',
    isChangeable: true,
  }),
  ignoreMissingFiles: booleanEntry({
    key: 'files.ignoreMissingFiles',
    sparkKey: 'spark.sql.files.ignoreMissingFiles',
    doc: 'Whether files that are gone when they are read, though they were listed, are passed over; else the query fails.',
    defaultText: 'false',
    isChangeable: true,
  }),
  binaryFileMaxLength: countEntry(
    {
      key: 'sources.binaryFile.maxLength',
      sparkKey: 'spark.sql.sources.binaryFile.maxLength',
      doc: 'How many bytes a file may have whose content is read as a value.',
      defaultText: '2147483647',
      isChangeable: true,
    },
    0,
    2_147_483_647,
  ),
} as const
