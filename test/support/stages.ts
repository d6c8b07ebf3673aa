import type { Block } from '../../columnar/blocks/block.js'
import { blockFromRows } from '../../columnar/blocks/block-from-rows.js'
import { tuplesFromBlock } from '../../columnar/rows.js'
import type { DataType, Field, Schema } from '../../columnar/types.js'
import { BIGINT, field } from '../../columnar/types.js'
import type { Value } from '../../columnar/value-reader.js'
import { planReads } from '../../driver/plan-reads.js'
import { threadMemory } from '../../executor/memory/linear-memory.js'
import { dropCache, dropState, runTask } from '../../executor/pipelines/run-task.js'
import type { TaskEnvironment, TaskResult } from '../../executor/pipelines/task.js'
import { AGGREGATES } from '../../planner/analyze/functions/aggregates/index.js'
import { reference } from '../../planner/plan/expression/build.js'
import type {
  AggregateCall,
  Attribute,
  Expression,
  ExprId,
  NamedExpression,
  SortOrder,
} from '../../planner/plan/expression/expression.js'
import { JOIN_OUTPUT, type JoinKind } from '../../planner/plan/join-kind.js'

import { aggregateState, givesStates } from '../../planner/plan/physical/aggregate-state.js'
import type { PhysicalAggregate, PhysicalPlan, Stage } from '../../planner/plan/physical/plan.js'
import type { StageSink, StreamingTaskInputs, TaskInputs } from '../../planner/plan/physical/stage-parts.js'
import type { KeptState } from '../../planner/plan/physical/stateful.js'
import { memoryOf } from './memory.js'

let nextId = 1
export const exprId = (): ExprId => nextId++ as ExprId

export const attribute = (name: string, type: DataType, nullable = true): Attribute => ({
  id: exprId(),
  name,
  type,
  nullable,
})

/** A column of a plan's output, bound by position. */
export function bound(input: PhysicalPlan | readonly Attribute[], name: string): Expression {
  const attributes: readonly Attribute[] = 'kind' in input ? input.attributes : input
  const ordinal = attributes.findIndex((x) => x.name === name)
  if (ordinal < 0) throw new Error(`no column ${name}`)
  const { type, nullable } = attributes[ordinal]!
  return { kind: 'bound', ordinal, name, type, nullable }
}

export const schemaOf = (plan: PhysicalPlan): Schema => ({
  fields: plan.attributes.map(({ name, type, nullable }) => field(name, type, nullable)),
})

/** Rows of a test, by source. */
export interface Table {
  readonly plan: PhysicalPlan
  readonly blocks: readonly Block[]
}

const tables = new Map<string, readonly Block[]>()

/** A local relation over rows, cut into blocks. */
export function table(fields: readonly Field[], rows: readonly object[], rowsPerBlock = 1000): PhysicalPlan {
  const schema = { fields }
  const blocks: Block[] = []
  for (let at = 0; at < rows.length; at += rowsPerBlock)
    blocks.push(blockFromRows(schema, rows.slice(at, at + rowsPerBlock)))
  return tableOfBlocks(fields, blocks)
}

export function tableOfBlocks(fields: readonly Field[], blocks: readonly Block[]): PhysicalPlan {
  const id = `t${exprId()}`
  tables.set(id, blocks)
  return { kind: 'local', id, attributes: fields.map((x) => attribute(x.name, x.type, x.nullable)) }
}

export const named = (name: string, expression: Expression): NamedExpression => ({ id: exprId(), name, expression })

const attributeOf = ({ id, name, expression }: NamedExpression): Attribute => ({
  id,
  name,
  type: expression.type,
  nullable: expression.nullable,
})

export function project(input: PhysicalPlan, projections: readonly NamedExpression[]): PhysicalPlan {
  return { kind: 'project', inputs: [input], projections, attributes: projections.map(attributeOf) }
}

export function filter(input: PhysicalPlan, condition: Expression): PhysicalPlan {
  return { kind: 'filter', inputs: [input], condition, attributes: input.attributes }
}

export function aggregateCall(
  name: string,
  fn: AggregateCall['fn'],
  type: DataType,
  args: readonly Expression[],
  filterBy?: Expression,
): AggregateCall {
  const nullable = fn !== 'count'
  return {
    id: exprId(),
    name,
    fn,
    args,
    distinct: false,
    type,
    nullable,
    ...(filterBy ? { filter: filterBy } : {}),
  }
}

/** The aggregate of the plan that a function of SQL is, of those that are one alone. */
export function aggregateNamed(name: string, args: readonly Expression[]): AggregateCall {
  const calls: AggregateCall[] = []
  AGGREGATES[name]!.build(args, {
    name,
    sql: name,
    origin: undefined,
    argumentNames: [],
    call: { kind: 'function', name, args: [] },
    orders: [],
    textOf: () => name,
    of: (shape) => {
      const call = { ...shape, id: exprId(), name, distinct: false }
      calls.push(call)
      return reference(call)
    },
  })
  return calls[0]!
}

/** Passes rows on and reports the greatest value of a column. */
export const watermarkOf = (input: PhysicalPlan, ordinal: number): PhysicalPlan => ({
  kind: 'watermark',
  watermarkId: 0,
  delayMicros: 0n,
  ordinal,
  inputs: [input],
  attributes: input.attributes,
})

/** What says of an aggregate over a stream what it keeps. */
export const keptOf = (
  keys: readonly NamedExpression[],
  aggregates: readonly AggregateCall[],
  watermarks: readonly number[] = [],
): KeptState => ({
  operatorId: 0,
  parts: {
    keys: keys.map(({ name, expression: { type, nullable } }) => ({
      meaning: name,
      columns: [field(name, type, nullable)],
    })),
    values: aggregates.map((call) => ({ meaning: call.name, columns: aggregateState(call) })),
    rule: 'for ever',
  },
  watermarks,
})

export function aggregate(
  mode: PhysicalAggregate['mode'],
  input: PhysicalPlan,
  keys: readonly NamedExpression[],
  aggregates: readonly AggregateCall[],
): PhysicalPlan {
  const results = aggregates.flatMap((call) =>
    givesStates({ mode })
      ? aggregateState(call).map((x) => attribute(x.name, x.type, x.nullable))
      : [attribute(call.name, call.type, call.nullable)],
  )
  return {
    kind: 'aggregate',
    mode,
    inputs: [input],
    keys,
    aggregates,
    attributes: [...keys.map(attributeOf), ...results],
  }
}

export function join(
  type: JoinKind,
  left: PhysicalPlan,
  right: PhysicalPlan,
  keys: readonly (readonly [string, string])[],
  condition?: (columns: readonly Attribute[]) => Expression,
  nulls: 'different' | 'equal' | 'aware' = 'different',
): PhysicalPlan {
  const nullable = (side: PhysicalPlan) => side.attributes.map((x) => ({ ...x, nullable: true }))
  const output = JOIN_OUTPUT[type]
  const attributes = [
    ...(output.left === 'nullable' ? nullable(left) : left.attributes),
    ...(output.right === 'none' ? [] : output.right === 'nullable' ? nullable(right) : right.attributes),
  ]
  return {
    kind: 'hashJoin',
    type,
    broadcast: false,
    inputs: [left, right],
    leftKeys: keys.map(([name]) => bound(left, name)),
    rightKeys: keys.map(([, name]) => bound(right, name)),
    nullSafe: keys.map(() => nulls === 'equal'),
    isNullAware: nulls === 'aware',
    ...(condition ? { condition: condition([...left.attributes, ...right.attributes]) } : {}),
    attributes,
  }
}

export const order = (
  expression: Expression,
  direction: 'asc' | 'desc',
  nulls: 'first' | 'last' = 'first',
): SortOrder => ({ expression, direction, nulls })

export const sort = (input: PhysicalPlan, orders: readonly SortOrder[]): PhysicalPlan => ({
  kind: 'sort',
  extent: 'all',
  inputs: [input],
  orders,
  attributes: input.attributes,
})

export interface Run {
  readonly result: TaskResult
  readonly emitted: readonly { readonly partition: number; readonly block: Block }[]
  readonly rows: readonly (readonly Value[])[]
}

export const stageOf = (root: PhysicalPlan, sink: StageSink = { kind: 'collect' }): Stage => ({
  id: 0,
  root,
  sink,
  schema: schemaOf(root),
  inputs: [],
  tasks: { kind: 'fixed', count: 1 },
})

/** Runs a plan as the only task of a stage, and checks that all memory it took is given back. */
export function run(root: PhysicalPlan, options: RunOptions = {}): Promise<Run> {
  const own = lastRun.then(() => runAlone(root, options))
  lastRun = own.catch(() => undefined)
  return own
}

export type RunOptions = Partial<TaskEnvironment> & {
  readonly sink?: StageSink
  readonly streaming?: StreamingTaskInputs
  readonly splits?: TaskInputs['splits']
  /** How many of the root's columns go to the sink; all unless given. */
  readonly columns?: number
  readonly partition?: number
  /** The state of a stream stays in memory, so that memory is not checked. */
  readonly keepsState?: boolean
}

/** A thread runs one task at a time; tests of a file would overlap. */
let lastRun: Promise<unknown> = Promise.resolve()

async function runAlone(root: PhysicalPlan, options: RunOptions): Promise<Run> {
  const { sink, streaming, splits = {}, columns, partition = 0, keepsState = false, ...overrides } = options
  const whole = stageOf(root, sink)
  const stage = columns === undefined ? whole : { ...whole, schema: { fields: whole.schema.fields.slice(0, columns) } }
  const emitted: { partition: number; block: Block }[] = []
  const unused = () => {
    throw new Error('not in this test')
  }
  const environment: TaskEnvironment = {
    signal: new AbortController().signal,
    attempt: 0,
    memory: memoryOf(1 << 30),
    spills: false,
    trimIdle: async () => {},
    claimTable: async () => ({ kind: 'make', isShared: false }),
    madeTable: () => {},
    reader: unused,
    writer: unused,
    shuffleBlocks: unused,
    broadcastBlocks: unused,
    cachedBlocks: unused,
    cacheVersion: () => '',
    localBlocks: async function* (id) {
      yield* tables.get(id)!
    },
    emit: (partition, block) => {
      emitted.push({ partition, block })
    },
    ...overrides,
  }
  const before = threadMemory().bytesInUse
  const outcome = await runTask(stage, { partition, splits, ...(streaming ? { streaming } : {}) }, environment).then(
    (result) => ({ result }),
    (error: unknown) => ({ error }),
  )
  for (const cacheId of planReads(root).cacheIds) dropCache(cacheId)
  if (streaming && !keepsState) dropState(streaming.queryId)
  const kept = keepsState ? 0 : threadMemory().bytesInUse - before
  if ('error' in outcome) throw outcome.error
  if (kept > KEPT_ARENA_BYTES) throw new Error(`${kept} bytes were not given back`)
  const rows = emitted.flatMap(({ block }) => tuplesFromBlock(stage.schema, block))
  return { result: outcome.result, emitted, rows }
}

/** The arena keeps one chunk for the next batch. */
const KEPT_ARENA_BYTES = (1 << 18) + 64

/** A column `id` of the numbers from 0 on, so many. */
export const numbersBelow = (rows: number): PhysicalPlan => ({
  kind: 'range',
  start: 0n,
  end: BigInt(rows),
  step: 1n,
  partitions: 1,
  attributes: [attribute('id', BIGINT, false)],
})
