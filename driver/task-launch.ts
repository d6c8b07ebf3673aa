import type { Block } from '../columnar/blocks/block.js'
import type { DriverMessage, TaskLaunch, TaskSource } from '../proto/protocol.js'
import type { JobPlan, JobStage } from './job-plan.js'
import type { SchedulerAction, TaskAttempt, TaskInput } from './jobs/actions.js'
import { shareOf } from './split-groups.js'
import { streamingTaskInputs } from './streaming-inputs.js'

/** A result up to this size comes with the task's report, which saves fetching it. */
const INLINE_RESULT_BYTES = 256 * 1024

export interface LaunchContext {
  addressOf(executorId: string): string
  localBlocks(id: string): readonly Block[]
}

type LaunchAction = Extract<SchedulerAction, { kind: 'launchTask' }>

/** Makes the message that starts a task out of the scheduler's decision and the job's plan. */
export function taskLaunch(
  plan: JobPlan,
  { task, inputs, together }: LaunchAction,
  context: LaunchContext,
): TaskLaunch {
  const stage = plan.stages.get(task.stageKey)!
  const { sink } = stage.stage
  return {
    attemptId: task.attemptId,
    jobId: task.jobId,
    stageKey: task.stageKey,
    attempt: task.attempt,
    stage: stage.stage,
    inputs: {
      partition: task.partition,
      ...(task.reads ? { shuffled: { from: task.reads.from, until: task.reads.until } } : {}),
      splits: Object.fromEntries([...stage.shares].map(([scanId, shares]) => [scanId, shares[task.partition] ?? []])),
      ...(stage.streaming
        ? { streaming: streamingTaskInputs(stage.streaming, stage.operatorIds, task.partition) }
        : {}),
    },
    sources: sourcesOf(stage, task, inputs, context),
    owner: sink.kind === 'cache' ? { kind: 'cache', cacheId: sink.cacheId } : { kind: 'job' },
    // What ran together counts when all of it is there: until then the executor keeps it.
    inlineBytes: stage.key === plan.result.key && sink.kind === 'collect' && !together ? INLINE_RESULT_BYTES : 0,
    ...(together ? { together: together.map((executorId) => context.addressOf(executorId) || 'localhost') } : {}),
  }
}

function sourcesOf(
  stage: JobStage,
  task: TaskAttempt,
  inputs: readonly TaskInput[],
  context: LaunchContext,
): readonly TaskSource[] {
  const groupsOf = (stageKey: number) =>
    (inputs.find((input) => input.stageKey === stageKey)?.outputs ?? []).map(({ executorId, attemptIds }) => ({
      executorId,
      attemptIds,
      address: context.addressOf(executorId),
    }))
  return [
    ...[...stage.inputKeys].map(([stageId, stageKey]): TaskSource => {
      return { kind: 'stage', stageId, stageKey, groups: groupsOf(stageKey) }
    }),
    ...[...stage.cacheKeys].map(([cacheId, stageKey]): TaskSource => {
      return { kind: 'cache', cacheId, stageKey, groups: groupsOf(stageKey) }
    }),
    ...stage.localIds.map((id): TaskSource => {
      return { kind: 'local', id, ...shareOf(context.localBlocks(id).length, task.partition, stage.taskCount) }
    }),
  ]
}

/** Makes the message that has an executor take what an attempt wrote on another. */
export function takeOutput(
  { attemptId, jobId, cacheId }: Extract<SchedulerAction, { kind: 'moveOutput' }>,
  address: string,
): DriverMessage {
  const owner = cacheId === undefined ? ({ kind: 'job' } as const) : ({ kind: 'cache', cacheId } as const)
  return { kind: 'takeOutput', attemptId, jobId, owner, address }
}
