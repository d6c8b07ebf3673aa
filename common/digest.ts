import { createHash } from 'node:crypto'

/** A short text that stands for a long one, or for bytes. */
export const digestOf = (long: string | Uint8Array): string => createHash('sha256').update(long).digest('base64')
