import { columnDomains, estimateRows, joinedRows, unfilteredRows } from '../physical/estimate.js'
import { columnRanges, selectivity } from '../physical/selectivity.js'
import { conjunction } from '../plan/expression/build.js'
import type { Expression, ExprId } from '../plan/expression/expression.js'
import { referencesOf } from '../plan/expression/transform.js'
import { outputOf } from '../plan/logical/output.js'
import type { LogicalPlan } from '../plan/logical/plan.js'
import { type Equalities, equalitiesOf, equality } from './equality-classes.js'

/** More relations than this are joined greedily: the number of orders grows with their power of three. */
const MOST_ENUMERATED = 9
/** What a row costs to be put into a hash table, as against being looked up there or handed on. */
const BUILD_COST = 3

/** Some of the relations, joined in the cheapest way known. Sets of relations are bit masks. */
interface Joined {
  readonly mask: number
  readonly rows: number
  readonly unfilteredRows: number
  readonly cost: number
  readonly sides: readonly [Joined, Joined] | undefined
}

/**
 * Inner joins in the order that handles the fewest rows: every order of up to nine relations is considered (dynamic programming over connected
 * sets, Selinger et al., 1979), more are joined pair by pair. Products are made only of what nothing connects.
 */
export function joinInOrder(relations: readonly LogicalPlan[], conditions: readonly Expression[]): LogicalPlan {
  const search = new JoinSearch(relations, equalitiesOf(conditions))
  return search.planOf(search.best())
}

class JoinSearch {
  readonly #relations: readonly LogicalPlan[]
  readonly #leaves: readonly Joined[]
  readonly #equalities: Equalities
  /** The relation of each column, as a mask. */
  readonly #home = new Map<ExprId, number>()
  readonly #domains = new Map<ExprId, number>()
  readonly #otherMasks: readonly number[]
  readonly #otherShares: readonly number[]
  /** For each class of equal columns, the relations that have one. */
  readonly #classMasks: readonly number[]

  constructor(relations: readonly LogicalPlan[], equalities: Equalities) {
    this.#relations = relations
    this.#equalities = equalities
    relations.forEach((relation, i) => {
      for (const { id } of outputOf(relation)) this.#home.set(id, 1 << i)
      for (const [id, domain] of columnDomains(relation)) this.#domains.set(id, domain)
    })
    const ranges = new Map(relations.flatMap((relation) => [...columnRanges(relation)]))
    this.#otherMasks = equalities.others.map((c) =>
      [...referencesOf(c)].reduce((mask, id) => mask | this.#homeOf(id), 0),
    )
    this.#otherShares = equalities.others.map((c) => selectivity(c, ranges))
    this.#classMasks = equalities.classes.map((members) => members.reduce((mask, { id }) => mask | this.#homeOf(id), 0))
    this.#leaves = relations.map((relation, i) => ({
      mask: 1 << i,
      rows: estimateRows(relation),
      unfilteredRows: unfilteredRows(relation),
      cost: 0,
      sides: undefined,
    }))
  }

  #homeOf(id: ExprId): number {
    return this.#home.get(id) ?? 0
  }

  best(): Joined {
    const components = this.#leaves.length <= MOST_ENUMERATED ? this.#enumerate() : this.#mergeGreedily()
    return components.toSorted((a, b) => b.rows - a.rows).reduce((all, component) => this.#join(all, component))
  }

  /** The cheapest join of every connected set of relations; returns those of the largest ones. */
  #enumerate(): readonly Joined[] {
    const all = (1 << this.#leaves.length) - 1
    const known: (Joined | undefined)[] = []
    for (const leaf of this.#leaves) known[leaf.mask] = leaf
    for (let mask = 1; mask <= all; mask++) {
      // Each half once: the one with the lowest relation of the set is the left one.
      const lowest = mask & -mask
      for (let left = (mask - 1) & mask; left > 0; left = (left - 1) & mask) {
        const [a, b] = [known[left], known[mask ^ left]]
        if (!(left & lowest) || !a || !b || !this.#areConnected(a, b)) continue
        const joined = this.#join(a, b)
        if (joined.cost < (known[mask]?.cost ?? Number.POSITIVE_INFINITY)) known[mask] = joined
      }
    }
    const components: Joined[] = []
    for (let left = all; left > 0; ) {
      const component = largestWithin(known, left)
      components.push(component)
      left &= ~component.mask
    }
    return components
  }

  /** Joins the cheapest pair until no two are connected. */
  #mergeGreedily(): readonly Joined[] {
    let parts = this.#leaves
    for (;;) {
      const pairs = parts.flatMap((a, i) =>
        parts.slice(i + 1).flatMap((b) => (this.#areConnected(a, b) ? [this.#join(a, b)] : [])),
      )
      if (pairs.length === 0) return parts
      const cheapest = pairs.reduce((best, pair) => (pair.rows + pair.cost < best.rows + best.cost ? pair : best))
      parts = [...parts.filter(({ mask }) => (mask & cheapest.mask) === 0), cheapest]
    }
  }

  #areConnected(a: Joined, b: Joined): boolean {
    return this.#classMasks.some((mask) => (mask & a.mask) !== 0 && (mask & b.mask) !== 0)
  }

  #join(a: Joined, b: Joined): Joined {
    const mask = a.mask | b.mask
    const domains = this.#equalities.classes.flatMap((members, i) => {
      if (!(this.#classMasks[i]! & a.mask) || !(this.#classMasks[i]! & b.mask)) return []
      const here = members.filter(({ id }) => (this.#homeOf(id) & mask) !== 0)
      return [Math.min(...here.map(({ id }) => this.#domains.get(id) ?? Number.POSITIVE_INFINITY))]
    })
    const shares = this.#decidedBy(a, b).reduce((share, i) => share * this.#otherShares[i]!, 1)
    const rows = Math.max(1, joinedRows(a, b, domains) * shares)
    const cost = a.cost + b.cost + BUILD_COST * Math.min(a.rows, b.rows) + Math.max(a.rows, b.rows) + rows
    return {
      mask,
      rows,
      cost,
      unfilteredRows: Math.max(a.unfilteredRows, b.unfilteredRows),
      sides: a.rows < b.rows ? [b, a] : [a, b],
    }
  }

  /** Which of the other conditions can be decided when two sides are together and not before. */
  #decidedBy(a: Joined, b: Joined): readonly number[] {
    const isWithin = (mask: number, other: number) => (mask & ~other) === 0
    return [...this.#otherMasks.keys()].filter((i) => {
      const mask = this.#otherMasks[i]!
      return isWithin(mask, a.mask | b.mask) && !isWithin(mask, a.mask) && !isWithin(mask, b.mask)
    })
  }

  /** The tree of joins; conditions that no join decides are filters above it. */
  planOf(joined: Joined): LogicalPlan {
    const input = this.#tree(joined)
    const single = this.#equalities.others.filter((_, i) => (this.#otherMasks[i]! & (this.#otherMasks[i]! - 1)) === 0)
    const condition = conjunction(single)
    return condition ? Object.freeze({ kind: 'filter', input, condition }) : input
  }

  #tree({ mask, sides }: Joined): LogicalPlan {
    if (!sides) return this.#leaf(mask)
    const [a, b] = sides
    const keys = this.#equalities.classes.flatMap((members) => {
      const left = members.find(({ id }) => (this.#homeOf(id) & a.mask) !== 0)
      const right = members.find(({ id }) => (this.#homeOf(id) & b.mask) !== 0)
      return left && right ? [equality(left, right)] : []
    })
    const others = this.#decidedBy(a, b).map((i) => this.#equalities.others[i]!)
    const condition = conjunction([...keys, ...others])
    const [left, right] = [this.#tree(a), this.#tree(b)]
    return Object.freeze({ kind: 'join', type: 'inner', left, right, ...(condition ? { condition } : {}) })
  }

  /** A relation; where several of its own columns are in one class they are equal to each other. */
  #leaf(mask: number): LogicalPlan {
    const input = this.#relations[31 - Math.clz32(mask)]!
    const own = this.#equalities.classes.flatMap((members) => {
      const [first, ...rest] = members.filter(({ id }) => this.#homeOf(id) === mask)
      return first ? rest.map((other) => equality(first, other)) : []
    })
    const condition = conjunction(own)
    return condition ? Object.freeze({ kind: 'filter', input, condition }) : input
  }
}

function largestWithin(known: readonly (Joined | undefined)[], mask: number): Joined {
  const inside = known.filter((joined) => joined !== undefined && (joined.mask & ~mask) === 0)
  return inside.reduce((a, b) => (bits(b!.mask) > bits(a!.mask) ? b : a))!
}

function bits(mask: number): number {
  let count = 0
  for (let rest = mask; rest !== 0; rest &= rest - 1) count++
  return count
}
