import { type Batch, MAX_BATCH_ROWS } from '../../../connectors/api.js'
import type { PhysicalRange } from '../../../planner/plan/physical/plan.js'
import type { LinearMemory } from '../../memory/linear-memory.js'
import type { ExecutableSource } from './operator.js'

export const range: ExecutableSource<PhysicalRange> = {
  batches: (plan, { memory, inputs }) => counted(shareOf(plan, BigInt(inputs.partition)), memory),
}

/** The numbers from `start` up to `end`. */
type Share = Pick<PhysicalRange, 'start' | 'end' | 'step'>

/** The share of one task. A stage may have more tasks than the range: the others have none of it. */
function shareOf({ start, end, step, partitions }: PhysicalRange, partition: bigint): Share {
  const [span, count] = [end - start, BigInt(partitions)]
  const steps = span > 0n === step > 0n ? (span + step - (step > 0n ? 1n : -1n)) / step : 0n
  const at = (share: bigint): bigint => start + ((steps * (share < count ? share : count)) / count) * step
  return { start: at(partition), end: at(partition + 1n), step }
}

function* counted({ start, end, step }: Share, memory: LinearMemory): Generator<Batch> {
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
