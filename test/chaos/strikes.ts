import type { Random } from '../support/random.js'
import { PLACES, type Place, WORKER_PLACES } from './cluster.js'
import type { Misdeed } from './jobs.js'

export type Target = 'executor' | 'worker' | 'master' | 'jobs' | 'stream'

export type Strike =
  /** With SIGKILL; all but executors are started again. */
  | { readonly kind: 'kill'; readonly target: Target }
  /** With SIGSTOP, until so long after. */
  | { readonly kind: 'stop'; readonly target: Target; readonly forMs: number }
  | { readonly kind: 'cut'; readonly place: Place }
  | { readonly kind: 'halfOpen'; readonly place: Place }
  | { readonly kind: 'separate'; readonly place: Place; readonly forMs: number }
  | { readonly kind: 'delay'; readonly place: Place; readonly delayMs: number; readonly forMs: number }
  | { readonly kind: 'fullDisk'; readonly place: Place; readonly forMs: number }
  /** Bytes of the files of executors for what does not fit into memory. */
  | { readonly kind: 'damage' }
  | { readonly kind: 'clock'; readonly place: Place; readonly aheadMs: number }
  /** A job whose task never ends, or eats all memory. */
  | { readonly kind: 'misdeed'; readonly misdeed: Misdeed }

const TARGETS: readonly Target[] = ['executor', 'worker', 'master', 'jobs', 'stream']
const SHORTEST_MS = 200
const DAY_MS = 86_400_000

/** Makes a strike of each kind and target; the first ones are what a short run is for. */
const KINDS: readonly ((random: Random, lasting: () => number) => Strike)[] = [
  ...TARGETS.map((target) => (): Strike => ({ kind: 'kill', target })),
  ...TARGETS.map(
    (target) =>
      (_random: Random, lasting: () => number): Strike => ({ kind: 'stop', target, forMs: lasting() }),
  ),
  ...(['cut', 'halfOpen'] as const).map(
    (kind) =>
      (random: Random): Strike => ({ kind, place: random.pick(PLACES) }),
  ),
  (random, lasting) => ({ kind: 'separate', place: random.pick(WORKER_PLACES), forMs: lasting() }),
  (random, lasting) => ({ kind: 'separate', place: random.pick(PLACES), forMs: lasting() }),
  (random, lasting) => ({
    kind: 'delay',
    place: random.pick(PLACES),
    delayMs: random.integer(5, 400),
    forMs: lasting(),
  }),
  (random, lasting) => ({ kind: 'fullDisk', place: random.pick(WORKER_PLACES), forMs: lasting() }),
  () => ({ kind: 'damage' }),
  ...(['endless', 'hungry'] as const).map((misdeed) => (): Strike => ({ kind: 'misdeed', misdeed })),
  (random) => ({ kind: 'clock', place: random.pick(PLACES), aheadMs: random.integer(-400, 400) * DAY_MS }),
]

/** The strikes of a seed, without end: each kind once, in a random order, and again. What lasts does so for at most `longestMs`. */
export function* strikesOf(random: Random, longestMs: number): Generator<Strike> {
  const lasting = (): number => random.integer(SHORTEST_MS, longestMs)
  for (;;) {
    const left = [...KINDS]
    while (left.length > 0) yield left.splice(random.integer(0, left.length - 1), 1)[0]!(random, lasting)
  }
}
