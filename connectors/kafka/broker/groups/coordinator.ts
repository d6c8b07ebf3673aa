import { randomUUID } from 'node:crypto'
import {
  type Answer,
  GroupCore,
  type JoinAnswer,
  type JoinRequest,
  type SyncAnswer,
  type Ticket,
} from './group-core.js'
import type { OffsetStore } from './offset-store.js'

const TICK_MS = 100

/** Runs the groups of a broker: gives each event to its core, the time included, and delivers the answers. */
export class GroupCoordinator {
  readonly offsets: OffsetStore
  readonly #groups = new Map<string, GroupCore>()
  readonly #waiting = new Map<Ticket, (answer: Answer) => void>()
  readonly #timer: NodeJS.Timeout
  #nextTicket = 0

  constructor(offsets: OffsetStore) {
    this.offsets = offsets
    this.#timer = setInterval(() => this.#tick(), TICK_MS)
    this.#timer.unref()
  }

  /** Groups with members now, and those that only have offsets. */
  groupIds(): readonly string[] {
    return [...new Set([...this.#groups.keys(), ...this.offsets.groups()])]
  }

  group(groupId: string): GroupCore | undefined {
    return this.#groups.get(groupId)
  }

  join(groupId: string, request: JoinRequest): Promise<JoinAnswer> {
    const core = this.#groups.get(groupId) ?? new GroupCore()
    this.#groups.set(groupId, core)
    const memberId = `${request.clientId}-${randomUUID()}`
    return this.#ask<JoinAnswer>((ticket) => core.join(ticket, request, memberId, Date.now()))
  }

  sync(
    groupId: string,
    memberId: string,
    generation: number,
    assignments: ReadonlyMap<string, Buffer>,
  ): Promise<SyncAnswer> {
    const core = this.#groups.get(groupId) ?? new GroupCore()
    return this.#ask<SyncAnswer>((ticket) => core.sync(ticket, memberId, generation, assignments, Date.now()))
  }

  heartbeat(groupId: string, memberId: string, generation: number): number {
    return (this.#groups.get(groupId) ?? new GroupCore()).heartbeat(memberId, generation, Date.now())
  }

  leave(groupId: string, memberId: string): number {
    const { error, answers } = (this.#groups.get(groupId) ?? new GroupCore()).leave(memberId, Date.now())
    this.#deliver(answers)
    return error
  }

  close(): void {
    clearInterval(this.#timer)
  }

  #ask<T extends JoinAnswer | SyncAnswer>(event: (ticket: Ticket) => Answer[]): Promise<T> {
    const ticket = this.#nextTicket++
    return new Promise((resolve) => {
      this.#waiting.set(ticket, (answer) => resolve(answer as Answer & T))
      this.#deliver(event(ticket))
    })
  }

  #deliver(answers: readonly Answer[]): void {
    for (const answer of answers) {
      this.#waiting.get(answer.ticket)?.(answer)
      this.#waiting.delete(answer.ticket)
    }
  }

  #tick(): void {
    const nowMs = Date.now()
    for (const [groupId, core] of this.#groups) {
      this.#deliver(core.tick(nowMs))
      if (core.phase === 'Empty') this.#groups.delete(groupId)
    }
  }
}
