import type { ArrayType } from '../../columnar/types.js'
import type { HostValue } from './routine.js'

/** So many calls keep what was made for them. */
const MOST_KEPT = 64

/** What is made for a call, found once for it, as all rows of a call have one type and one spec: a text, or bytes. */
export function onceForCall<S extends string | Uint8Array, T>(
  make: (spec: S, type: ArrayType) => T,
): (spec: HostValue, type: ArrayType) => T {
  const known: { readonly spec: string | Buffer; readonly type: ArrayType; readonly made: T }[] = []
  return (given, type) => {
    const spec = given as S
    const found = known.find((one) => one.type === type && isSame(one.spec, spec))
    if (found) return found.made
    const made = make(spec, type)
    if (known.length === MOST_KEPT) known.shift()
    // Bytes lie where those of the next call will.
    known.push({ spec: typeof spec === 'string' ? spec : Buffer.from(spec), type, made })
    return made
  }
}

const isSame = (known: string | Buffer, spec: string | Uint8Array): boolean =>
  typeof known === 'string' || typeof spec === 'string' ? known === spec : known.equals(spec)
