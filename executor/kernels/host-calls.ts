import { zoneRules } from '../../common/time/zone-rules.js'

/** What a kernels module imports besides its memory: seldom called, for what only the host knows. */
export interface HostCalls {
  readonly today: () => number
  readonly zoneRules: (name: number, length: number, out: number) => number
  readonly [name: string]: (...args: number[]) => number
}

const RULE_BYTES = 16
const MILLIS_PER_DAY = 86_400_000

/** @param view the memory as it is at the time of the call; `allocate` its allocator */
export function hostCalls(view: () => DataView, allocate: (bytes: number) => number): HostCalls {
  return {
    today: () => Math.floor(Date.now() / MILLIS_PER_DAY),
    zoneRules: (name, length, out) => {
      const rules = zoneRules(Buffer.from(view().buffer as ArrayBuffer, name >>> 0, length).toString('latin1'))
      if (!rules) return 0
      const count = rules.from.length
      const address = allocate(count * RULE_BYTES) >>> 0
      const memory = view()
      rules.from.forEach((from, i) => {
        memory.setBigInt64(address + i * RULE_BYTES, from, true)
        memory.setBigInt64(address + i * RULE_BYTES + 8, BigInt(rules.offsets[i]!), true)
      })
      memory.setUint32(out >>> 0, count, true)
      memory.setUint32((out >>> 0) + 4, address, true)
      return 1
    },
  }
}
