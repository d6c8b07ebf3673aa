import type { FunctionBuilder } from '../../compiler/wasm/function-builder.js'
import type { Local } from '../../compiler/wasm/types.js'

/* Numbers of SplitMix64 (Steele, Lea and Flood, 2014): a counter that grows by an odd constant, mixed. */
const STEP = 0x9e3779b97f4a7c15n
const MIXES = [
  [30n, 0xbf58476d1ce4e5b9n],
  [27n, 0x94d049bb133111ebn],
] as const
const LAST_SHIFT = 31n

/** Where the counter of a task begins: each draws numbers of its own. */
export const firstCounter = (seed: bigint, partition: number): bigint => mixed(mixed(seed + STEP) + BigInt(partition))

function mixed(value: bigint): bigint {
  const end = MIXES.reduce(
    (z, [shift, factor]) => BigInt.asUintN(64, (z ^ (z >> shift)) * factor),
    BigInt.asUintN(64, value),
  )
  return end ^ (end >> LAST_SHIFT)
}

/** Moves a counter on and pushes its next number. */
export function pushDrawn(f: FunctionBuilder, counter: Local): void {
  f.get(counter).i64(BigInt.asIntN(64, STEP)).op('i64.add').set(counter)
  const z = f.get(counter).setNew('i64')
  for (const [shift, factor] of MIXES)
    f.get(z).get(z).i64(shift).op('i64.shr_u').op('i64.xor').i64(BigInt.asIntN(64, factor)).op('i64.mul').set(z)
  f.get(z).get(z).i64(LAST_SHIFT).op('i64.shr_u').op('i64.xor')
}
