import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Value } from '../../columnar/value-reader.js'
import { type CheckpointFiles, localCheckpointFiles } from '../../common/checkpoint-files.js'
import type { StateVersion } from '../../common/state-path.js'
import { dropState } from '../../executor/pipelines/run-task.js'
import { CheckpointState } from '../../executor/state/checkpoint-state.js'
import type { PhysicalPlan } from '../../planner/plan/physical/plan.js'
import type { OperatorInputs } from '../../planner/plan/physical/stage-parts.js'
import type { OperatorCounts } from '../../planner/plan/physical/task-report.js'
import { memoryOf } from './memory.js'
import { run } from './stages.js'

/** Of the files of a state. */
export function snapshotsInParts(files: readonly string[]): number {
  const deltas = new Set(files.filter((file) => file.endsWith('.delta')).map((file) => file.replace('.delta', '')))
  return files.filter((file) => file.endsWith('.snapshot') && deltas.has(file.replace('.snapshot', ''))).length
}

const folder = mkdtempSync(join(tmpdir(), 'millrace-kept-'))
process.once('exit', () => rmSync(folder, { recursive: true, force: true }))
let queries = 0

/** A stage with state, batch by batch: its state in files, and in memory where it stays there. */
export class KeptStage {
  readonly #operatorIds: readonly number[]
  readonly #keepsState: boolean
  #queryId = `kept ${queries++}`
  readonly #location: string
  readonly #versions = new Map<number, StateVersion | undefined>()
  #batchId = 0
  readonly #minBatchesToRetain: number
  /** Where its state is written. */
  files: CheckpointFiles = localCheckpointFiles
  /** What the next task may have; undefined for as much as it wants. */
  memoryBytes: number | undefined
  /** What became of each state in the last batch. */
  readonly counts = new Map<number, OperatorCounts>()

  /** @param keepsState whether the state stays in memory from batch to batch; else each batch restores it */
  constructor(operatorIds: readonly number[], keepsState = true, minBatchesToRetain = 1000) {
    this.#operatorIds = operatorIds
    this.#keepsState = keepsState
    this.#minBatchesToRetain = minBatchesToRetain
    this.#location = join(folder, this.#queryId)
    mkdirSync(join(this.#location, 'state'), { recursive: true })
  }

  /** One that goes on from the files that there are. */
  copy(): KeptStage {
    const copy = new KeptStage(this.#operatorIds, this.#keepsState, this.#minBatchesToRetain)
    cpSync(this.#location, copy.#location, { recursive: true })
    copy.#queryId = this.#queryId
    copy.#batchId = this.#batchId
    for (const [id, version] of this.#versions) copy.#versions.set(id, version)
    return copy
  }

  /** The kinds of the files that a state has had. */
  kindsOf(operatorId: number): readonly string[] {
    return readdirSync(join(this.#location, 'state', String(operatorId), '0')).map((file) => file.split('.').at(-1)!)
  }

  /** How many snapshots were made bit by bit: their first batch wrote a delta, too. */
  snapshotsInParts(operatorId: number): number {
    return snapshotsInParts(readdirSync(join(this.#location, 'state', String(operatorId), '0')))
  }

  /** What the files of a state take. */
  bytesOf(operatorId: number): number {
    const folder = join(this.#location, 'state', String(operatorId), '0')
    return readdirSync(folder).reduce((sum, file) => sum + statSync(join(folder, file)).size, 0)
  }

  /** The state leaves the memory. */
  forget(): void {
    dropState(this.#queryId)
  }

  /** One that fails may be run again. */
  async batch(plan: PhysicalPlan, late?: bigint, final?: bigint): Promise<readonly (readonly Value[])[]> {
    const times = {
      ...(late === undefined ? {} : { lateMicros: late }),
      ...(final === undefined ? {} : { finalMicros: final }),
    }
    const operators = this.#operatorIds.map((id): readonly [number, OperatorInputs] => {
      const version = this.#versions.get(id)
      return [id, { ...times, ...(version ? { version } : {}) }]
    })
    const streaming = {
      queryId: this.#queryId,
      batchId: this.#batchId,
      timeMs: 0,
      epoch: 1,
      checkpointLocation: this.#location,
      minBatchesToRetain: this.#minBatchesToRetain,
      operators: Object.fromEntries(operators),
    }
    const state = new CheckpointState(streaming, 0, 0, this.files)
    const { rows, result } = await run(plan, {
      ...{ state, streaming, keepsState: this.#keepsState },
      ...(this.memoryBytes === undefined ? {} : { memory: memoryOf(this.memoryBytes) }),
    })
    this.#batchId++
    for (const { operatorId, version, ...counts } of result.streaming!.operators) {
      this.#versions.set(operatorId, version)
      this.counts.set(operatorId, counts)
    }
    return rows
  }
}
