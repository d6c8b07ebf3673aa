import { toTaggedJson } from '../../common/tagged-json.js'
import { physicalInputs, withPhysicalInputs } from '../plan/physical/inputs.js'
import type { PhysicalBroadcast, PhysicalExchange, PhysicalPlan } from '../plan/physical/plan.js'

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

/** What makes no difference to the rows: places in the text, guesses, by what names tables are called, and which of several scans one is. */
const IGNORED: ReadonlySet<string> = new Set(['origin', 'estimate', 'qualifier', 'scanId'])

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
  readonly #numbers = new Map<object, number>()

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
    known.text ??= toTaggedJson(this.#partOf(known.plan, new Map()))
    return known.text
  }

  /** What the rows of a part of a plan depend on. @param ids the numbers of identities, in the order in which they come */
  #partOf(value: unknown, ids: Map<unknown, number>): unknown {
    if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value)) return value
    if (Array.isArray(value)) return value.map((member) => this.#partOf(member, ids))
    const part: Record<string, unknown> = {}
    // What has an identity is told by that, not by what it is called.
    const hasIdentity = 'id' in value || 'level' in value
    for (const [key, member] of Object.entries(value)) {
      if (IGNORED.has(key) || (key === 'name' && hasIdentity)) continue
      if (key === 'source') part[key] = this.#numberOf(member as object)
      else if (key === 'id' && typeof member === 'number') part[key] = numberIn(ids, member)
      else if (key === 'inputs')
        part[key] = (member as readonly PhysicalPlan[]).map((input) => this.#inputOf(input, ids))
      else part[key] = key === 'type' ? member : this.#partOf(member, ids)
    }
    return part
  }

  /** What comes from another exchange is told by it. */
  #inputOf(input: PhysicalPlan, ids: Map<unknown, number>): unknown {
    if (!isMoved(input)) return this.#partOf(input, ids)
    const { inputs, ...own } = input
    return { ...(this.#partOf(own, ids) as object), from: this.#numberOf(inputs[0]) }
  }

  #numberOf(one: object): number {
    return numberIn(this.#numbers, one)
  }
}

function numberIn<T>(numbers: Map<T, number>, of: T): number {
  const number = numbers.get(of) ?? numbers.size
  numbers.set(of, number)
  return number
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
