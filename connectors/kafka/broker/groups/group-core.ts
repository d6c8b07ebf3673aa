import { ERROR } from '../protocol/error-codes.js'

/*
 * The classic consumer group protocol of Kafka (join, sync, heartbeat, leave) as a pure state machine: events and the time go in,
 * answers come out, addressed by the ticket of the request they answer. Nothing here knows of sockets or timers.
 */

/** Identifies a request that waits for its answer. */
export type Ticket = number

export interface JoinRequest {
  readonly memberId: string
  readonly clientId: string
  readonly clientHost: string
  readonly sessionTimeoutMs: number
  readonly rebalanceTimeoutMs: number
  readonly protocolType: string
  readonly protocols: readonly { readonly name: string; readonly metadata: Buffer }[]
}

export interface JoinAnswer {
  readonly kind: 'join'
  readonly error: number
  readonly generation: number
  readonly protocol: string
  readonly leader: string
  readonly memberId: string
  readonly members: readonly { readonly memberId: string; readonly metadata: Buffer }[]
}

export interface SyncAnswer {
  readonly kind: 'sync'
  readonly error: number
  readonly assignment: Buffer
}

export type Answer = { readonly ticket: Ticket } & (JoinAnswer | SyncAnswer)

interface Member {
  readonly id: string
  readonly clientId: string
  readonly clientHost: string
  sessionTimeoutMs: number
  rebalanceTimeoutMs: number
  protocols: JoinRequest['protocols']
  /** When it asked for something last, or was answered what it had waited for. */
  lastSeenMs: number
  joining: Ticket | undefined
  syncing: Ticket | undefined
  assignment: Buffer
}

export type GroupPhase = 'Empty' | 'PreparingRebalance' | 'CompletingRebalance' | 'Stable'

const EMPTY = Buffer.alloc(0)

export class GroupCore {
  readonly #members = new Map<string, Member>()
  #phase: GroupPhase = 'Empty'
  #generation = 0
  #protocolType = ''
  #protocol = ''
  #leader = ''
  #joinDeadlineMs = Number.POSITIVE_INFINITY

  get phase(): GroupPhase {
    return this.#phase
  }

  get protocolType(): string {
    return this.#protocolType
  }

  get protocol(): string {
    return this.#protocol
  }

  /** What a description of the group shows. */
  describe(): readonly { id: string; clientId: string; clientHost: string; metadata: Buffer; assignment: Buffer }[] {
    return [...this.#members.values()].map(({ id, clientId, clientHost, protocols, assignment }) => {
      const metadata = protocols.find(({ name }) => name === this.#protocol)?.metadata ?? EMPTY
      return { id, clientId, clientHost, metadata, assignment }
    })
  }

  join(ticket: Ticket, request: JoinRequest, newMemberId: string, nowMs: number): Answer[] {
    const known = this.#members.get(request.memberId)
    if (request.memberId !== '' && known === undefined)
      return [joinFailed(ticket, ERROR.unknownMemberId, request.memberId)]
    if (!this.#fits(request)) return [joinFailed(ticket, ERROR.inconsistentGroupProtocol, request.memberId)]
    const superseded = known?.joining
    const member: Member = known ?? {
      id: newMemberId,
      clientId: request.clientId,
      clientHost: request.clientHost,
      sessionTimeoutMs: 0,
      rebalanceTimeoutMs: 0,
      protocols: [],
      lastSeenMs: nowMs,
      joining: undefined,
      syncing: undefined,
      assignment: EMPTY,
    }
    member.sessionTimeoutMs = request.sessionTimeoutMs
    member.rebalanceTimeoutMs = request.rebalanceTimeoutMs
    member.protocols = request.protocols
    member.lastSeenMs = nowMs
    member.joining = ticket
    this.#members.set(member.id, member)
    this.#protocolType = request.protocolType
    const answers: Answer[] =
      superseded === undefined ? [] : [joinFailed(superseded, ERROR.rebalanceInProgress, member.id)]
    return [...answers, ...this.#beginRebalance(nowMs), ...this.#completeJoinIfAllAreIn(nowMs)]
  }

  sync(
    ticket: Ticket,
    memberId: string,
    generation: number,
    assignments: ReadonlyMap<string, Buffer>,
    nowMs: number,
  ): Answer[] {
    const error = this.#check(memberId, generation)
    if (error !== ERROR.none) return [syncFailed(ticket, error)]
    const member = this.#members.get(memberId)!
    member.lastSeenMs = nowMs
    if (this.#phase === 'PreparingRebalance') return [syncFailed(ticket, ERROR.rebalanceInProgress)]
    if (this.#phase === 'Stable') return [{ ticket, kind: 'sync', error: ERROR.none, assignment: member.assignment }]
    const superseded: Answer[] =
      member.syncing === undefined ? [] : [syncFailed(member.syncing, ERROR.rebalanceInProgress)]
    member.syncing = ticket
    if (memberId !== this.#leader) return superseded
    this.#phase = 'Stable'
    const waiting: Answer[] = []
    for (const each of this.#members.values()) {
      each.assignment = assignments.get(each.id) ?? EMPTY
      if (each.syncing === undefined) continue
      waiting.push({ ticket: each.syncing, kind: 'sync', error: ERROR.none, assignment: each.assignment })
      each.syncing = undefined
      each.lastSeenMs = nowMs
    }
    return [...superseded, ...waiting]
  }

  /** The error code to answer a heartbeat with. */
  heartbeat(memberId: string, generation: number, nowMs: number): number {
    const error = this.#check(memberId, generation)
    if (error !== ERROR.none) return error
    this.#members.get(memberId)!.lastSeenMs = nowMs
    return this.#phase === 'PreparingRebalance' ? ERROR.rebalanceInProgress : ERROR.none
  }

  leave(memberId: string, nowMs: number): { readonly error: number; readonly answers: Answer[] } {
    if (!this.#members.has(memberId)) return { error: ERROR.unknownMemberId, answers: [] }
    return { error: ERROR.none, answers: this.#remove([memberId], nowMs) }
  }

  /** Whether offsets may be committed by this member; outside any group (generation -1) always. */
  checkCommit(memberId: string, generation: number): number {
    if (generation < 0 && this.#members.size === 0) return ERROR.none
    return this.#check(memberId, generation)
  }

  /** Removes members that fell silent and ends a join that took too long. */
  tick(nowMs: number): Answer[] {
    const silent = [...this.#members.values()].filter(
      (m) => m.joining === undefined && m.syncing === undefined && nowMs - m.lastSeenMs > m.sessionTimeoutMs,
    )
    const answers =
      silent.length > 0
        ? this.#remove(
            silent.map(({ id }) => id),
            nowMs,
          )
        : []
    if (this.#phase !== 'PreparingRebalance' || nowMs < this.#joinDeadlineMs) return answers
    const absent = [...this.#members.values()].filter((m) => m.joining === undefined).map(({ id }) => id)
    return [...answers, ...this.#remove(absent, nowMs)]
  }

  #fits(request: JoinRequest): boolean {
    if (request.protocols.length === 0) return false
    const others = [...this.#members.values()].filter(({ id }) => id !== request.memberId)
    if (others.length === 0) return true
    if (request.protocolType !== this.#protocolType) return false
    return request.protocols.some(({ name }) => others.every((m) => m.protocols.some((p) => p.name === name)))
  }

  #check(memberId: string, generation: number): number {
    if (!this.#members.has(memberId)) return ERROR.unknownMemberId
    return generation === this.#generation ? ERROR.none : ERROR.illegalGeneration
  }

  #beginRebalance(nowMs: number): Answer[] {
    if (this.#phase === 'PreparingRebalance') return []
    this.#phase = 'PreparingRebalance'
    this.#joinDeadlineMs =
      nowMs + [...this.#members.values()].reduce((most, m) => Math.max(most, m.rebalanceTimeoutMs), 0)
    const answers: Answer[] = []
    for (const member of this.#members.values()) {
      if (member.syncing === undefined) continue
      answers.push(syncFailed(member.syncing, ERROR.rebalanceInProgress))
      member.syncing = undefined
      member.lastSeenMs = nowMs
    }
    return answers
  }

  #completeJoinIfAllAreIn(nowMs: number): Answer[] {
    const members = [...this.#members.values()]
    if (this.#phase !== 'PreparingRebalance' || members.some((m) => m.joining === undefined)) return []
    this.#joinDeadlineMs = Number.POSITIVE_INFINITY
    this.#generation++
    if (members.length === 0) {
      this.#phase = 'Empty'
      return []
    }
    this.#phase = 'CompletingRebalance'
    this.#protocol = this.#chooseProtocol(members)
    if (!this.#members.has(this.#leader)) this.#leader = members[0]!.id
    return members.map((member) => {
      const ticket = member.joining!
      member.joining = undefined
      member.lastSeenMs = nowMs
      const list =
        member.id === this.#leader ? this.describe().map(({ id, metadata }) => ({ memberId: id, metadata })) : []
      return {
        ticket,
        kind: 'join',
        error: ERROR.none,
        generation: this.#generation,
        protocol: this.#protocol,
        leader: this.#leader,
        memberId: member.id,
        members: list,
      }
    })
  }

  /** The protocol that all support and most prefer. */
  #chooseProtocol(members: readonly Member[]): string {
    const common = members[0]!.protocols
      .map((p) => p.name)
      .filter((name) => members.every((m) => m.protocols.some((p) => p.name === name)))
    const votes = members.map((m) => m.protocols.find((p) => common.includes(p.name))!.name)
    return common.toSorted((a, b) => votes.filter((v) => v === b).length - votes.filter((v) => v === a).length)[0]!
  }

  #remove(memberIds: readonly string[], nowMs: number): Answer[] {
    const answers: Answer[] = []
    for (const id of memberIds) {
      const member = this.#members.get(id)
      if (member?.joining !== undefined) answers.push(joinFailed(member.joining, ERROR.unknownMemberId, id))
      if (member?.syncing !== undefined) answers.push(syncFailed(member.syncing, ERROR.unknownMemberId))
      this.#members.delete(id)
    }
    return [...answers, ...this.#beginRebalance(nowMs), ...this.#completeJoinIfAllAreIn(nowMs)]
  }
}

const joinFailed = (ticket: Ticket, error: number, memberId: string): Answer => ({
  ticket,
  kind: 'join',
  error,
  generation: -1,
  protocol: '',
  leader: '',
  memberId,
  members: [],
})

const syncFailed = (ticket: Ticket, error: number): Answer => ({ ticket, kind: 'sync', error, assignment: EMPTY })
