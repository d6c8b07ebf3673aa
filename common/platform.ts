import { MillraceError } from './errors/millrace-error.js'

/** The oldest version that runs the code, as package.json says of `engines`. */
export const LEAST_NODE = '20.19'
/** A function with one instruction over a vector. */
const WITH_SIMD = new Uint8Array([
  0, 97, 115, 109, 1, 0, 0, 0, 1, 5, 1, 96, 0, 1, 123, 3, 2, 1, 0, 10, 10, 1, 8, 0, 65, 0, 253, 15, 253, 98, 11,
])

/** Says before anything else fails why nothing would run. @throws UNSUPPORTED_PLATFORM */
export function checkPlatform(
  node = process.versions.node,
  hasSimd = (): boolean => WebAssembly.validate(WITH_SIMD),
): void {
  const [least, version] = [LEAST_NODE, node].map((text) => text.split('.').map(Number)) as [number[], number[]]
  const isOlder = version[0] === least[0] ? version[1]! < least[1]! : version[0]! < least[0]!
  if (isOlder) throw unsupported(`Node ${node} is older than ${LEAST_NODE}, the oldest that is supported`)
  if (!hasSimd())
    throw unsupported(
      'WebAssembly has no SIMD on this processor (x86 needs SSE4.1), or it was turned off; it is needed for all rows',
    )
}

const unsupported = (reason: string): MillraceError => new MillraceError('UNSUPPORTED_PLATFORM', { reason })
