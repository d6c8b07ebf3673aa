import { createHash } from 'node:crypto'
import type { HostRoutine } from './routine.js'

const hexDigest = (algorithm: string, value: unknown): string =>
  createHash(algorithm)
    .update(value as Uint8Array)
    .digest('hex')

export const md5: HostRoutine = ([value]) => hexDigest('md5', value)

export const sha1: HostRoutine = ([value]) => hexDigest('sha1', value)

const SHA2: ReadonlyMap<unknown, string> = new Map([
  [0, 'sha256'],
  [224, 'sha224'],
  [256, 'sha256'],
  [384, 'sha384'],
  [512, 'sha512'],
])

/** NULL for sizes that there are not. */
export const sha2: HostRoutine = ([value, bits]) => {
  const algorithm = SHA2.get(bits)
  return algorithm === undefined ? null : hexDigest(algorithm, value)
}
