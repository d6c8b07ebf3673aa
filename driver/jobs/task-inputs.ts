import type { OutputGroup } from '../tasks/output-table.js'
import type { StageState } from '../tasks/stage-state.js'
import type { TaskInput } from './actions.js'
import type { JobState } from './job-state.js'

/** Where a task finds what the stages before its own wrote. */
export function inputsOf(job: JobState, stage: StageState, partition: number): readonly TaskInput[] {
  return stage.spec.inputs.map((stageKey) => {
    const source = job.stage(stageKey)!
    const isCache = source.spec.output.kind === 'cache'
    return { stageKey, outputs: isCache ? cached(source, partition) : source.outputs.groups() }
  })
}

/** Where the one partition of a cache lies. */
function cached(source: StageState, partition: number): readonly OutputGroup[] {
  const output = source.outputs.at(partition)
  return output?.executorId === undefined ? [] : [{ executorId: output.executorId, attemptIds: [output.attemptId] }]
}
