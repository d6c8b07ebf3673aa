import { randomBytes } from 'node:crypto'

const PREFIX = 'worker-'

/** Tells those of a host apart. */
export const newWorkerId = (host: string): string => `${PREFIX}${host}-${randomBytes(3).toString('hex')}`

/** Ids of workers are known by their form: an application that had one would get what the master has for the worker. */
export const isWorkerId = (id: string): boolean => id.startsWith(PREFIX)
