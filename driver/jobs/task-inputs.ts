import type { OutputGroup } from '../tasks/output-table.js'
import type { StageState } from '../tasks/stage-state.js'
import type { TaskInput } from './actions.js'
import type { JobState } from './job-state.js'

/** Where a task finds what the stages before its own wrote. */
export function inputsOf(job: JobState, stage: StageState, partition: number): readonly TaskInput[] {
  const parts = stage.readsOf(partition).reads?.parts
  return stage.spec.inputs.map((stageKey) => {
    const source = job.stage(stageKey)!
    const isCache = source.spec.output.kind === 'cache'
    if (isCache) return { stageKey, outputs: cached(source, partition) }
    const part = parts?.find((one) => one.stageKey === stageKey)
    return { stageKey, outputs: part ? source.outputs.groupsOf(part.from, part.until) : source.outputs.groups() }
  })
}

/** Where the one partition of a cache lies. */
function cached(source: StageState, partition: number): readonly OutputGroup[] {
  const output = source.outputs.at(partition)
  return output?.executorId === undefined ? [] : [{ executorId: output.executorId, attemptIds: [output.attemptId] }]
}
