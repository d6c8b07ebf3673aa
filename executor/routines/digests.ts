import { createHash } from 'node:crypto'
import type { HostRoutine } from './routine.js'

const hexDigest = (algorithm: string, value: unknown): string =>
  createHash(algorithm)
    .update(value as Uint8Array)
    .digest('hex')

export const md5: HostRoutine = ([value]) => hexDigest('md5', value)
