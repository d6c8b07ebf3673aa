import { booleanEntry, bytesEntry, countEntry } from './entry.js'

const GIB = 1024 ** 3
const MOST_BYTES = 1024 * GIB

/** Settings of what is decided of a query while it runs, when sizes are known. */
export const ADAPTIVE_CONFIG = {
  adaptive: booleanEntry({
    key: 'adaptive.enabled',
    sparkKey: 'spark.sql.adaptive.enabled',
    doc: 'Whether stages of a query are changed when it is known how large that is which they read: small partitions are read together, large ones of joins shared by several tasks, and joins make their table of the smaller side or broadcast it.',
    defaultText: 'true',
    isChangeable: true,
  }),
  adaptiveCoalesce: booleanEntry({
    key: 'adaptive.coalescePartitions.enabled',
    sparkKey: 'spark.sql.adaptive.coalescePartitions.enabled',
    doc: 'Whether one task may read several small partitions of a shuffle.',
    defaultText: 'true',
    isChangeable: true,
  }),
  adaptiveParallelismFirst: booleanEntry({
    key: 'adaptive.coalescePartitions.parallelismFirst',
    sparkKey: 'spark.sql.adaptive.coalescePartitions.parallelismFirst',
    doc: 'Whether partitions are read together only as long as all task slots have work, if each has the least size.',
    defaultText: 'true',
    isChangeable: true,
  }),
  adaptiveLeastPartition: bytesEntry(
    {
      key: 'adaptive.coalescePartitions.minPartitionSize',
      sparkKey: 'spark.sql.adaptive.coalescePartitions.minPartitionSize',
      doc: 'Neighbouring partitions are read together up to this size even if slots are without work then. Files that are written behind an exchange get about as much at least.',
      defaultText: '1m',
      isChangeable: true,
    },
    1,
    MOST_BYTES,
  ),
  adaptiveAdvisoryPartition: bytesEntry(
    {
      key: 'adaptive.advisoryPartitionSizeInBytes',
      sparkKey: 'spark.sql.adaptive.advisoryPartitionSizeInBytes',
      doc: 'Up to which size neighbouring partitions are read together, and about how large the parts are into which a large one is divided. With larger ones, tables of joins and groups fit no cache.',
      defaultText: '16m',
      isChangeable: true,
    },
    1,
    MOST_BYTES,
  ),
  adaptiveSkewJoin: booleanEntry({
    key: 'adaptive.skewJoin.enabled',
    sparkKey: 'spark.sql.adaptive.skewJoin.enabled',
    doc: 'Whether several tasks may share a large partition of a side of a join, each with the other side whole.',
    defaultText: 'true',
    isChangeable: true,
  }),
  adaptiveSkewFactor: countEntry(
    {
      key: 'adaptive.skewJoin.skewedPartitionFactor',
      sparkKey: 'spark.sql.adaptive.skewJoin.skewedPartitionFactor',
      doc: 'A partition is shared that is so many times as large as the median, and larger than the threshold; 0 asks for the threshold alone, and does not heed how large the other side is.',
      defaultText: '5',
      isChangeable: true,
    },
    0,
    1_000_000,
  ),
  adaptiveSkewThreshold: bytesEntry(
    {
      key: 'adaptive.skewJoin.skewedPartitionThresholdInBytes',
      sparkKey: 'spark.sql.adaptive.skewJoin.skewedPartitionThresholdInBytes',
      doc: 'Partitions of up to this size are not shared.',
      defaultText: '64m',
      isChangeable: true,
    },
    0,
    MOST_BYTES,
  ),
  adaptiveBroadcastThreshold: bytesEntry(
    {
      key: 'adaptive.autoBroadcastJoinThreshold',
      sparkKey: 'spark.sql.adaptive.autoBroadcastJoinThreshold',
      doc: 'A side of a join that turns out to be at most this large is sent whole to every task, and the other side is not shuffled; 0 is as `autoBroadcastJoinThreshold` says, -1 never does.',
      defaultText: '0',
      isChangeable: true,
    },
    -1,
    4 * GIB,
  ),
  adaptiveSwapFactor: countEntry(
    {
      key: 'adaptive.swapJoinFactor',
      doc: 'A join makes its table of the other side than was planned when that has turned out to be so many times as small; 0 never does.',
      defaultText: '3',
      isChangeable: true,
    },
    0,
    1_000_000,
  ),
}
