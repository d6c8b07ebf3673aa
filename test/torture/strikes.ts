import { join } from 'node:path'
import type { Random } from '../support/random.js'
import type { Aim } from './driver-process.js'
import { QUERIES } from './events.js'

/** What is done to the processes. */
export type Strike =
  | { readonly kind: 'driver' | 'executor' | 'broker'; readonly how: 'kill' | 'pause' }
  /** The driver is stopped, another takes its place, and the first goes on. */
  | { readonly kind: 'rival' }
  | { readonly kind: 'aimed'; readonly aim: Aim }

/** Numbers of the protocol. */
const PRODUCE = 0
const INIT_PRODUCER = 22
const ADD_PARTITIONS = 24
const END_TRANSACTION = 26

/** Before and after each request of a transaction, each file that tells of a commit or has state, and in and between the parts of the latter; of the first and later ones. */
export function aimsIn(folder: string): readonly Aim[] {
  const steps = ['1', '1+', '2', '2+', '5', '5+']
  const asked = steps.flatMap((step): Aim[] => [
    ...[INIT_PRODUCER, ADD_PARTITIONS, PRODUCE].map((asking) => ({ of: 'executor', step, asking }) as const),
    { of: 'driver', step, asking: END_TRANSACTION },
  ])
  const written = QUERIES.flatMap((query) =>
    ['prepared', 'commits', 'offsets', 'owners'].flatMap((log) =>
      ['2', '2+', '3+'].map((step): Aim => ({ of: 'driver', step, below: join(folder, query, log) })),
    ),
  )
  const states = ['unique', 'windows', 'pairs', 'sessions', 'counts', 'totals'].flatMap((query) => {
    const at = { of: 'executor', below: join(folder, query, 'state') } as const
    const parts = ['1', '1+', '2', '2+', '8'].map((step): Aim => ({ ...at, step, ofParts: true }))
    return [...['1', '1+', '4'].map((step): Aim => ({ ...at, step })), ...parts]
  })
  return [...asked, ...written, ...states]
}

/** The strikes of a seed, without end. Brokers take longest to come back. */
export function* strikesOf(random: Random, aims: readonly Aim[]): Generator<Strike> {
  const left: Aim[] = []
  for (;;) {
    const turn = random.integer(1, 100)
    if (turn <= 45) {
      if (left.length === 0) left.push(...aims)
      yield { kind: 'aimed', aim: left.splice(random.integer(0, left.length - 1), 1)[0]! }
    } else if (turn <= 65) yield { kind: 'driver', how: 'kill' }
    else if (turn <= 80) yield { kind: 'executor', how: 'kill' }
    else if (turn <= 88) yield { kind: 'broker', how: 'kill' }
    else if (turn <= 91) yield { kind: 'broker', how: 'pause' }
    else if (turn <= 94) yield { kind: 'executor', how: 'pause' }
    else if (turn <= 97) yield { kind: 'driver', how: 'pause' }
    else yield { kind: 'rival' }
  }
}
