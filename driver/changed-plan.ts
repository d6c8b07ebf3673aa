import { withBroadcast, withSwappedSides } from '../planner/stages/changed-joins.js'
import type { JobPlan, JobStage } from './job-plan.js'
import type { StageChange } from './jobs/adaption.js'

/** A job's plan after what was decided of a stage before its first task ran. */
export function withChange(plan: JobPlan, { stageKey, decision }: StageChange): JobPlan {
  const stage = plan.stages.get(stageKey)!
  switch (decision.kind) {
    case 'divided':
      return plan
    case 'swapped':
      return withStage(plan, { ...stage, stage: withSwappedSides(stage.stage) })
    case 'broadcast':
      return withStage(plan, joined(stage, plan.stages.get(decision.left)!))
  }
}

function withStage(plan: JobPlan, stage: JobStage): JobPlan {
  const stages = new Map(plan.stages).set(stage.key, stage)
  return { ...plan, stages, result: stages.get(plan.result.key)! }
}

/** A stage of which another one, which it read, is now a part: its tasks read what that one's would have. */
function joined(stage: JobStage, left: JobStage): JobStage {
  const read = [...stage.inputKeys].filter(([, key]) => key !== left.key)
  return {
    ...left,
    key: stage.key,
    stage: withBroadcast(stage.stage, left.stage),
    inputKeys: new Map([...left.inputKeys, ...read]),
  }
}
