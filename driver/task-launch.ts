import type { Block } from '../columnar/block.js'
import type { TaskLaunch, TaskSource } from '../proto/protocol.js'
import type { JobPlan, JobStage } from './job-plan.js'
import type { TaskAttempt, TaskInput } from './jobs/actions.js'
import { shareOf } from './split-groups.js'
import { streamingTaskInputs } from './streaming-inputs.js'

/** A result up to this size comes with the task's report, which saves fetching it. */
const INLINE_RESULT_BYTES = 256 * 1024

export interface LaunchContext {
  addressOf(executorId: string): string
  localBlocks(id: string): readonly Block[]
}

/** Makes the message that starts a task out of the scheduler's decision and the job's plan. */
export function taskLaunch(
  plan: JobPlan,
  task: TaskAttempt,
  inputs: readonly TaskInput[],
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
      ...(task.shuffled ? { shuffled: task.shuffled } : {}),
      splits: Object.fromEntries([...stage.shares].map(([scanId, shares]) => [scanId, shares[task.partition] ?? []])),
      ...(stage.streaming
        ? { streaming: streamingTaskInputs(stage.streaming, stage.operatorIds, task.partition) }
        : {}),
    },
    sources: sourcesOf(stage, task, inputs, context),
    owner: sink.kind === 'cache' ? { kind: 'cache', cacheId: sink.cacheId } : { kind: 'job' },
    inlineBytes: stage === plan.result && sink.kind === 'collect' ? INLINE_RESULT_BYTES : 0,
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
