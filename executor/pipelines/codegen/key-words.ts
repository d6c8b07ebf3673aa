import type { FunctionBuilder } from '../../compiler/wasm/function-builder.js'
import type { Local, Operand } from '../../compiler/wasm/types.js'

const CANONICAL_NAN = 0x7ff8000000000000n
const MULTIPLIER = 0x9e3779b97f4a7c15n

/** Pushes the bits of a double with one zero and one NaN. */
export function pushDoubleBits(f: FunctionBuilder, value: Operand): void {
  f.get(value).f64(0).op('f64.add').op('i64.reinterpret_f64').i64(CANONICAL_NAN)
  f.get(value).get(value).op('f64.eq').select()
}

/** Mixes the word that was pushed, with the hash before, into a hash. */
export function mix(f: FunctionBuilder, hash: Local): void {
  f.i64(BigInt.asIntN(64, MULTIPLIER)).op('i64.mul').tee(hash)
  f.get(hash).i64(32n).op('i64.shr_u').op('i64.xor').set(hash)
}
