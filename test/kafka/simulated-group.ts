import assert from 'node:assert/strict'
import { type Answer, GroupCore, type JoinAnswer } from '../../connectors/kafka/broker/groups/group-core.js'
import { ERROR } from '../../connectors/kafka/broker/protocol/error-codes.js'
import { Random } from '../support/random.js'

const SESSION_MS = 1_000
const REBALANCE_MS = 2_000
/** How long a client that lives takes for its next request at most. */
const MOST_PAUSE_MS = 400
const TICK_MS = 100
const NOTHING: ReadonlyMap<string, Buffer> = new Map()

/** A consumer as it follows the protocol, unless it dies. */
interface Client {
  readonly name: string
  readonly protocols: readonly string[]
  /** Dead ones say nothing any more. */
  isAlive: boolean
  /** What the group knows it as; empty before its first join was answered. */
  memberId: string
  generation: number
  /** When it asks for something again. */
  asksAtMs: number
  /** The request that waits for its answer. */
  waits: { readonly ticket: number; readonly kind: 'join' | 'sync' } | undefined
  /** What it was assigned in its generation. */
  assignment: string | undefined
  joined: JoinAnswer | undefined
}

/** What the members of a generation were told. */
interface Generation {
  readonly leader: string
  readonly protocol: string
  readonly members: Set<string>
  listed: readonly string[] | undefined
}

/** A random history of a consumer group with a clock of its own, driven as a broker drives its groups; any broken invariant throws. */
export class SimulatedGroup {
  readonly #random: Random
  readonly #core = new GroupCore()
  readonly #clients: Client[] = []
  readonly #asked = new Map<number, Client>()
  readonly #known = new Map<number, Generation>()
  readonly #faultsUntilMs: number
  #nowMs = 0
  #nextTicket = 0
  generations = 0
  expired = 0
  assigned = 0

  constructor(seed: number) {
    this.#random = new Random(seed)
    this.#faultsUntilMs = this.#random.integer(3_000, 20_000)
  }

  run(): void {
    for (let i = this.#random.integer(1, 3); i > 0; i--) this.#come()
    while (this.#nowMs < this.#faultsUntilMs) {
      this.#nowMs += this.#random.integer(1, TICK_MS)
      this.#strike()
      this.#step()
    }
    // A rebalance that has begun may take its time, and one more when somebody who died is missed.
    const calmMs = this.#nowMs + 2 * (SESSION_MS + REBALANCE_MS)
    while (this.#nowMs < calmMs) {
      this.#nowMs += TICK_MS
      this.#step()
    }
    this.#checkCalm()
  }

  #come(): void {
    const shared = this.#random.pick([['range'], ['range', 'sticky'], ['sticky', 'range']])
    const protocols = this.#random.chance(0.3) ? ['own', ...shared] : shared
    const client = { isAlive: true, memberId: '', generation: -1, asksAtMs: this.#nowMs }
    const fresh = { waits: undefined, assignment: undefined, joined: undefined }
    this.#clients.push({ name: `c${this.#clients.length}`, protocols, ...client, ...fresh })
  }

  #strike(): void {
    const alive = this.#clients.filter(({ isAlive }) => isAlive)
    if (this.#random.chance(0.02) && alive.length < 6) this.#come()
    if (alive.length === 0) return
    const victim = this.#random.pick(alive)
    const fate = this.#random.next()
    if (fate < 0.01) victim.isAlive = false
    else if (fate < 0.02) this.#leave(victim)
  }

  /** Time passes: the broker looks for silent members, and each client does what is its turn. */
  #step(): void {
    const before = this.#core.describe().length
    this.#take(this.#core.tick(this.#nowMs))
    if (this.#core.describe().length < before) this.expired++
    for (const client of this.#clients) if (client.isAlive) this.#turn(client)
  }

  #turn(client: Client): void {
    if (client.waits !== undefined || client.asksAtMs > this.#nowMs) return
    client.asksAtMs = this.#nowMs + this.#random.integer(0, MOST_PAUSE_MS)
    if (client.joined === undefined) this.#join(client)
    else if (client.assignment === undefined) this.#sync(client)
    else this.#heartbeat(client)
  }

  #join(client: Client): void {
    const protocols = client.protocols.map((name) => ({ name, metadata: Buffer.from(client.name) }))
    const { memberId, name: clientId } = client
    const times = { sessionTimeoutMs: SESSION_MS, rebalanceTimeoutMs: REBALANCE_MS }
    const request = { memberId, clientId, clientHost: '', ...times, protocolType: 'consumer', protocols }
    const ticket = this.#ask(client, 'join')
    this.#take(this.#core.join(ticket, request, `${clientId}-${ticket}`, this.#nowMs))
  }

  #sync(client: Client): void {
    const { memberId, generation, joined } = client
    const list = joined!.members.map((member) => member.memberId)
    const assignments = new Map(list.map((id) => [id, Buffer.from(assignmentFor(generation, id))]))
    const ticket = this.#ask(client, 'sync')
    this.#take(
      this.#core.sync(ticket, memberId, generation, memberId === joined!.leader ? assignments : NOTHING, this.#nowMs),
    )
  }

  #heartbeat(client: Client): void {
    const { memberId, generation } = client
    const error = this.#core.heartbeat(memberId, generation, this.#nowMs)
    const isPreparing = this.#core.phase === 'PreparingRebalance'
    if (error === ERROR.none) return assert.ok(!isPreparing, 'a member is not told of a rebalance')
    if (error === ERROR.rebalanceInProgress) assert.ok(isPreparing, 'a member is told of a rebalance that is none')
    this.#reset(client, error)
  }

  #leave(client: Client): void {
    client.isAlive = false
    if (client.memberId === '') return
    const { error, answers } = this.#core.leave(client.memberId, this.#nowMs)
    assert.ok(error === ERROR.none || error === ERROR.unknownMemberId)
    this.#take(answers)
  }

  #ask(client: Client, kind: 'join' | 'sync'): number {
    const ticket = this.#nextTicket++
    client.waits = { ticket, kind }
    this.#asked.set(ticket, client)
    return ticket
  }

  #take(answers: readonly Answer[]): void {
    for (const answer of answers) {
      const client = this.#asked.get(answer.ticket)
      assert.ok(client, `request ${answer.ticket} is answered twice`)
      this.#asked.delete(answer.ticket)
      assert.equal(client.waits?.kind, answer.kind)
      client.waits = undefined
      if (answer.error !== ERROR.none) this.#reset(client, answer.error)
      else if (answer.kind === 'join') this.#joined(client, answer)
      else this.#assigned(client, String(answer.assignment))
    }
  }

  /** After an error a member joins again. */
  #reset(client: Client, error: number): void {
    const isTold = [ERROR.unknownMemberId, ERROR.illegalGeneration, ERROR.rebalanceInProgress] as readonly number[]
    assert.ok(isTold.includes(error), `error ${error}`)
    assert.ok(error !== ERROR.unknownMemberId || !client.isAlive, 'a member that lives is gone')
    client.joined = undefined
    client.assignment = undefined
  }

  #joined(client: Client, answer: JoinAnswer): void {
    const { generation, leader, protocol, memberId, members } = answer
    const known = this.#known.get(generation)
    if (known === undefined) {
      const newest = Math.max(0, ...this.#known.keys())
      assert.ok(generation > newest, 'generations count up')
      this.generations++
    }
    const of = known ?? { leader, protocol, members: new Set(), listed: undefined }
    this.#known.set(generation, of)
    assert.deepEqual({ leader, protocol }, { leader: of.leader, protocol: of.protocol }, 'members are told the same')
    assert.ok(client.protocols.includes(protocol), 'a member does not know the protocol')
    of.members.add(memberId)
    if (memberId === leader) of.listed = members.map((member) => member.memberId)
    else assert.deepEqual(members, [])
    client.memberId = memberId
    client.generation = generation
    client.joined = answer
  }

  #assigned(client: Client, assignment: string): void {
    const { generation, memberId } = client
    assert.equal(assignment, assignmentFor(generation, memberId), 'a member has what is for another one')
    client.assignment = assignment
    this.assigned++
  }

  /** Who lives is in, with an assignment of the same generation; who died is out. */
  #checkCalm(): void {
    const alive = this.#clients.filter(({ isAlive }) => isAlive)
    const ids = alive.map(({ memberId }) => memberId).toSorted()
    const there = this.#core.describe().map(({ id }) => id)
    assert.deepEqual(there.toSorted(), ids, 'the group has others than those who live')
    assert.equal(this.#core.phase, alive.length === 0 ? 'Empty' : 'Stable')
    for (const { generation, assignment } of alive) {
      assert.equal(generation, alive[0]!.generation)
      assert.notEqual(assignment, undefined, 'a member waits for ever')
    }
    for (const [ticket, client] of this.#asked) assert.ok(!client.isAlive, `request ${ticket} is never answered`)
    for (const { members, listed } of this.#known.values())
      assert.deepEqual(listed?.toSorted(), [...members].toSorted(), 'the leader knows of others than there are')
  }
}

const assignmentFor = (generation: number, memberId: string): string => `${generation} for ${memberId}`
