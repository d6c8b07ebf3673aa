import { BIGINT, schema } from '../../columnar/types.js'
import type { SinkProvider, SourceProvider, WriteDescription } from '../../connectors/api.js'
import type { DriverConnectors } from '../../driver/index.js'
import type { PhysicalPlan, Stage } from '../../planner/plan/physical/plan.js'
import type { StageSink } from '../../planner/plan/physical/stage-parts.js'

export interface FakeSplit {
  readonly from: number
  readonly until: number
  readonly [key: string]: number
}

/**
 * `spin` never looks at its signal, `poll` does nothing else, `hang` waits for it; `age` tells how many tasks its thread has run. `trap` and
 * `memory` end as code does that is interrupted in the middle, `trapLate` when it is cancelled.
 */
export type FakeFault =
  | 'trap'
  | 'trapLate'
  | 'memory'
  /** Runs out of memory unless the task can put on disk what it keeps. */
  | 'spills'
  | 'user'
  | 'always'
  | 'once'
  | 'exitOnce'
  | 'spin'
  | 'poll'
  | 'hang'
  /** The first attempt at the first task does. */
  | 'hangOnce'
  | 'age'

/** What a stage of the fake task is to do beside its work. */
export interface FakeBehaviour {
  readonly fault?: FakeFault
  /** A file: the task tells that it waits by one beside it, and goes on when this one exists. */
  readonly gate?: string
  readonly blockRows?: number
  /** Processes in which tasks fail. */
  readonly illPids?: readonly number[]
  readonly holdBytes?: number
  /** Taken from the executor's pool, and left to whoever ends the thread. */
  readonly takeBytes?: number
  /** Whether threads without a task are to give back what they took. */
  readonly trims?: boolean
}

const SCHEMA = schema([])
const attributes = (behaviour: FakeBehaviour) => [
  { kind: 'attribute', id: 0, name: JSON.stringify(behaviour), type: BIGINT, nullable: false } as never,
]
const stage = (id: number, root: PhysicalPlan, sink: StageSink, tasks: Stage['tasks'], inputs: number[]): Stage => ({
  id,
  root,
  sink,
  schema: SCHEMA,
  inputs,
  tasks,
})

export const collect: StageSink = { kind: 'collect' }
export const hash = (partitions: number): StageSink => ({
  kind: 'shuffle',
  partitioning: { kind: 'hash', keys: [], partitions },
})

/** Numbers 0 to `count`, by so many splits. */
export const scan = (
  id: number,
  count: number,
  splits: number,
  sink: StageSink,
  behaviour: FakeBehaviour = {},
): Stage =>
  stage(
    id,
    {
      kind: 'scan',
      scanId: 0,
      source: {
        provider: 'fake',
        options: { count: String(count), splits: String(splits) },
        paths: [],
        schema: SCHEMA,
      },
      columns: [],
      filters: [],
      streaming: false,
      attributes: attributes(behaviour),
    },
    sink,
    { kind: 'splits', scanId: 0 },
    [],
  )

/** The sum of what a stage sent to each partition. */
export const sum = (id: number, input: number, count: number, sink: StageSink, behaviour: FakeBehaviour = {}): Stage =>
  stage(
    id,
    { kind: 'shuffleRead', stageId: input, attributes: attributes(behaviour) },
    sink,
    { kind: 'fixed', count },
    [input],
  )

/** The sum of everything a stage wrote, in each task. */
export const sumOfAll = (
  id: number,
  input: number,
  count: number,
  sink: StageSink,
  behaviour: FakeBehaviour = {},
): Stage =>
  stage(
    id,
    { kind: 'broadcastRead', stageId: input, attributes: attributes(behaviour) },
    sink,
    { kind: 'fixed', count },
    [input],
  )

export const cachedSum = (id: number, cacheId: string, sink: StageSink): Stage =>
  stage(
    id,
    { kind: 'cachedScan', cacheId, columns: [], relation: [], attributes: attributes({}) },
    sink,
    { kind: 'cache', cacheId },
    [],
  )

export const localSum = (id: number, localId: string, count: number, sink: StageSink): Stage =>
  stage(id, { kind: 'local', id: localId, attributes: attributes({}) }, sink, { kind: 'fixed', count }, [])

export const writeTo = (jobId: string): StageSink => ({
  kind: 'write',
  write: { provider: 'fake', options: {}, mode: 'append', schema: SCHEMA, jobId },
})

const source: SourceProvider = {
  name: 'fake',
  describe: async () => {
    throw new Error('not needed here')
  },
  planSplits: async ({ source: { options } }) => {
    const [count, splits] = [Number(options['count']), Number(options['splits'])]
    return Array.from({ length: splits }, (_, i) => ({
      data: { from: Math.floor((count * i) / splits), until: Math.floor((count * (i + 1)) / splits) },
    }))
  },
}

/** Records what a sink is told. */
export class FakeSink implements SinkProvider {
  readonly name = 'fake'
  readonly stream: NonNullable<SinkProvider['stream']> = { modes: ['append'], guarantee: () => 'atLeastOnce' }
  readonly calls: string[] = []
  keepsAttemptsApart?: true
  awaitsCommit?: (write: WriteDescription, messages: readonly unknown[]) => boolean | Promise<boolean>
  /** What happens while a write begins. */
  beginning: () => Promise<void> = async () => undefined
  /** What happens while a write is committed. */
  committing: () => Promise<void> = async () => undefined
  /** What happens while a write is taken back. */
  aborting: () => Promise<void> = async () => undefined

  async begin(): Promise<boolean> {
    this.calls.push('begin')
    await this.beginning()
    return true
  }

  async commit(_: unknown, messages: readonly unknown[]): Promise<void> {
    this.calls.push(`commit ${JSON.stringify(messages)}`)
    await this.committing()
  }

  async abort(): Promise<void> {
    this.calls.push('abort')
    await this.aborting()
  }
}

export const fakeConnectors = (sink: SinkProvider = new FakeSink()): DriverConnectors => ({
  source: async () => source,
  sink: async () => sink,
  rowSink: async () => undefined,
})

export const FAKE_TASK_MODULE = new URL('./fake-task.js', import.meta.url).href
