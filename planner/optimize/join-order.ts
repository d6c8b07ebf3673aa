import { append } from '../../common/append.js'
import {
  columnDomains,
  domainOfKey,
  estimateRows,
  joinedRows,
  mostMatches,
  UNKNOWN_MATCHES,
  unfilteredRows,
} from '../physical/estimate.js'
import { columnFacts, type Facts, selectivity } from '../physical/selectivity.js'
import { conjunction } from '../plan/expression/build.js'
import type { Expression, ExprId } from '../plan/expression/expression.js'
import { referencesOf } from '../plan/expression/transform.js'
import { outputOf } from '../plan/logical/output.js'
import type { LogicalPlan } from '../plan/logical/plan.js'
import { type Equalities, equalitiesOf, equality } from './equality-classes.js'
import { hasAny, intersects, isSingle, isWithin, type RelationSet, setOf, union } from './relation-set.js'

/** More relations than this are joined greedily: the number of orders grows with their power of three. */
const MOST_ENUMERATED = 9
/** What a row costs to be put into a hash table, as against being looked up there or handed on. */
const BUILD_COST = 3

/** Some of the relations, joined in the cheapest way known. */
interface Joined {
  readonly set: RelationSet
  /** The relation, where it is only one. */
  readonly relation: number | undefined
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

type PairJoined = Joined & { readonly sides: readonly [Joined, Joined] }

class JoinSearch {
  readonly #relations: readonly LogicalPlan[]
  readonly #leaves: readonly Joined[]
  readonly #oneRows: readonly boolean[]
  readonly #equalities: Equalities
  /** The relation of each column, as a set. */
  readonly #home = new Map<ExprId, RelationSet>()
  readonly #nowhere: RelationSet
  readonly #domains = new Map<ExprId, number>()
  readonly #facts: Facts
  readonly #otherSets: readonly RelationSet[]
  readonly #otherShares: readonly number[]
  /** For each class of equal columns, the relations that have one. */
  readonly #classSets: readonly RelationSet[]
  /** Of other conditions that are equalities of two relations or more, the relations of both operands. */
  readonly #operandSets: readonly (readonly [RelationSet, RelationSet] | undefined)[]

  constructor(relations: readonly LogicalPlan[], equalities: Equalities) {
    this.#relations = relations
    this.#equalities = equalities
    this.#nowhere = setOf(0, relations.length).map(() => 0)
    const sets = relations.map((_, i) => setOf(i, relations.length))
    relations.forEach((relation, i) => {
      for (const { id } of outputOf(relation)) this.#home.set(id, sets[i]!)
      for (const [id, domain] of columnDomains(relation)) this.#domains.set(id, domain)
    })
    this.#facts = new Map(relations.flatMap((relation) => [...columnFacts(relation)]))
    const homeOfAll = (ids: readonly ExprId[]): RelationSet =>
      ids.reduce((set, id) => union(set, this.#homeOf(id)), this.#nowhere)
    this.#otherSets = equalities.others.map((c) => homeOfAll([...referencesOf(c)]))
    this.#otherShares = equalities.others.map((c) => selectivity(c, this.#facts))
    this.#classSets = equalities.classes.map((members) => homeOfAll(members.map(({ id }) => id)))
    this.#operandSets = equalities.others.map((c) => {
      const [a, b] = c.kind === 'call' && c.fn === 'eq' ? c.args.map((arg) => homeOfAll([...referencesOf(arg)])) : []
      return a && b && hasAny(a) && hasAny(b) && !intersects(a, b) ? [a, b] : undefined
    })
    this.#oneRows = relations.map(isOneRow)
    this.#leaves = relations.map((relation, i) => ({
      set: sets[i]!,
      relation: i,
      rows: estimateRows(relation),
      unfilteredRows: unfilteredRows(relation),
      cost: 0,
      sides: undefined,
    }))
  }

  #homeOf(id: ExprId): RelationSet {
    return this.#home.get(id) ?? this.#nowhere
  }

  best(): Joined {
    const components = this.#leaves.length <= MOST_ENUMERATED ? this.#enumerate() : this.#mergeGreedily()
    return components.toSorted((a, b) => b.rows - a.rows).reduce((all, component) => this.#join(all, component))
  }

  /** The cheapest join of every connected set of relations, which are so few that a number numbers the sets; returns those of the largest ones. */
  #enumerate(): readonly Joined[] {
    const all = (1 << this.#leaves.length) - 1
    const known: (Joined | undefined)[] = []
    this.#leaves.forEach((leaf, i) => {
      known[1 << i] = leaf
    })
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
      const mask = largestWithin(known, left)
      components.push(known[mask]!)
      left &= ~mask
    }
    return components
  }

  /** Joins the cheapest pair until no two are connected. Each pair is looked at once, so that many relations cost their number squared. */
  #mergeGreedily(): readonly Joined[] {
    const parts = new Set(this.#leaves)
    let pairs = this.#leaves.flatMap((a, i) => this.#leaves.slice(i + 1).flatMap((b) => this.#pair(a, b)))
    while (pairs.length > 0) {
      const cheapest = pairs.reduce((best, pair) => (pair.rows + pair.cost < best.rows + best.cost ? pair : best))
      const [left, right] = cheapest.sides
      parts.delete(left)
      parts.delete(right)
      pairs = pairs.filter(({ sides }) => !sides.includes(left) && !sides.includes(right))
      for (const part of parts) append(pairs, this.#pair(part, cheapest))
      parts.add(cheapest)
    }
    return [...parts]
  }

  #pair(a: Joined, b: Joined): readonly PairJoined[] {
    return this.#areConnected(a, b) ? [this.#join(a, b)] : []
  }

  /** A relation of one row is connected with those that any condition compares with it. */
  #areConnected(a: Joined, b: Joined): boolean {
    if (this.#classSets.some((set) => intersects(set, a.set) && intersects(set, b.set))) return true
    if (this.#operandSets.some((operands) => operands && areOperands(operands, a, b))) return true
    return (this.#isOneRow(a) || this.#isOneRow(b)) && this.#decidedBy(a, b).length > 0
  }

  #isOneRow({ relation }: Joined): boolean {
    return relation !== undefined && this.#oneRows[relation]!
  }

  #join(a: Joined, b: Joined): PairJoined {
    const set = union(a.set, b.set)
    const keys = this.#equalities.classes.flatMap((members, i) => {
      if (!intersects(this.#classSets[i]!, a.set) || !intersects(this.#classSets[i]!, b.set)) return []
      return [members.map(({ id }) => id).filter((id) => intersects(this.#homeOf(id), set))]
    })
    const domains = keys.map((ids) => domainOfKey(ids, this.#domains, this.#facts))
    const shares = this.#decidedBy(a, b).reduce((share, i) => share * this.#otherShares[i]!, 1)
    const most = Math.min(a.rows * this.#matchesIn(b, keys), b.rows * this.#matchesIn(a, keys))
    const rows = Math.max(1, Math.min(joinedRows(a, b, domains), most) * shares)
    const cost = a.cost + b.cost + BUILD_COST * Math.min(a.rows, b.rows) + Math.max(a.rows, b.rows) + rows
    return {
      set,
      relation: undefined,
      rows,
      cost,
      unfilteredRows: Math.max(a.unfilteredRows, b.unfilteredRows),
      sides: a.rows < b.rows ? [b, a] : [a, b],
    }
  }

  /** How many rows of one relation at most have the same keys. */
  #matchesIn({ relation }: Joined, keys: readonly (readonly ExprId[])[]): number {
    return relation === undefined ? UNKNOWN_MATCHES : mostMatches(this.#relations[relation]!, new Set(keys.flat()))
  }

  /** Which of the other conditions can be decided when two sides are together and not before. */
  #decidedBy(a: Joined, b: Joined): readonly number[] {
    const both = union(a.set, b.set)
    return [...this.#otherSets.keys()].filter((i) => {
      const set = this.#otherSets[i]!
      return isWithin(set, both) && !isWithin(set, a.set) && !isWithin(set, b.set)
    })
  }

  /** The tree of joins; conditions that no join decides are filters above it. */
  planOf(joined: Joined): LogicalPlan {
    const input = this.#tree(joined)
    const single = this.#equalities.others.filter((_, i) => isSingle(this.#otherSets[i]!))
    const condition = conjunction(single)
    return condition ? Object.freeze({ kind: 'filter', input, condition }) : input
  }

  #tree({ relation, sides }: Joined): LogicalPlan {
    if (!sides) return this.#leaf(relation!)
    const [a, b] = sides
    const keys = this.#equalities.classes.flatMap((members) => {
      const left = members.find(({ id }) => intersects(this.#homeOf(id), a.set))
      const right = members.find(({ id }) => intersects(this.#homeOf(id), b.set))
      return left && right ? [equality(left, right)] : []
    })
    const others = this.#decidedBy(a, b).map((i) => this.#equalities.others[i]!)
    const condition = conjunction([...keys, ...others])
    const [left, right] = [this.#tree(a), this.#tree(b)]
    return Object.freeze({ kind: 'join', type: 'inner', left, right, ...(condition ? { condition } : {}) })
  }

  /** A relation; where several of its own columns are in one class they are equal to each other. */
  #leaf(relation: number): LogicalPlan {
    const input = this.#relations[relation]!
    const { set } = this.#leaves[relation]!
    const own = this.#equalities.classes.flatMap((members) => {
      const [first, ...rest] = members.filter(({ id }) => this.#homeOf(id) === set)
      return first ? rest.map((other) => equality(first, other)) : []
    })
    const condition = conjunction(own)
    return condition ? Object.freeze({ kind: 'filter', input, condition }) : input
  }
}

/** Whether a relation has one row, whatever it reads. */
const isOneRow = (plan: LogicalPlan): boolean =>
  plan.kind === 'project' ? isOneRow(plan.input) : plan.kind === 'aggregate' && plan.keys.length === 0

const areOperands = ([one, other]: readonly [RelationSet, RelationSet], a: Joined, b: Joined): boolean =>
  (isWithin(one, a.set) && isWithin(other, b.set)) || (isWithin(one, b.set) && isWithin(other, a.set))

/** The largest set that is known, as a mask, of those within another. */
function largestWithin(known: readonly (Joined | undefined)[], within: number): number {
  let largest = 0
  known.forEach((joined, mask) => {
    if (joined && (mask & ~within) === 0 && bits(mask) > bits(largest)) largest = mask
  })
  return largest
}

function bits(mask: number): number {
  let count = 0
  for (let rest = mask; rest !== 0; rest &= rest - 1) count++
  return count
}
