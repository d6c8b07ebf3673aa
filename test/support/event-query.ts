import { mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Timestamp } from '../../columnar/times/timestamp.js'
import { BIGINT, decimal, field, STRING, struct, TIMESTAMP } from '../../columnar/types.js'
import { localCheckpointFiles } from '../../common/checkpoint-files.js'
import type { StateVersion } from '../../common/state-path.js'
import { dropState } from '../../executor/pipelines/run-task.js'
import { CheckpointState } from '../../executor/state/checkpoint-state.js'
import type { PhysicalPlan } from '../../planner/plan/physical/plan.js'
import type { StreamingTaskInputs } from '../../planner/plan/physical/stage-parts.js'
import type { OutputMode } from '../../planner/plan/physical/stateful.js'
import type { OperatorCounts } from '../../planner/plan/physical/task-report.js'
import { memoryOf } from './memory.js'
import { aggregate, aggregateCall, bound, keptOf, named, run, schemaOf, table, tableOfBlocks } from './stages.js'

const folder = mkdtempSync(join(tmpdir(), 'millrace-state-'))
process.once('exit', () => rmSync(folder, { recursive: true, force: true }))
let queries = 0

const WINDOW = struct([field('start', TIMESTAMP, false), field('end', TIMESTAMP, false)])
const FIELDS = [field('w', WINDOW, false), field('user', STRING), field('v', decimal(12, 2)), field('n', BIGINT)]

export interface Event {
  readonly second: number
  readonly user: string | null
  readonly v: string | null
}

const microsOf = (name: 'lateMicros' | 'finalMicros', seconds: number | undefined) =>
  seconds === undefined ? {} : { [name]: BigInt(seconds) * 1_000_000n }

const windowOf = (second: number) => {
  const start = Math.floor(second / 10) * 10
  return { start: new Date(start * 1000), end: new Date((start + 10) * 1000) }
}

/** A streaming query's stateful stage, batch by batch, with its state in files, and in memory where it stays there. */
export class Query {
  readonly #mode: OutputMode
  readonly #keepsState: boolean
  readonly #queryId = `query ${queries++}`
  readonly #location: string
  #version: StateVersion | undefined
  #versionBefore: StateVersion | undefined
  #batchId = 0
  /** What the next task may have; undefined for as much as it wants. */
  memoryBytes: number | undefined
  /** How many tasks might share that. */
  slots = 1
  /** What the operator did in the last batch. */
  counts: OperatorCounts | undefined

  /** @param keepsState whether the state stays in memory from batch to batch; else each batch restores it */
  constructor(mode: OutputMode, keepsState = true) {
    this.#mode = mode
    this.#keepsState = keepsState
    this.#location = join(folder, this.#queryId)
    mkdirSync(join(this.#location, 'state'), { recursive: true })
  }

  get stateRows(): number {
    return this.counts!.rowsTotal
  }

  /** The files of its state. */
  files(): readonly string[] {
    return readdirSync(join(this.#location, 'state', '0', '0')).toSorted(
      (a, b) => Number.parseInt(a, 10) - Number.parseInt(b, 10),
    )
  }

  /** Its state leaves the memory. */
  forget(): void {
    dropState(this.#queryId)
  }

  /** The next batch goes on from the version of two batches ago. */
  goBack(): void {
    this.#version = this.#versionBefore
  }

  get fileFolder(): string {
    return join(this.#location, 'state', '0', '0')
  }

  async batch(events: readonly Event[], lateSeconds?: number, finalSeconds = lateSeconds): Promise<string[]> {
    const rows = events.map(({ second, user, v }) => ({ w: windowOf(second), user, v, n: 1n }))
    const input = table(FIELDS, rows, 50)
    const keys = ['w', 'user'].map((name) => named(name, bound(input, name)))
    const calls = [
      aggregateCall('count', 'count', BIGINT, []),
      aggregateCall('sum', 'sum', decimal(22, 2), [bound(input, 'v')]),
      aggregateCall('last', 'max', STRING, [bound(input, 'user')]),
      aggregateCall('avg', 'avg', decimal(16, 6), [bound(input, 'v')]),
    ]
    const partial = aggregate('partial', input, keys, calls)
    const { emitted } = await run(partial)
    const read = tableOfBlocks(
      schemaOf(partial).fields,
      emitted.map((x) => x.block),
    )
    const merged = keys.map((key, i) => ({ ...key, expression: bound(read, i === 0 ? 'w' : 'user') }))
    const window = merged[0]!.expression
    const plan: PhysicalPlan = {
      kind: 'stateAggregate',
      state: keptOf(merged, calls, [0]),
      inputs: [read],
      keys: merged,
      aggregates: calls,
      outputMode: this.#mode,
      expiry: { kind: 'getField', child: window, ordinal: 1, type: TIMESTAMP, nullable: false },
      attributes: aggregate('final', read, merged, calls).attributes,
    }
    const streaming: StreamingTaskInputs = {
      queryId: this.#queryId,
      batchId: this.#batchId++,
      timeMs: 0,
      epoch: 1,
      checkpointLocation: this.#location,
      minBatchesToRetain: 2,
      operators: {
        0: {
          ...microsOf('lateMicros', lateSeconds),
          ...microsOf('finalMicros', finalSeconds),
          ...(this.#version ? { version: this.#version } : {}),
        },
      },
    }
    const state = new CheckpointState(streaming, 0, 0, localCheckpointFiles)
    const { rows: out, result } = await run(plan, {
      ...{ state, streaming, keepsState: this.#keepsState },
      ...(this.memoryBytes === undefined ? {} : { memory: memoryOf(this.memoryBytes, this.slots) }),
    })
    const { operatorId, version, ...counts } = result.streaming!.operators[0]!
    if (operatorId !== 0) throw new Error(`the report is of operator ${operatorId}`)
    this.#versionBefore = this.#version
    this.#version = version
    this.counts = counts
    return out
      .map(([w, user, count, sum, last, avg]) => {
        const { start } = w as { start: Timestamp }
        return [start.getTime() / 1000, user, count, sum, last, avg].map(String).join(' ')
      })
      .sort()
  }
}
