import { ADAPTIVE_CONFIG } from './adaptive-entries.js'
import { CLUSTER_CONFIG } from './cluster-entries.js'
import {
  booleanEntry,
  bytesEntry,
  choiceEntry,
  countEntry,
  durationEntry,
  fixedEntry,
  textEntry,
  timeZoneEntry,
} from './entry.js'
import { EVENT_CONFIG } from './event-entries.js'
import { FILE_CONFIG } from './file-entries.js'
import { SCHEDULING_CONFIG } from './scheduling-entries.js'
import { STREAMING_CONFIG } from './streaming-entries.js'

const GIB = 1024 ** 3

/** Every configuration key of a session. `docs/configuration.md` is generated from it. */
export const CONFIG = {
  appName: textEntry({
    key: 'app.name',
    sparkKey: 'spark.app.name',
    doc: 'The name of the application, as log lines of its driver show it.',
    defaultText: 'millrace',
  }),
  shufflePartitions: countEntry(
    {
      key: 'shuffle.partitions',
      sparkKey: 'spark.sql.shuffle.partitions',
      doc: 'Into how many partitions a shuffle divides its rows; 0 takes one for each task slot of the cluster, and up to eight for joins of large tables, four for many groups.',
      defaultText: '0',
      isChangeable: true,
    },
    0,
    10_000,
  ),
  autoBroadcastJoinThreshold: bytesEntry(
    {
      key: 'autoBroadcastJoinThreshold',
      sparkKey: 'spark.sql.autoBroadcastJoinThreshold',
      doc: 'A side of a join estimated at most this large is sent whole to every task instead of shuffling both; -1 never does. Unless it is set, it is no more than a sixteenth of `executor.memory`.',
      defaultText: '64m',
      isChangeable: true,
    },
    -1,
    4 * GIB,
  ),
  runtimeFilters: choiceEntry(
    {
      key: 'join.runtimeFilters',
      doc: 'Whether rows that a join above will drop are dropped where they are read already, by a table of the keys of its other side: `auto` where that seems to spare work, `always` wherever it can be done, `never` nowhere.',
      defaultText: 'auto',
      isChangeable: true,
    },
    ['auto', 'always', 'never'],
  ),
  ...ADAPTIVE_CONFIG,
  cteRecursionLevelLimit: countEntry(
    {
      key: 'cteRecursionLevelLimit',
      sparkKey: 'spark.sql.cteRecursionLevelLimit',
      doc: 'How often a recursive CTE may read itself at most, where it does not say so itself.',
      defaultText: '100',
      isChangeable: true,
    },
    1,
    1_000_000,
  ),
  cteRecursionRowLimit: countEntry(
    {
      key: 'cteRecursionRowLimit',
      sparkKey: 'spark.sql.cteRecursionRowLimit',
      doc: 'How many rows a recursive CTE may have at most. The driver holds them until the query has run.',
      defaultText: '1000000',
      isChangeable: true,
    },
    1,
    100_000_000,
  ),
  pivotMaxValues: countEntry(
    {
      key: 'pivotMaxValues',
      sparkKey: 'spark.sql.pivotMaxValues',
      doc: 'How many values a column may have that `pivot` is given no values of.',
      defaultText: '10000',
      isChangeable: true,
    },
    1,
    1_000_000,
  ),
  rangeSortRows: countEntry(
    {
      key: 'sort.rangeRows',
      doc: 'A result estimated at so many rows or more is sorted by all tasks, each a range of it, whose bounds are found by a sample first; fewer rows are sorted sooner in one task.',
      defaultText: '1000000',
      isChangeable: true,
    },
    0,
    Number.MAX_SAFE_INTEGER,
  ),
  partitionOverwriteMode: choiceEntry(
    {
      key: 'sources.partitionOverwriteMode',
      sparkKey: 'spark.sql.sources.partitionOverwriteMode',
      doc: 'What an overwrite of a partitioned table replaces: `static` all partitions that the statement names, `dynamic` those that get rows.',
      defaultText: 'static',
      isChangeable: true,
    },
    ['static', 'dynamic'],
  ),
  ...FILE_CONFIG,
  ansiEnabled: booleanEntry({
    key: 'ansi.enabled',
    sparkKey: 'spark.sql.ansi.enabled',
    doc: 'Whether values that do not fit raise errors, as in the SQL standard. Else whole numbers wrap, other values become NULL, and texts are turned into numbers and times, and these into texts, wherever they meet.',
    defaultText: 'true',
    isChangeable: true,
  }),
  allowPrecisionLoss: booleanEntry({
    key: 'decimalOperations.allowPrecisionLoss',
    sparkKey: 'spark.sql.decimalOperations.allowPrecisionLoss',
    doc: 'Whether places behind the point give way where the exact result of decimals would have more than 38 digits; else the places are kept, and results that then have no room are errors, or NULL.',
    defaultText: 'true',
    isChangeable: true,
  }),
  caseSensitive: booleanEntry({
    key: 'caseSensitive',
    sparkKey: 'spark.sql.caseSensitive',
    doc: 'Whether names of columns, fields, tables, views and aliases that differ in upper and lower case are different names. Names of databases, windows and functions never are, and no table has two columns that differ only so.',
    defaultText: 'false',
    isChangeable: true,
  }),
  pathEnabled: fixedEntry({
    key: 'path.enabled',
    sparkKey: 'spark.sql.path.enabled',
    doc: 'Whether SET PATH says where names are looked for: always.',
    defaultText: 'true',
    isChangeable: true,
  }),
  timeZone: timeZoneEntry({
    key: 'session.timeZone',
    sparkKey: 'spark.sql.session.timeZone',
    doc: 'Whose clocks say what a date, a time of day or a text is as a TIMESTAMP: a region (`Europe/Berlin`), or an offset from UTC (`+02:00`).',
    defaultText: 'UTC',
    isChangeable: true,
  }),
  timestampType: choiceEntry(
    {
      key: 'timestampType',
      sparkKey: 'spark.sql.timestampType',
      doc: 'What the type TIMESTAMP of SQL means, in casts, literals, columns of tables and what `to_timestamp` gives: `TIMESTAMP_LTZ`, a moment that clocks show by their time zone, or `TIMESTAMP_NTZ`, what a clock shows somewhere.',
      defaultText: 'TIMESTAMP_LTZ',
      isChangeable: true,
    },
    ['TIMESTAMP_LTZ', 'TIMESTAMP_NTZ'],
  ),
  legacyInterval: booleanEntry({
    key: 'legacy.interval.enabled',
    sparkKey: 'spark.sql.legacy.interval.enabled',
    doc: 'Whether intervals that a query writes, and differences of dates and timestamps, are of the type INTERVAL, which has months, days and microseconds beside one another; else they are of months, or of days and shorter units.',
    defaultText: 'false',
    isChangeable: true,
  }),
  mapKeyDedupPolicy: choiceEntry(
    {
      key: 'mapKeyDedupPolicy',
      sparkKey: 'spark.sql.mapKeyDedupPolicy',
      doc: 'What functions do that would make a map with a key twice: `EXCEPTION` raises, `LAST_WIN` takes the last value.',
      defaultText: 'EXCEPTION',
      isChangeable: true,
    },
    ['EXCEPTION', 'LAST_WIN'],
  ),
  doubleQuotedIdentifiers: booleanEntry({
    key: 'ansi.doubleQuotedIdentifiers',
    sparkKey: 'spark.sql.ansi.doubleQuotedIdentifiers',
    doc: 'Whether what is in double quotes is a name, as in the SQL standard, in ANSI mode; else it is a text.',
    defaultText: 'false',
    isChangeable: true,
  }),
  singleCharacterPipeOperator: booleanEntry({
    key: 'parser.singleCharacterPipeOperator.enabled',
    sparkKey: 'spark.sql.parser.singleCharacterPipeOperator.enabled',
    doc: 'Whether `|` is read as `|>` where the word of a pipe operator follows.',
    defaultText: 'true',
    isChangeable: true,
  }),
  groupByOrdinal: booleanEntry({
    key: 'groupByOrdinal',
    sparkKey: 'spark.sql.groupByOrdinal',
    doc: 'Whether a whole number in GROUP BY is a position in the select list; else it is a constant.',
    defaultText: 'true',
    isChangeable: true,
  }),
  groupByAliases: booleanEntry({
    key: 'groupByAliases',
    sparkKey: 'spark.sql.groupByAliases',
    doc: 'Whether GROUP BY may name members of the select list by their aliases.',
    defaultText: 'true',
    isChangeable: true,
  }),
  orderByOrdinal: booleanEntry({
    key: 'orderByOrdinal',
    sparkKey: 'spark.sql.orderByOrdinal',
    doc: 'Whether a whole number in ORDER BY and SORT BY is a position in the select list; else it is a constant.',
    defaultText: 'true',
    isChangeable: true,
  }),
  taskMaxFailures: countEntry(
    {
      key: 'task.maxFailures',
      sparkKey: 'spark.task.maxFailures',
      doc: 'How often a task may fail before its job does.',
      defaultText: '4',
    },
    1,
    1_000,
  ),
  executorMemory: bytesEntry(
    {
      key: 'executor.memory',
      sparkKey: 'spark.executor.memory',
      doc: 'What one executor may hold: blocks, and the operators of its task slots, who put on disk what is more. `local-cluster[E,C,MiB]` sets it.',
      defaultText: '4g',
    },
    16 * 1024 ** 2,
    1024 * GIB,
  ),
  maxResultSize: bytesEntry(
    {
      key: 'driver.maxResultSize',
      sparkKey: 'spark.driver.maxResultSize',
      doc: 'What the driver may hold of one result: the blocks of `toArrow`, of a recursive CTE, of a batch for `foreachBatch` or of the memory sink, or the rows of `collect`, whose values count 32 bytes more each.',
      defaultText: '1g',
      isChangeable: true,
    },
    1,
    1024 * GIB,
  ),
  heartbeatInterval: durationEntry(
    {
      key: 'executor.heartbeatInterval',
      sparkKey: 'spark.executor.heartbeatInterval',
      doc: 'How often an executor tells the driver that it lives.',
      defaultText: '1s',
    },
    10,
    3_600_000,
  ),
  executorTimeout: durationEntry(
    {
      key: 'executor.timeout',
      doc: 'How long an executor may be silent before it counts as lost.',
      defaultText: '20s',
    },
    100,
    86_400_000,
  ),
  warehouseDir: textEntry({
    key: 'warehouse.dir',
    sparkKey: 'spark.sql.warehouse.dir',
    doc: 'The folder of the tables and views that outlive a session. Sessions of several processes may share it.',
    defaultText: 'spark-warehouse',
  }),
  ...CLUSTER_CONFIG,
  ...SCHEDULING_CONFIG,
  ...STREAMING_CONFIG,
  ...EVENT_CONFIG,
  metricsPort: countEntry(
    {
      key: 'metrics.port',
      doc: 'The port at which the session serves metrics of its streams, tasks and executors for Prometheus, at `/metrics`; 0 takes any that is free (`session.metricsUrl`), -1 serves none.',
      defaultText: '-1',
    },
    -1,
    65_535,
  ),
  metricsHost: textEntry({
    key: 'metrics.host',
    doc: 'The address at which metrics are served: by default for this machine alone. Whoever reaches it can read them.',
    defaultText: '127.0.0.1',
  }),
  showConsoleProgress: booleanEntry({
    key: 'ui.showConsoleProgress',
    sparkKey: 'spark.ui.showConsoleProgress',
    doc: 'Whether queries that take longer than two seconds tell how far they are, on standard error when that is a terminal.',
    defaultText: 'true',
  }),
  logLevel: choiceEntry(
    {
      key: 'log.level',
      sparkKey: 'spark.log.level',
      doc: 'The least severe log lines printed, to standard error: `info` has jobs and executors, `debug` also planning, stages and tasks.',
      defaultText: 'warn',
    },
    ['trace', 'debug', 'info', 'warn', 'error', 'silent'],
  ),
} as const
