import { toTaggedJson } from '../../common/tagged-json.js'
import { physicalInputs, withPhysicalInputs } from '../plan/physical/inputs.js'
import type { PhysicalBroadcast, PhysicalExchange, PhysicalPlan } from '../plan/physical/plan.js'
import { Numbers, rowsPart } from '../plan/rows-part.js'

/**
 * Rows that a query moves at several places, as those of a CTE that is named twice, are computed once: exchanges and broadcasts that differ in nothing but
 * the identities of columns get the same input, by which stages are told apart.
 */
export function withReusedExchanges(root: PhysicalPlan): PhysicalPlan {
  return new ReusedExchanges().visit(root)
}

type Moved = PhysicalExchange | PhysicalBroadcast

/** What the user's program does or is told counts as often as the query says. */
const NEVER_REUSED: ReadonlySet<PhysicalPlan['kind']> = new Set([
  'evaluate',
  'mapPartitions',
  'transformWithState',
  'observe',
])

/** An exchange or broadcast, with its text when there was another one to compare it with. */
interface Known {
  readonly plan: Moved
  text?: string
}

class ReusedExchanges {
  readonly #visited = new Map<PhysicalPlan, PhysicalPlan>()
  /** By the kinds of their operators: texts are only made of those that may be the same. */
  readonly #known = new Map<string, Known[]>()
  /** Numbers of exchanges and broadcasts by their input, and of what sources say of themselves. */
  readonly #numbers = new Numbers()

  visit(plan: PhysicalPlan): PhysicalPlan {
    const known = this.#visited.get(plan)
    if (known) return known
    const whole = withPhysicalInputs(plan, (input) => this.visit(input))
    const visited = isMoved(whole) ? this.#reused(whole) : whole
    this.#visited.set(plan, visited)
    return visited
  }

  #reused(plan: Moved): PhysicalPlan {
    const kinds = kindsOf(plan)
    if (kinds === undefined) return plan
    const others = this.#known.get(kinds) ?? []
    this.#known.set(kinds, others)
    const own: Known = { plan }
    const same = others.find((other) => this.#textOf(other) === this.#textOf(own))
    if (same) return withInputOf(plan, same.plan)
    others.push(own)
    return plan
  }

  #textOf(known: Known): string {
    known.text ??= toTaggedJson(this.#partOf(known.plan, new Numbers()))
    return known.text
  }

  #partOf(plan: PhysicalPlan, ids: Numbers): unknown {
    const inputOf = (input: unknown): unknown => this.#inputOf(input as PhysicalPlan, ids)
    return rowsPart(plan, { ids, sources: this.#numbers, inputOf })
  }

  /** What comes from another exchange is told by it. */
  #inputOf(input: PhysicalPlan, ids: Numbers): unknown {
    if (!isMoved(input)) return this.#partOf(input, ids)
    const { inputs, ...own } = input
    const told = rowsPart(own, { ids, sources: this.#numbers })
    return { ...(told as object), from: this.#numbers.of(inputs[0]) }
  }
}

const isMoved = (plan: PhysicalPlan): plan is Moved => plan.kind === 'exchange' || plan.kind === 'broadcast'

/** The kinds of the operators down to the next exchanges; undefined where one of them must run as often as the query says. */
function kindsOf(plan: PhysicalPlan): string | undefined {
  if (NEVER_REUSED.has(plan.kind)) return undefined
  const below = physicalInputs(plan).map((input) => (isMoved(input) ? input.kind : kindsOf(input)))
  return below.includes(undefined) ? undefined : `${plan.kind}(${below.join()})`
}

/** The exchange with the input of another one, which is the same: it keeps what its columns are called. */
function withInputOf(plan: Moved, same: Moved): PhysicalPlan {
  const { inputs } = same
  if (plan.kind === 'broadcast' || same.kind === 'broadcast') return Object.freeze({ ...plan, inputs })
  return Object.freeze({ ...plan, inputs, partitioning: same.partitioning })
}
