import { booleanEntry, countEntry, durationEntry, numberEntry, orInfinite } from './entry.js'

const DAY_MS = 86_400_000
const MOST_EXECUTORS = 100_000
const MOST_MS = 365 * DAY_MS

/** Settings of how many executors there are, and how they go. */
export const ALLOCATION_CONFIG = {
  dynamicAllocation: booleanEntry({
    key: 'dynamicAllocation.enabled',
    sparkKey: 'spark.dynamicAllocation.enabled',
    doc: 'Whether executors in other processes come while tasks wait, and go when they run nothing for a while.',
    defaultText: 'false',
  }),
  dynamicAllocationMinExecutors: countEntry(
    {
      key: 'dynamicAllocation.minExecutors',
      sparkKey: 'spark.dynamicAllocation.minExecutors',
      doc: 'How many executors there are at least.',
      defaultText: '0',
    },
    0,
    MOST_EXECUTORS,
  ),
  dynamicAllocationMaxExecutors: orInfinite(
    countEntry(
      {
        key: 'dynamicAllocation.maxExecutors',
        sparkKey: 'spark.dynamicAllocation.maxExecutors',
        doc: 'How many there are at most; never more than there is room for. `local-cluster[E,C,MiB]` has room for E. Queries are planned for as many tasks at once, or for 64.',
        defaultText: 'infinity',
      },
      0,
      MOST_EXECUTORS,
    ),
  ),
  dynamicAllocationInitialExecutors: countEntry(
    {
      key: 'dynamicAllocation.initialExecutors',
      sparkKey: 'spark.dynamicAllocation.initialExecutors',
      doc: 'How many there are first, if `dynamicAllocation.minExecutors` and `executor.instances` do not say more.',
      defaultText: '0',
    },
    0,
    MOST_EXECUTORS,
  ),
  dynamicAllocationRatio: numberEntry(
    {
      key: 'dynamicAllocation.executorAllocationRatio',
      sparkKey: 'spark.dynamicAllocation.executorAllocationRatio',
      doc: 'Which part of the executors is wanted that could run all tasks at once.',
      defaultText: '1',
    },
    0.001,
    1,
  ),
  dynamicAllocationBacklogTimeout: durationEntry(
    {
      key: 'dynamicAllocation.schedulerBacklogTimeout',
      sparkKey: 'spark.dynamicAllocation.schedulerBacklogTimeout',
      doc: 'How long tasks wait before another executor is wanted.',
      defaultText: '1s',
    },
    1,
    DAY_MS,
  ),
  dynamicAllocationSustainedBacklogTimeout: durationEntry(
    {
      key: 'dynamicAllocation.sustainedSchedulerBacklogTimeout',
      sparkKey: 'spark.dynamicAllocation.sustainedSchedulerBacklogTimeout',
      doc: 'How long they wait on before more are wanted, twice as many each time; 0 is as long as the first time.',
      defaultText: '0s',
    },
    0,
    DAY_MS,
  ),
  dynamicAllocationIdleTimeout: durationEntry(
    {
      key: 'dynamicAllocation.executorIdleTimeout',
      sparkKey: 'spark.dynamicAllocation.executorIdleTimeout',
      doc: 'How long an executor runs nothing until it goes.',
      defaultText: '60s',
    },
    1,
    MOST_MS,
  ),
  dynamicAllocationCachedIdleTimeout: orInfinite(
    durationEntry(
      {
        key: 'dynamicAllocation.cachedExecutorIdleTimeout',
        sparkKey: 'spark.dynamicAllocation.cachedExecutorIdleTimeout',
        doc: 'The same of one that holds partitions of cached relations, which others take when it goes.',
        defaultText: 'infinity',
      },
      1,
      MOST_MS,
    ),
  ),
  dynamicAllocationShuffleTracking: booleanEntry({
    key: 'dynamicAllocation.shuffleTracking.enabled',
    sparkKey: 'spark.dynamicAllocation.shuffleTracking.enabled',
    doc: 'Whether an executor stays that holds what tasks of running jobs wrote for later stages; else others take it.',
    defaultText: 'true',
  }),
  dynamicAllocationShuffleTimeout: orInfinite(
    durationEntry(
      {
        key: 'dynamicAllocation.shuffleTracking.timeout',
        sparkKey: 'spark.dynamicAllocation.shuffleTracking.timeout',
        doc: 'How long it stays for that at most.',
        defaultText: 'infinity',
      },
      1,
      MOST_MS,
    ),
  ),
  decommission: booleanEntry({
    key: 'decommission.enabled',
    sparkKey: 'spark.decommission.enabled',
    doc: 'Whether an executor that is to go gets no more tasks, ends those that it has, and goes when others have taken what it holds; else it goes at once, and what it held is computed again.',
    defaultText: 'true',
  }),
  executorDecommissionForceKillTimeout: durationEntry(
    {
      key: 'executor.decommission.forceKillTimeout',
      sparkKey: 'spark.executor.decommission.forceKillTimeout',
      doc: 'After how long it goes in any case.',
      defaultText: '60s',
    },
    1,
    DAY_MS,
  ),
  storageDecommission: booleanEntry({
    key: 'storage.decommission.enabled',
    sparkKey: 'spark.storage.decommission.enabled',
    doc: 'Whether others take what it holds.',
    defaultText: 'true',
  }),
  storageDecommissionShuffleBlocks: booleanEntry({
    key: 'storage.decommission.shuffleBlocks.enabled',
    sparkKey: 'spark.storage.decommission.shuffleBlocks.enabled',
    doc: 'Whether they take what tasks of running jobs wrote for later stages.',
    defaultText: 'true',
  }),
  storageDecommissionRddBlocks: booleanEntry({
    key: 'storage.decommission.rddBlocks.enabled',
    sparkKey: 'spark.storage.decommission.rddBlocks.enabled',
    doc: 'Whether they take partitions of cached relations.',
    defaultText: 'true',
  }),
} as const
