import { type Batch, MAX_BATCH_ROWS } from '../../../connectors/api.js'
import type { PhysicalRange } from '../../../planner/plan/physical/plan.js'
import type { LinearMemory } from '../../memory/linear-memory.js'
import type { ExecutableSource } from './operator.js'

export const range: ExecutableSource<PhysicalRange> = {
  batches: (plan, { memory }) => counted(plan, memory),
}

function* counted({ start, end, step }: PhysicalRange, memory: LinearMemory): Generator<Batch> {
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
