import { MillraceError } from '../../common/errors/millrace-error.js'
import type { ToMaster } from '../../proto/cluster.js'
import { isWorkerId } from '../../proto/worker-id.js'

type Join = Extract<ToMaster, { kind: 'joinWorker' | 'joinApplication' }>

const MAX_CORES = 65_536

/** The id of who joins. @throws INVALID_CONF_VALUE for what no member has */
export function checkedJoin(message: Join): string {
  const { kind, cores, memoryBytes } = message
  const memberId = kind === 'joinWorker' ? message.workerId : message.applicationId
  if (memberId === '') throw refuse('id', memberId, 'a member of a cluster has one')
  if (isWorkerId(memberId) !== (kind === 'joinWorker'))
    throw refuse('id', memberId, 'those of workers begin with worker-, and those of applications do not')
  if (cores > MAX_CORES) throw refuse('cores', cores, `there are at most ${MAX_CORES}`)
  if (!Number.isSafeInteger(memoryBytes) || memoryBytes <= 0) throw refuse('memory', memoryBytes, 'it is no size')
  return memberId
}

/** A line is that of one member: what ends with the line is what that member was. */
export const otherThanBefore = (memberId: string, before: string): MillraceError =>
  refuse('id', memberId, `this connection is that of ${before}`)

const refuse = (key: string, value: string | number, reason: string): MillraceError =>
  new MillraceError('INVALID_CONF_VALUE', { key, value: String(value), reason })
