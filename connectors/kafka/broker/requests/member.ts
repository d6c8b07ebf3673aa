import type { RequestReader } from '../protocol/reader.js'

/** Who asks, as requests of members of a group begin. */
export function readMember(request: RequestReader) {
  return { groupId: request.string(), generation: request.int32(), memberId: request.string() }
}
