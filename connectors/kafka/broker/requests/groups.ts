import type { JoinRequest } from '../groups/group-core.js'
import { ERROR } from '../protocol/error-codes.js'
import type { Api } from './api.js'
import { readMember } from './member.js'

/** What may be coordinated. */
const GROUP = 0
const TRANSACTION = 1
const NO_OPERATIONS = -2147483648

export const findCoordinator: Api = {
  key: 10,
  name: 'FindCoordinator',
  minVersion: 0,
  maxVersion: 2,
  async handle(request, response, { apiVersion }, context) {
    request.string() // group or transactional id: one broker coordinates all
    const kind = apiVersion >= 1 ? request.int8() : GROUP
    const isKnown = kind === GROUP || kind === TRANSACTION
    if (apiVersion >= 1) response.int32(0)
    response.int16(isKnown ? ERROR.none : ERROR.invalidRequest)
    if (apiVersion >= 1) response.nullableString(null)
    if (!isKnown) response.int32(-1).string('').int32(-1)
    else response.int32(context.nodeId).string(context.host).int32(context.port)
    return true
  },
}

export const joinGroup: Api = {
  key: 11,
  name: 'JoinGroup',
  minVersion: 0,
  maxVersion: 5,
  async handle(request, response, { apiVersion, clientId, clientHost }, context) {
    const groupId = request.string()
    const sessionTimeoutMs = request.int32()
    const rebalanceTimeoutMs = apiVersion >= 1 ? request.int32() : sessionTimeoutMs
    const memberId = request.string()
    if (apiVersion >= 5) request.nullableString() // group instance id: static membership is not kept
    const protocolType = request.string()
    const protocols = request.array(() => ({ name: request.string(), metadata: Buffer.from(request.bytes()) }))
    const join: JoinRequest = {
      memberId,
      clientId: clientId ?? 'client',
      clientHost,
      sessionTimeoutMs,
      rebalanceTimeoutMs,
      protocolType,
      protocols,
    }
    const answer = await context.groups.join(groupId, join)
    if (apiVersion >= 2) response.int32(0)
    response
      .int16(answer.error)
      .int32(answer.generation)
      .string(answer.protocol)
      .string(answer.leader)
      .string(answer.memberId)
    response.array(answer.members, (member) => {
      response.string(member.memberId)
      if (apiVersion >= 5) response.nullableString(null)
      response.bytes(member.metadata)
    })
    return true
  },
}

export const syncGroup: Api = {
  key: 14,
  name: 'SyncGroup',
  minVersion: 0,
  maxVersion: 3,
  async handle(request, response, { apiVersion }, context) {
    const { groupId, generation, memberId } = readMember(request)
    if (apiVersion >= 3) request.nullableString()
    const assignments = new Map(request.array(() => [request.string(), Buffer.from(request.bytes())] as const))
    const answer = await context.groups.sync(groupId, memberId, generation, assignments)
    if (apiVersion >= 1) response.int32(0)
    response.int16(answer.error).bytes(answer.assignment)
    return true
  },
}

export const heartbeat: Api = {
  key: 12,
  name: 'Heartbeat',
  minVersion: 0,
  maxVersion: 3,
  async handle(request, response, { apiVersion }, context) {
    const { groupId, generation, memberId } = readMember(request)
    if (apiVersion >= 1) response.int32(0)
    response.int16(context.groups.heartbeat(groupId, memberId, generation))
    return true
  },
}

export const leaveGroup: Api = {
  key: 13,
  name: 'LeaveGroup',
  minVersion: 0,
  maxVersion: 3,
  async handle(request, response, { apiVersion }, context) {
    const groupId = request.string()
    const read = (): string => {
      const memberId = request.string()
      if (apiVersion >= 3) request.nullableString()
      return memberId
    }
    const members = apiVersion >= 3 ? request.array(read) : [read()]
    const results = members.map((memberId) => ({ memberId, error: context.groups.leave(groupId, memberId) }))
    if (apiVersion >= 1) response.int32(0)
    response.int16(apiVersion >= 3 ? ERROR.none : results[0]!.error)
    if (apiVersion >= 3) {
      response.array(results, ({ memberId, error }) => response.string(memberId).nullableString(null).int16(error))
    }
    return true
  },
}

export const describeGroups: Api = {
  key: 15,
  name: 'DescribeGroups',
  minVersion: 0,
  maxVersion: 4,
  async handle(request, response, { apiVersion }, context) {
    const groupIds = request.array(() => request.string())
    if (apiVersion >= 3) request.boolean()
    if (apiVersion >= 1) response.int32(0)
    response.array(groupIds, (groupId) => {
      const group = context.groups.group(groupId)
      const known = group !== undefined || context.groups.groupIds().includes(groupId)
      response
        .int16(ERROR.none)
        .string(groupId)
        .string(group?.phase ?? (known ? 'Empty' : 'Dead'))
      response.string(group?.protocolType ?? '').string(group?.protocol ?? '')
      response.array(group?.describe() ?? [], (member) => {
        response.string(member.id)
        if (apiVersion >= 4) response.nullableString(null)
        response.string(member.clientId).string(member.clientHost).bytes(member.metadata).bytes(member.assignment)
      })
      if (apiVersion >= 3) response.int32(NO_OPERATIONS)
    })
    return true
  },
}

export const listGroups: Api = {
  key: 16,
  name: 'ListGroups',
  minVersion: 0,
  maxVersion: 2,
  async handle(_request, response, { apiVersion }, context) {
    if (apiVersion >= 1) response.int32(0)
    response.int16(ERROR.none)
    response.array(context.groups.groupIds(), (id) =>
      response.string(id).string(context.groups.group(id)?.protocolType ?? 'consumer'),
    )
    return true
  },
}
