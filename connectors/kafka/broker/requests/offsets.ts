import { groupBy } from '../../../../common/group-by.js'
import { ERROR } from '../protocol/error-codes.js'
import type { Api } from './api.js'
import { readMember } from './member.js'

export const offsetCommit: Api = {
  key: 8,
  name: 'OffsetCommit',
  minVersion: 2,
  maxVersion: 7,
  async handle(request, response, { apiVersion }, context) {
    const { groupId: group, generation, memberId } = readMember(request)
    if (apiVersion >= 7) request.nullableString() // group instance id
    if (apiVersion <= 4) request.int64() // retention: offsets are kept for ever
    const topics = request.array(() => ({
      topic: request.string(),
      partitions: request.array(() => {
        const partition = request.int32()
        const offset = request.int64()
        if (apiVersion >= 6) request.int32() // leader epoch
        return { partition, offset: String(offset), metadata: request.nullableString() }
      }),
    }))
    let error: number =
      context.groups.group(group)?.checkCommit(memberId, generation) ??
      (generation < 0 ? ERROR.none : ERROR.unknownMemberId)
    if (error === ERROR.none) {
      const lines = topics.flatMap(({ topic, partitions }) => partitions.map((p) => ({ group, topic, ...p })))
      // Clients try again when a coordinator is not available, which is what a disk that cannot be written comes to.
      await context.groups.offsets.commit(lines).catch(() => {
        error = ERROR.coordinatorNotAvailable
      })
    }
    if (apiVersion >= 3) response.int32(0)
    response.array(topics, ({ topic, partitions }) => {
      response.string(topic).array(partitions, ({ partition }) => response.int32(partition).int16(error))
    })
    return true
  },
}

export const offsetFetch: Api = {
  key: 9,
  name: 'OffsetFetch',
  minVersion: 1,
  maxVersion: 5,
  async handle(request, response, { apiVersion }, context) {
    const group = request.string()
    const { offsets } = context.groups
    const asked = request.nullableArray(() => ({
      topic: request.string(),
      partitions: request.array(() => request.int32()),
    }))
    const committed = [...groupBy(offsets.all(group), ({ topic }) => topic)]
    const topics =
      asked ?? committed.map(([topic, all]) => ({ topic, partitions: all.map(({ partition }) => partition) }))
    if (apiVersion >= 3) response.int32(0)
    response.array(topics, ({ topic, partitions }) => {
      response.string(topic).array(partitions, (partition) => {
        const found = offsets.get(group, topic, partition)
        response.int32(partition).int64(BigInt(found?.offset ?? -1))
        if (apiVersion >= 5) response.int32(-1)
        response.nullableString(found?.metadata ?? '').int16(ERROR.none)
      })
    })
    if (apiVersion >= 2) response.int16(ERROR.none)
    return true
  },
}
