import { booleanEntry, choiceEntry, countEntry, durationEntry, numberEntry, textEntry } from './entry.js'

const DAY_MS = 86_400_000
const MOST_FAILURES = 1_000_000

/** Settings of how jobs share slots, and of what the driver does about tasks that are slow and executors on which tasks fail. */
export const SCHEDULING_CONFIG = {
  schedulerMode: choiceEntry(
    {
      key: 'scheduler.mode',
      sparkKey: 'spark.scheduler.mode',
      doc: 'In which order jobs that run at once get slots: `FAIR` as their pools say, by default each as many as the others; `FIFO` those first that came first.',
      defaultText: 'FAIR',
    },
    ['FAIR', 'FIFO'],
  ),
  schedulerAllocationFile: textEntry({
    key: 'scheduler.allocation.file',
    sparkKey: 'spark.scheduler.allocation.file',
    doc: "A file that declares pools with their `schedulingMode`, `weight` and `minShare`: an XML as Spark's `fairscheduler.xml`, or the same as JSON.",
    defaultText: '',
  }),
  schedulerPool: textEntry({
    key: 'scheduler.pool',
    sparkKey: 'spark.scheduler.pool',
    doc: 'The pool of the queries, writes and streams that begin from now on. One that no file declares has the weight 1, no least share, and the order FIFO.',
    defaultText: 'default',
    isChangeable: true,
  }),
  barrierSyncTimeout: durationEntry(
    {
      key: 'barrier.sync.timeout',
      sparkKey: 'spark.barrier.sync.timeout',
      doc: 'How long a task waits at a barrier for the others of its stage, before all of them are run again.',
      defaultText: '365d',
    },
    1,
    365 * DAY_MS,
  ),
  barrierCheckInterval: durationEntry(
    {
      key: 'scheduler.barrier.maxConcurrentTasksCheck.interval',
      sparkKey: 'spark.scheduler.barrier.maxConcurrentTasksCheck.interval',
      doc: 'How long a job waits each time for as many slots as a stage with a barrier has tasks. In the process of the session, where there will never be more, it does not wait.',
      defaultText: '15s',
    },
    1,
    DAY_MS,
  ),
  barrierCheckMaxFailures: countEntry(
    {
      key: 'scheduler.barrier.maxConcurrentTasksCheck.maxFailures',
      sparkKey: 'spark.scheduler.barrier.maxConcurrentTasksCheck.maxFailures',
      doc: 'How often it waits so long, before it fails with BARRIER_TOO_FEW_SLOTS.',
      defaultText: '40',
    },
    0,
    1_000,
  ),
  speculation: booleanEntry({
    key: 'speculation',
    sparkKey: 'spark.speculation',
    doc: 'Whether a task that takes far longer than others of its stage is run on another executor, too: what is done first counts.',
    defaultText: 'false',
  }),
  speculationInterval: durationEntry(
    {
      key: 'speculation.interval',
      sparkKey: 'spark.speculation.interval',
      doc: 'How often the driver looks for such tasks.',
      defaultText: '100ms',
    },
    10,
    DAY_MS,
  ),
  speculationMultiplier: numberEntry(
    {
      key: 'speculation.multiplier',
      sparkKey: 'spark.speculation.multiplier',
      doc: 'How many times as long as the median of its stage a task must have taken to be run a second time.',
      defaultText: '3',
    },
    1,
    1_000,
  ),
  speculationQuantile: numberEntry(
    {
      key: 'speculation.quantile',
      sparkKey: 'spark.speculation.quantile',
      doc: 'Which part of the tasks of a stage must be done before others of it are run a second time.',
      defaultText: '0.9',
    },
    0,
    1,
  ),
  speculationMinTaskRuntime: durationEntry(
    {
      key: 'speculation.minTaskRuntime',
      sparkKey: 'spark.speculation.minTaskRuntime',
      doc: 'How long a task must have run at least to be run a second time.',
      defaultText: '100ms',
    },
    0,
    DAY_MS,
  ),
  speculationTaskDurationThreshold: durationEntry(
    {
      key: 'speculation.task.duration.threshold',
      sparkKey: 'spark.speculation.task.duration.threshold',
      doc: 'How long a task of a stage with no more tasks than an executor has slots must have run to be run a second time, while too few of the stage are done to tell how long they take; 0 leaves such tasks alone.',
      defaultText: '0s',
    },
    0,
    DAY_MS,
  ),
  excludeOnFailure: booleanEntry({
    key: 'excludeOnFailure.enabled',
    sparkKey: 'spark.excludeOnFailure.enabled',
    doc: 'Whether executors and hosts on which tasks fail again and again get no more tasks, of a stage or for a while of any.',
    defaultText: 'false',
  }),
  excludeOnFailureTimeout: durationEntry(
    {
      key: 'excludeOnFailure.timeout',
      sparkKey: 'spark.excludeOnFailure.timeout',
      doc: 'How long an executor or a host is excluded from all stages, and how long failures count for that.',
      defaultText: '1h',
    },
    1,
    365 * DAY_MS,
  ),
  excludeOnFailureTaskAttemptsPerExecutor: countEntry(
    {
      key: 'excludeOnFailure.task.maxTaskAttemptsPerExecutor',
      sparkKey: 'spark.excludeOnFailure.task.maxTaskAttemptsPerExecutor',
      doc: 'How often a task may fail on one executor before it is tried on others alone.',
      defaultText: '1',
    },
    1,
    MOST_FAILURES,
  ),
  excludeOnFailureTaskAttemptsPerNode: countEntry(
    {
      key: 'excludeOnFailure.task.maxTaskAttemptsPerNode',
      sparkKey: 'spark.excludeOnFailure.task.maxTaskAttemptsPerNode',
      doc: 'How often a task may fail on one host before it is tried on others alone; less than `task.maxFailures`.',
      defaultText: '2',
    },
    1,
    MOST_FAILURES,
  ),
  excludeOnFailureStageTasksPerExecutor: countEntry(
    {
      key: 'excludeOnFailure.stage.maxFailedTasksPerExecutor',
      sparkKey: 'spark.excludeOnFailure.stage.maxFailedTasksPerExecutor',
      doc: 'How many tasks of a stage must fail on an executor for it to get no more of that stage.',
      defaultText: '2',
    },
    1,
    MOST_FAILURES,
  ),
  excludeOnFailureStageExecutorsPerNode: countEntry(
    {
      key: 'excludeOnFailure.stage.maxFailedExecutorsPerNode',
      sparkKey: 'spark.excludeOnFailure.stage.maxFailedExecutorsPerNode',
      doc: 'How many executors of a host must be excluded from a stage for the host to get no more tasks of it.',
      defaultText: '2',
    },
    1,
    MOST_FAILURES,
  ),
  excludeOnFailureTasksPerExecutor: countEntry(
    {
      key: 'excludeOnFailure.application.maxFailedTasksPerExecutor',
      sparkKey: 'spark.excludeOnFailure.application.maxFailedTasksPerExecutor',
      doc: 'How many tasks must fail on an executor, of stages that are done in spite of it, for it to get no tasks for `excludeOnFailure.timeout`.',
      defaultText: '2',
    },
    1,
    MOST_FAILURES,
  ),
  excludeOnFailureExecutorsPerNode: countEntry(
    {
      key: 'excludeOnFailure.application.maxFailedExecutorsPerNode',
      sparkKey: 'spark.excludeOnFailure.application.maxFailedExecutorsPerNode',
      doc: 'How many executors of a host must be excluded for the host to get no tasks for that time.',
      defaultText: '2',
    },
    1,
    MOST_FAILURES,
  ),
  excludeOnFailureKill: booleanEntry({
    key: 'excludeOnFailure.killExcludedExecutors',
    sparkKey: 'spark.excludeOnFailure.killExcludedExecutors',
    doc: 'Whether executors that are excluded from all stages, and all of a host that is, are ended, so that others take their place.',
    defaultText: 'false',
  }),
  excludeOnFailureWait: durationEntry(
    {
      key: 'scheduler.excludeOnFailure.unschedulableTaskSetTimeout',
      sparkKey: 'spark.scheduler.excludeOnFailure.unschedulableTaskSetTimeout',
      doc: 'How long a job waits for another executor when all are excluded from one of its tasks, before it fails with ALL_EXECUTORS_EXCLUDED; 0 does not wait.',
      defaultText: '0s',
    },
    0,
    DAY_MS,
  ),
} as const
