import { randomBytes } from 'node:crypto'

/** A secret for one application: whoever has it may join and read its data. */
export const newSecret = (): string => randomBytes(32).toString('hex')
