import { sizeText } from '../../common/size-text.js'
import { withoutUrlCredentials } from '../../common/url-credentials.js'
import { operatorOf } from '../physical/operators/index.js'
import { physicalInputs } from '../plan/physical/inputs.js'
import type { PhysicalPlan, Stage } from '../plan/physical/plan.js'
import type { OperatorMeasures } from '../plan/physical/task-report.js'
import { sinkText } from './explain-physical.js'
import { drawTree, type TreeNode } from './tree.js'

/** A stage as it ran, with sums over its tasks. */
export interface RanStage {
  readonly stage: Stage
  readonly metrics: {
    readonly stageKey: number
    readonly tasks: number
    readonly rowsWritten: number
    readonly bytesWritten: number
    readonly spilledBytes: number
    readonly taskMs: number
  }
  /** What was decided of it before it ran. */
  readonly decisions: readonly string[]
  /** By the stage ids of its plan, the keys of those that it read. */
  readonly inputKeys: ReadonlyMap<number, number>
  readonly operators: readonly OperatorMeasures[]
}

/** What `explain('analyze')` prints: the stages of a query that has run, in their order, and what each of their operators did beside what was estimated. */
export function explainAnalyzed(stages: readonly RanStage[], ranMs: number): string {
  const took = `took ${timeText(ranMs)}`
  return withoutUrlCredentials(['== Analyzed Physical Plan ==', took, ...stages.map(stageText)].join('\n\n'))
}

function stageText(ran: RanStage): string {
  const { stage, decisions, metrics } = ran
  const { stageKey, tasks, rowsWritten, bytesWritten, spilledBytes, taskMs } = metrics
  const did = [
    tasks === 1 ? '1 task' : `${tasks} tasks`,
    timeText(taskMs),
    `${count(rowsWritten)} rows`,
    sizeText(bytesWritten),
    ...spilled(spilledBytes),
  ]
  return [
    `Stage ${stageKey} (${did.join(', ')}) -> ${sinkText(stage.sink)}`,
    ...decisions.map((decision) => `# ${decision}`),
    drawTree(nodeOf(stage.root, [], ran)),
  ].join('\n')
}

function nodeOf(plan: PhysicalPlan, path: readonly number[], ran: RanStage): TreeNode {
  const name = path.join()
  const measures = ran.operators.find((one) => one.path.join() === name)
  const line = operatorOf(plan).line(withKeys(plan, ran))
  return {
    line: measures ? `${line}  -- ${measuresText(measures, plan)}` : line,
    children: physicalInputs(plan).map((input, i) => nodeOf(input, [...path, i], ran)),
  }
}

/** Stages are called by their keys: parts of a job that were planned apart have the same ids. */
const withKeys = (plan: PhysicalPlan, { inputKeys }: RanStage): PhysicalPlan =>
  plan.kind === 'shuffleRead' || plan.kind === 'broadcastRead'
    ? { ...plan, stageId: inputKeys.get(plan.stageId) ?? plan.stageId }
    : plan

function measuresText(
  { rows, loopMs, readMs, memoryBytes, spilledBytes }: OperatorMeasures,
  plan: PhysicalPlan,
): string {
  const { estimate } = plan
  return [
    `${count(rows)} rows`,
    ...(estimate ? [`estimated ${count(Math.round(estimate.rows))} (${sizeText(estimate.bytes)})`] : []),
    ...(readMs > 0 ? [`reading ${timeText(readMs)}`] : []),
    ...(loopMs > 0 ? [`loops ${timeText(loopMs)}`] : []),
    ...(memoryBytes > 0 ? [`memory ${sizeText(memoryBytes)}`] : []),
    ...spilled(spilledBytes),
  ].join(', ')
}

const spilled = (bytes: number): readonly string[] => (bytes > 0 ? [`spilled ${sizeText(bytes)}`] : [])

const count = (value: number): string => value.toLocaleString('en-US')

const timeText = (ms: number): string =>
  ms < 1_000 ? `${ms.toFixed(ms < 10 ? 1 : 0)} ms` : `${(ms / 1_000).toFixed(2)} s`
