/**
 * The versions of what processes say to each other that this release knows: the handshake, the messages of the .proto files, and the plans
 * within them. Two processes use the newest that both know, and part when there is none.
 */
export interface ProtocolVersions {
  readonly oldest: number
  readonly newest: number
}

export const PROTOCOL_VERSIONS: ProtocolVersions = { oldest: 6, newest: 6 }

/** Undefined when they have none in common. */
export function commonVersion(ours: ProtocolVersions, theirs: ProtocolVersions): number | undefined {
  const newest = Math.min(ours.newest, theirs.newest)
  return newest >= Math.max(ours.oldest, theirs.oldest) ? newest : undefined
}

export const versionsText = ({ oldest, newest }: ProtocolVersions): string =>
  oldest === newest ? String(newest) : `${oldest} to ${newest}`
