import { type Batch, MAX_BATCH_ROWS } from '../../../connectors/api.js'
import type { PhysicalRange, Stage } from '../../../planner/plan/physical/plan.js'
import type { LinearMemory } from '../../memory/linear-memory.js'
import type { ExecutableSource } from './operator.js'

export const range: ExecutableSource<PhysicalRange> = {
  batches: (plan, { inputs, tasks, memory }) => counted(shareOfRange(plan, inputs.partition, tasks), memory),
}

type Range = Pick<PhysicalRange, 'start' | 'end' | 'step'>

/** The contiguous part of a range that falls to one of the stage's tasks. */
function shareOfRange({ start, end, step }: PhysicalRange, partition: number, tasks: Stage['tasks']): Range {
  const count = BigInt(tasks.kind === 'fixed' ? tasks.count : 1)
  const span = step > 0n ? end - start : start - end
  const size = step > 0n ? step : -step
  const values = span > 0n ? (span + size - 1n) / size : 0n
  const at = (share: bigint): bigint => start + ((values * share) / count) * step
  return { start: at(BigInt(partition)), end: at(BigInt(partition) + 1n), step }
}

function* counted({ start, end, step }: Range, memory: LinearMemory): Generator<Batch> {
  const address = memory.allocate(MAX_BATCH_ROWS * 8)
  try {
    const isWithin = (value: bigint) => (step > 0n ? value < end : value > end)
    let next = start
    while (isWithin(next)) {
      const { view } = memory
      let rows = 0
      for (; rows < MAX_BATCH_ROWS && isWithin(next); rows++, next += step) {
        view.setBigInt64(address + rows * 8, next, true)
      }
      yield { rows, columns: [{ data: address, validity: 0 }] }
    }
  } finally {
    memory.release(address)
  }
}
