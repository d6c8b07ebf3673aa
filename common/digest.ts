import { createHash } from 'node:crypto'

/** A short text that stands for a long one. */
export const digestOf = (text: string): string => createHash('sha256').update(text).digest('base64')
