import { parseInterval } from '../../columnar/times/interval-parse.js'
import { LAST_RULE_SECOND, zoneRules } from '../../common/time/zone-rules.js'
import { makePattern } from '../patterns/make-pattern.js'
import type { KernelImports } from './interface/generated.js'
import { RESULT_ADDRESS, RESULT_LENGTH } from './interface/text.js'
import {
  ZONE_ANSWER_ADDRESS,
  ZONE_ANSWER_COUNT,
  ZONE_ANSWER_UNTIL,
  ZONE_RULE_BYTES,
  ZONE_RULE_FROM,
  ZONE_RULE_OFFSET,
} from './interface/zone-rules.js'
import { intervalTypeOf } from './interval-argument.js'

const MICROS_PER_MILLI = 1000n

/**
 * What kernels seldom ask of the host, for what only that knows.
 * @param view the memory as it is at the time of the call; `allocate` its allocator
 */
export function hostCalls(
  view: () => DataView,
  allocate: (bytes: number) => number,
): Pick<KernelImports, 'now' | 'zoneRules' | 'makePattern' | 'readInterval'> {
  return {
    now: () => BigInt(Date.now()) * MICROS_PER_MILLI,
    zoneRules: (name, length, out) => {
      const rules = zoneRules(Buffer.from(view().buffer as ArrayBuffer, name >>> 0, length).toString('latin1'))
      if (!rules) return 0
      const count = rules.from.length
      const address = allocate(count * ZONE_RULE_BYTES) >>> 0
      const memory = view()
      rules.from.forEach((from, i) => {
        const rule = address + i * ZONE_RULE_BYTES
        memory.setBigInt64(rule + ZONE_RULE_FROM, from, true)
        memory.setBigInt64(rule + ZONE_RULE_OFFSET, BigInt(rules.offsets[i]!), true)
      })
      memory.setUint32((out >>> 0) + ZONE_ANSWER_COUNT, count, true)
      memory.setUint32((out >>> 0) + ZONE_ANSWER_ADDRESS, address, true)
      memory.setBigInt64((out >>> 0) + ZONE_ANSWER_UNTIL, BigInt(LAST_RULE_SECOND), true)
      return 1
    },
    readInterval: (at, length, argument, out) => {
      const text = Buffer.from(view().buffer as ArrayBuffer, at >>> 0, length).toString('utf8')
      const interval = parseInterval(text, intervalTypeOf(argument))
      if (typeof interval === 'string') return 0
      if (typeof interval === 'number') view().setInt32(out >>> 0, interval, true)
      else view().setBigInt64(out >>> 0, interval, true)
      return 1
    },
    makePattern: (at, length, keepsGroups, out) => {
      const text = Buffer.from(view().buffer as ArrayBuffer, at >>> 0, length).toString('utf8')
      const { outcome, program } = makePattern(text, keepsGroups !== 0)
      if (!program) return outcome
      const address = allocate(program.length) >>> 0
      new Uint8Array(view().buffer as ArrayBuffer, address, program.length).set(program)
      view().setUint32((out >>> 0) + RESULT_ADDRESS, address, true)
      view().setUint32((out >>> 0) + RESULT_LENGTH, program.length, true)
      return outcome
    },
  }
}
