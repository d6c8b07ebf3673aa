import { MillraceError } from '../../common/errors/millrace-error.js'
import type { ToMaster } from '../../proto/cluster.js'
import { isWorkerId } from '../../proto/worker-id.js'

type Join = Extract<ToMaster, { kind: 'joinWorker' | 'joinApplication' }>

const MAX_CORES = 65_536
/** Characters of ids and addresses, and bytes of sealed secrets. Of a name the master takes the beginning. */
const MOST_LONG = 4_096
/** Users need no more than a token to have one, and each that is away is kept for a while. */
const MAX_APPLICATIONS = 10_000

interface Known {
  readonly record: { readonly applicationId: string }
}

/**
 * The id of who joins.
 * @param applications that are there
 * @throws INVALID_CONF_VALUE for what no member has, or when there are too many
 */
export function checkedJoin(message: Join, applications: Iterable<Known>): string {
  const { kind, cores, memoryBytes } = message
  const memberId = kind === 'joinWorker' ? message.workerId : message.applicationId
  if (memberId === '') throw refuse('id', memberId, 'a member of a cluster has one')
  if (isWorkerId(memberId) !== (kind === 'joinWorker'))
    throw refuse('id', memberId, 'those of workers begin with worker-, and those of applications do not')
  for (const [key, value] of Object.entries(message)) {
    const isLong = (typeof value === 'string' || value instanceof Uint8Array) && value.length > MOST_LONG
    if (isLong && key !== 'name') throw refuse(key, '…', `it is longer than ${MOST_LONG}`)
  }
  if (kind === 'joinApplication') checkRoom(memberId, [...applications])
  if (cores > MAX_CORES) throw refuse('cores', cores, `there are at most ${MAX_CORES}`)
  if (!Number.isSafeInteger(memoryBytes) || memoryBytes <= 0) throw refuse('memory', memoryBytes, 'it is no size')
  return memberId
}

/** One that is there may come back. */
function checkRoom(applicationId: string, there: readonly Known[]): void {
  if (there.length < MAX_APPLICATIONS || there.some(({ record }) => record.applicationId === applicationId)) return
  throw refuse('id', applicationId, `the cluster has ${MAX_APPLICATIONS} applications already`)
}

/** A line is that of one member: what ends with the line is what that member was. */
export const otherThanBefore = (memberId: string, before: string): MillraceError =>
  refuse('id', memberId, `this connection is that of ${before}`)

const refuse = (key: string, value: string | number, reason: string): MillraceError =>
  new MillraceError('INVALID_CONF_VALUE', { key, value: String(value), reason })
