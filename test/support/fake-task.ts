import { existsSync, writeFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Block } from '../../columnar/blocks/block.js'
import { MillraceError } from '../../common/errors/millrace-error.js'
import type { SlotMemory } from '../../executor/memory/slot-memory.js'
import type { RunTask, TaskEnvironment } from '../../executor/pipelines/task.js'
import { partitionCount } from '../../planner/plan/physical/partitioning.js'
import type { PhysicalPlan, Stage } from '../../planner/plan/physical/plan.js'
import type { FakeBehaviour, FakeSplit } from './fake-plans.js'

/*
 * A stand-in for the pipelines, loaded into worker threads by tests of the control plane. Its blocks are plain 64-bit integers: a scan
 * makes those of its splits, a shuffle sends each to the partition of its remainder, everything else adds up what it reads.
 */
export const blockOf = (values: readonly bigint[]): Block => {
  const bytes = new Uint8Array(new SharedArrayBuffer(8 * values.length))
  new BigInt64Array(bytes.buffer).set(values)
  return { rows: values.length, bytes }
}
export const valuesOf = ({ bytes }: Block): readonly bigint[] => [
  ...new BigInt64Array(Uint8Array.from(bytes).buffer as ArrayBuffer),
]

let heldBytes = 0
let memory: SlotMemory | undefined
let tasksOfThread = 0n
export const threadMemoryBytes = (): number => heldBytes

export const trim = (): void => memory?.hold(0)

export const runTask: RunTask = async (stage, inputs, environment) => {
  const behaviour = behaviourOf(stage)
  const values: bigint[] = []
  let rowsRead = 0
  tasksOfThread++
  memory = environment.memory
  heldBytes = behaviour.holdBytes ?? 0
  if (behaviour.takeBytes !== undefined) memory.take(behaviour.takeBytes)
  if (behaviour.trims) await environment.trimIdle()
  if (behaviour.fault === 'poll') for (;;) environment.signal.throwIfAborted()
  if (behaviour.fault === 'age') {
    environment.emit(0, blockOf([tasksOfThread]))
    return { rowsRead, rowsWritten: 1, spilledBytes: 0 }
  }
  await misbehave(behaviour, inputs.partition, environment)
  const visit = async (plan: PhysicalPlan): Promise<void> => {
    if (plan.kind === 'scan') {
      for (const split of inputs.splits[plan.scanId]! as readonly FakeSplit[]) {
        for (let value = split.from; value < split.until; value++) values.push(BigInt(value))
      }
      rowsRead = values.length
    } else if (plan.kind === 'hashJoin') {
      await visit(plan.inputs[0])
      await visit(plan.inputs[1])
    } else {
      let sum = 0n
      for await (const block of readsOf(plan)) for (const value of valuesOf(block)) sum += value
      values.push(sum)
    }
  }
  const readsOf = (plan: PhysicalPlan): AsyncIterable<Block> => {
    if (plan.kind === 'shuffleRead') return environment.shuffleBlocks(plan.stageId)
    if (plan.kind === 'broadcastRead') return environment.broadcastBlocks(plan.stageId)
    if (plan.kind === 'cachedScan') return environment.cachedBlocks(plan.cacheId)
    if (plan.kind === 'local') return environment.localBlocks(plan.id)
    throw new MillraceError('INTERNAL_ERROR', { message: `the fake task cannot run ${plan.kind}` })
  }
  await visit(stage.root)
  const partitions = stage.sink.kind === 'shuffle' ? partitionCount(stage.sink.partitioning) : 1
  for (let partition = 0; partition < partitions; partition++) {
    const own = values.filter((value) => value % BigInt(partitions) === BigInt(partition))
    const size = behaviour.blockRows ?? own.length
    for (let i = 0; i < own.length; i += size) await environment.emit(partition, blockOf(own.slice(i, i + size)))
  }
  const written = stage.sink.kind === 'write' ? { commitMessage: values.map(String) } : {}
  return { rowsRead, rowsWritten: values.length, spilledBytes: 0, ...written }
}

/** Tests hide how a stage is to behave in the name of its root's first attribute. */
const behaviourOf = (stage: Stage): FakeBehaviour => {
  const name = stage.root.attributes[0]?.name
  return name === undefined ? {} : (JSON.parse(name) as FakeBehaviour)
}

async function misbehave(behaviour: FakeBehaviour, partition: number, environment: TaskEnvironment): Promise<void> {
  const { attempt, signal, spills } = environment
  const { fault, gate } = behaviour
  if (gate) {
    writeFileSync(`${gate}.${process.pid}.${partition}.waiting`, '')
    while (!existsSync(gate) && !signal.aborted) await sleep(10)
  }
  if (behaviour.illPids?.includes(process.pid))
    throw new MillraceError('FAILED_WRITE_FILE', { path: 'x', reason: 'ill' })
  if (fault === 'user') throw new MillraceError('CORRUPT_RECORD', { provider: 'fake', position: '7', reason: 'odd' })
  if (fault === 'trap') trap()
  if (fault === 'spills' && spills) return
  if (fault === 'memory' || fault === 'spills') throw new MillraceError('UNABLE_TO_ACQUIRE_MEMORY', {})
  if (fault === 'trapLate') {
    if (!signal.aborted) await new Promise((resolve) => signal.addEventListener('abort', resolve))
    throw new MillraceError('OPERATION_CANCELED', {}, { cause: met(trap) })
  }
  if (fault === 'always') throw new MillraceError('FAILED_WRITE_FILE', { path: 'x', reason: 'full' })
  if (fault === 'once' && attempt === 0) throw new MillraceError('FAILED_WRITE_FILE', { path: 'x', reason: 'full' })
  if (fault === 'exitOnce' && attempt === 0) process.exit(3)
  if (fault === 'spin') for (;;) if (signal.aborted) return
  if (fault === 'hang' || (fault === 'hangOnce' && attempt === 0 && partition === 0))
    await new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)))
}

/** What generated code does that reaches an instruction it never should. */
function trap(): void {
  const bytes = [
    0, 97, 115, 109, 1, 0, 0, 0, 1, 4, 1, 96, 0, 0, 3, 2, 1, 0, 7, 5, 1, 1, 102, 0, 0, 10, 5, 1, 3, 0, 0, 11,
  ]
  const { f } = new WebAssembly.Instance(new WebAssembly.Module(Uint8Array.from(bytes))).exports
  ;(f as () => void)()
}

const met = (run: () => void): unknown => {
  try {
    return run()
  } catch (error) {
    return error
  }
}
