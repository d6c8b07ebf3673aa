import type { ExecutorTable } from '../executors/executor-table.js'
import type { SchedulerAction, TaskInput } from './actions.js'
import type { Attempts } from './attempts.js'
import type { SchedulerEvent } from './events.js'
import { type HeldOutput, type Outputs, outputsHeldBy } from './held-outputs.js'
import { inputsOf } from './task-inputs.js'

/** How executors go, as `decommission.*` says. */
export interface DecommissionOptions {
  /** After so long one goes in any case. */
  readonly timeoutMs: number
  /** Whether others take what it holds of what tasks wrote for later stages, and of caches. */
  readonly movesShuffles: boolean
  readonly movesCaches: boolean
}

/** What `Decommissions` is told. */
export type DecommissionEvent = Extract<
  SchedulerEvent,
  { kind: 'decommissionAsked' | 'outputTaken' | 'outputNotTaken' }
>

/** An executor that may go now. */
interface Gone {
  readonly executorId: string
  readonly reason: string
}

interface Move {
  readonly held: HeldOutput
  readonly to: string
}

/** An executor that is to go. */
interface Leaver {
  readonly executorId: string
  readonly reason: string
  readonly untilMs: number
  /** When to look again what it holds. */
  lookAtMs: number
  /** What is to be moved, as of the last look, and what is on its way, by attempt. */
  waiting: HeldOutput[]
  readonly moves: Map<number, Move>
  /** How often a move of an attempt's output failed. */
  readonly failures: Map<number, number>
  /** Attempts that were told to read from it. */
  readonly readers: Set<number>
  /** Since when nobody is there who could take what waits. */
  aloneSinceMs: number
  holdsResults: boolean
  moved: number
}

const DEFAULTS: DecommissionOptions = { timeoutMs: 60_000, movesShuffles: true, movesCaches: true }
/** So many outputs are on their way from one executor at once. */
const MOST_MOVES = 8
/** A move that failed so often is given up: what is lost is computed again. */
const MOST_FAILURES = 3
/** What an executor holds is looked for so often: tasks and jobs end meanwhile. */
const LOOK_MS = 100
/** How long to wait for others who could take what it holds, when there are none. */
const ALONE_MS = 10_000

/**
 * Executors that are to go: they get no tasks, others take what they hold, and when nothing is left, or the time is over, they go. It is a part of the scheduler, and as
 * pure.
 */
export class Decommissions {
  readonly #options: DecommissionOptions
  readonly #executors: ExecutorTable
  readonly #outputs: Outputs
  readonly #attempts: Attempts
  readonly #leavers = new Map<string, Leaver>()
  /** How many bytes each executor was given of those that left. */
  readonly #given = new Map<string, number>()
  #actions: SchedulerAction[] = []

  constructor(
    options: DecommissionOptions | undefined,
    executors: ExecutorTable,
    outputs: Outputs,
    attempts: Attempts,
  ) {
    this.#options = options ?? DEFAULTS
    this.#executors = executors
    this.#outputs = outputs
    this.#attempts = attempts
  }

  /** When something is due although nothing happens. */
  get wakeAtMs(): number {
    let nextMs = Number.POSITIVE_INFINITY
    for (const { untilMs, lookAtMs } of this.#leavers.values()) nextMs = Math.min(nextMs, untilMs, lookAtMs)
    return nextMs
  }

  handle(event: DecommissionEvent, nowMs: number): void {
    switch (event.kind) {
      case 'decommissionAsked':
        return this.#begin(event.executorId, event.reason, nowMs)
      case 'outputTaken':
        return this.#taken(event.executorId, event.attemptId)
      case 'outputNotTaken':
        return this.#notTaken(event.executorId, event.attemptId)
    }
  }

  /** A task is sent that reads from these. */
  launched(attemptId: number, inputs: readonly TaskInput[]): void {
    for (const { executorId, readers } of this.#leavers.values())
      if (readsFrom(executorId, inputs)) readers.add(attemptId)
  }

  /** It is gone: what was on its way to it goes elsewhere, after the next look. */
  forget(executorId: string): void {
    this.#leavers.delete(executorId)
    this.#given.delete(executorId)
    for (const leaver of this.#leavers.values())
      for (const [attemptId, { to }] of leaver.moves) {
        if (to !== executorId) continue
        leaver.moves.delete(attemptId)
        leaver.lookAtMs = 0
      }
  }

  /** Those of whom nothing is wanted any more, or whose time is over. */
  gone(nowMs: number): readonly Gone[] {
    const gone: Gone[] = []
    for (const leaver of this.#leavers.values()) {
      // Looked for again, as a task may have ended there just now.
      if (this.#isThrough(leaver, nowMs)) this.#look(leaver, nowMs)
      if (!this.#isThrough(leaver, nowMs) && nowMs < leaver.untilMs) continue
      gone.push({ executorId: leaver.executorId, reason: reasonOf(leaver, this.#executors) })
    }
    return gone
  }

  /** What is to be done now; to be asked before `gone`. */
  takeActions(nowMs: number): readonly SchedulerAction[] {
    for (const leaver of this.#leavers.values()) {
      if (nowMs >= leaver.lookAtMs) this.#look(leaver, nowMs)
      this.#startMoves(leaver, nowMs)
    }
    const actions = this.#actions
    if (actions.length > 0) this.#actions = []
    return actions
  }

  #begin(executorId: string, reason: string, nowMs: number): void {
    if (!this.#executors.has(executorId) || this.#leavers.has(executorId)) return
    this.#executors.drain(executorId)
    const untilMs = nowMs + this.#options.timeoutMs
    const reading = { readers: this.#readersOf(executorId), holdsResults: false }
    const moving = { waiting: [], moves: new Map(), failures: new Map(), moved: 0 }
    const times = { untilMs, lookAtMs: nowMs, aloneSinceMs: Number.POSITIVE_INFINITY }
    this.#leavers.set(executorId, { executorId, reason, ...times, ...moving, ...reading })
    this.#actions.push({ kind: 'executorDecommissioned', executorId, reason })
  }

  #readersOf(executorId: string): Set<number> {
    const readers = new Set<number>()
    for (const { attemptId, jobId, stageKey, partition } of this.#attempts.all()) {
      const job = this.#outputs.jobs.get(jobId)
      const stage = job?.stage(stageKey)
      if (job && stage && readsFrom(executorId, inputsOf(job, stage, partition))) readers.add(attemptId)
    }
    return readers
  }

  #taken(to: string, attemptId: number): void {
    for (const leaver of this.#leavers.values()) {
      const move = leaver.moves.get(attemptId)
      if (move?.to !== to) continue
      leaver.moves.delete(attemptId)
      const { table, partition, bytes, jobId, cacheId } = move.held
      // A cache that was dropped meanwhile, or a job that ended, has its table still.
      const isWanted = this.#isHeldBy(leaver.executorId, attemptId)
      if (!isWanted || !table.move(partition, attemptId, leaver.executorId, to)) break
      leaver.moved++
      const moved = {
        partition,
        bytes,
        from: leaver.executorId,
        to,
        ...(cacheId === undefined ? { jobId } : { cacheId }),
      }
      this.#actions.push({ kind: 'outputMoved', moved })
      return
    }
    // Nobody waits for it any more. What belongs to no job would stay for ever.
    if (this.#executors.has(to) && !this.#isHeldBy(to, attemptId))
      this.#actions.push({ kind: 'discardOutput', executorId: to, attemptId })
  }

  #isHeldBy(executorId: string, attemptId: number): boolean {
    for (const held of outputsHeldBy(executorId, this.#outputs)) if (held.attemptId === attemptId) return true
    return false
  }

  #notTaken(to: string, attemptId: number): void {
    for (const { moves, failures, waiting } of this.#leavers.values()) {
      const move = moves.get(attemptId)
      if (move?.to !== to) continue
      moves.delete(attemptId)
      failures.set(attemptId, (failures.get(attemptId) ?? 0) + 1)
      // Counted as given, so that others are asked first.
      if (failures.get(attemptId)! < MOST_FAILURES) waiting.push(move.held)
    }
  }

  #look(leaver: Leaver, nowMs: number): void {
    const { executorId, moves, failures } = leaver
    const { movesCaches, movesShuffles } = this.#options
    leaver.lookAtMs = nowMs + LOOK_MS
    leaver.holdsResults = false
    leaver.waiting = []
    for (const attemptId of leaver.readers) if (!this.#attempts.has(attemptId)) leaver.readers.delete(attemptId)
    for (const held of outputsHeldBy(executorId, this.#outputs)) {
      const { kind, attemptId } = held
      if (kind === 'result') leaver.holdsResults = true
      else if (kind === 'cache' ? !movesCaches : !movesShuffles) continue
      else if (!moves.has(attemptId) && (failures.get(attemptId) ?? 0) < MOST_FAILURES) leaver.waiting.push(held)
    }
  }

  #isThrough({ executorId, waiting, moves, readers, holdsResults, aloneSinceMs }: Leaver, nowMs: number): boolean {
    if (this.#executors.running(executorId) > 0) return false
    if (nowMs - aloneSinceMs >= ALONE_MS) return true
    return waiting.length === 0 && moves.size === 0 && readers.size === 0 && !holdsResults
  }

  #startMoves(leaver: Leaver, nowMs: number): void {
    const { executorId: from, waiting, moves } = leaver
    const others = waiting.length === 0 ? [] : this.#executors.taking()
    if (waiting.length === 0 || others.length > 0) leaver.aloneSinceMs = Number.POSITIVE_INFINITY
    else leaver.aloneSinceMs = Math.min(leaver.aloneSinceMs, nowMs)
    while (others.length > 0 && moves.size < MOST_MOVES && waiting.length > 0) {
      const held = waiting.pop()!
      const { attemptId, jobId, cacheId, bytes } = held
      const to = others.reduce((least, other) => (this.#givenTo(other) < this.#givenTo(least) ? other : least))
      // One at least: empty outputs are to be spread, too.
      this.#given.set(to, this.#givenTo(to) + Math.max(1, bytes))
      moves.set(attemptId, { held, to })
      this.#actions.push({ kind: 'moveOutput', from, to, attemptId, jobId, cacheId })
    }
  }

  #givenTo(executorId: string): number {
    return this.#given.get(executorId) ?? 0
  }
}

/** Why it went, for people. */
function reasonOf(leaver: Leaver, executors: ExecutorTable): string {
  const { executorId, reason, moved, waiting, moves, readers, failures, holdsResults } = leaver
  const givenUp = [...failures.values()].filter((times) => times >= MOST_FAILURES).length
  const left = waiting.length + moves.size + readers.size + givenUp + (holdsResults ? 1 : 0)
  const running = executors.running(executorId)
  const taken = moved === 0 ? '' : `, and others took what ${moved} of its tasks wrote`
  const lost = left === 0 ? '' : '; not all that it held was taken in time'
  const ended = running === 0 ? '' : `; ${running} of its tasks did not end in time`
  return `it was decommissioned: ${reason}${taken}${lost}${ended}`
}

const readsFrom = (executorId: string, inputs: readonly TaskInput[]): boolean =>
  inputs.some(({ outputs }) => outputs.some((group) => group.executorId === executorId))
