import type { Random } from '../random.js'
import { aggregate } from './aggregates.js'
import { type Column, Expressions, KINDS, type Subqueries } from './expressions.js'
import { type Relation, Relations, type Source } from './relations.js'
import { fixedList, type Kind, list, NOTHING, piece, type Tree } from './tree.js'
import { firstRows, WindowFunctions } from './windows.js'

/** A random query and how its rows are compared: by the columns it is ordered by, from the first. */
export interface RandomQuery {
  readonly tree: Tree
  /** Columns of the result, by position, whose order is determined; all rows are compared as a set besides. */
  readonly orderedBy: readonly number[]
  /** The clause that does so. */
  readonly order: Tree
}

const query = piece('query')
const clause = piece('clause')

/**
 * Random queries over some tables, in the SQL that Spark's dialect and DuckDB's share. Rows that LIMIT keeps are ordered by all of their columns, and so are
 * the rows of windows that count them: rows that are alike may stand for each other.
 */
export class Queries implements Subqueries {
  readonly #random: Random
  readonly #tables: readonly Source[]
  readonly #relations: Relations
  readonly #isLarge: boolean
  #common: readonly Source[] = []
  #count = 0

  constructor(random: Random, tables: readonly Source[], isLarge: boolean) {
    this.#random = random
    this.#tables = tables
    this.#isLarge = isLarge
    this.#relations = new Relations(random, {
      isLarge,
      subqueries: this,
      sources: () => (this.#common.length > 0 && random.chance(0.5) ? this.#common : this.#tables),
      query: (depth) => this.#derived(depth),
    })
  }

  next(): RandomQuery {
    const r = this.#random
    this.#common = []
    const common = Array.from({ length: r.chance(0.25) ? r.integer(1, 2) : 0 }, (_, i) => {
      const { tree, columns } = this.#derived(1)
      const name = `w${i}`
      this.#common = [...this.#common, { tree: piece('other')`${name}`, columns }]
      return piece('other')`${name} as (${tree})`
    })
    const { tree, columns } = this.#body(r.integer(1, 2), this.#kinds())
    const heads = common.length > 0 ? clause`with ${list(common)} ` : NOTHING
    const { order, orderedBy } = this.#order(columns.length)
    return { tree: query`${heads}${tree}${order}`, orderedBy, order }
  }

  scalar(kind: Kind, outer: readonly Column[]): Tree {
    const { tree, columns } = this.#from(outer, 1)
    return piece(kind)`(select ${aggregate(this.#random, new Expressions(this.#random, columns), kind)} from ${tree})`
  }

  values(kind: Kind, outer: readonly Column[]): Tree {
    const { tree, columns } = this.#from(outer, 1)
    return query`select ${new Expressions(this.#random, columns).make(kind, 1)} from ${tree}`
  }

  /** FROM and WHERE of a subquery, which may name columns of the query around it. */
  #from(outer: readonly Column[], depth: number): Relation {
    const r = this.#random
    const { tree, columns } = this.#relations.make(r.chance(0.2) ? depth : 0)
    const kinds = KINDS.filter((kind) => outer.some((x) => x.kind === kind) && columns.some((x) => x.kind === kind))
    if (kinds.length === 0 || r.chance(0.3)) return { tree: piece('other')`${tree}${this.#where(columns)}`, columns }
    const kind = r.pick(kinds)
    const one = (of: readonly Column[]): Tree => r.pick(of.filter((x) => x.kind === kind)).tree
    const compare = this.#isLarge || r.chance(0.8) ? '=' : r.pick(['<', '<>'])
    const more = r.chance(0.3) ? clause` and ${new Expressions(r, columns).make('truth', 1)}` : NOTHING
    return { tree: piece('other')`${tree}${clause` where ${one(columns)} ${compare} ${one(outer)}${more}`}`, columns }
  }

  #where(columns: readonly Column[]): Tree {
    const r = this.#random
    return r.chance(this.#isLarge ? 0.1 : 0.35)
      ? clause` where ${new Expressions(r, columns, this).condition(2)}`
      : NOTHING
  }

  #kinds(): readonly Kind[] {
    return Array.from({ length: this.#random.integer(1, 4) }, () => this.#random.pick(KINDS))
  }

  #derived(depth: number): Source {
    const { tree, columns } = this.#body(depth, this.#kinds())
    const r = this.#random
    if (r.chance(0.15)) return firstRows(r, { tree, columns })
    if (!r.chance(0.2)) return { tree, columns }
    const { order } = this.#order(columns.length)
    return { tree: query`${tree}${order}`, columns }
  }

  #body(depth: number, kinds: readonly Kind[]): Source {
    const r = this.#random
    if (depth === 0 || !r.chance(0.25)) return this.#select(depth, kinds)
    const operation = r.pick(['union all', 'union', 'intersect', 'except', 'intersect all', 'except all'])
    const [left, right] = [this.#body(depth - 1, kinds), this.#body(depth - 1, kinds)]
    return { tree: query`(${left.tree}) ${operation} (${right.tree})`, columns: left.columns }
  }

  /** ORDER BY some columns, or all of them with a LIMIT. */
  #order(columns: number): { readonly order: Tree; readonly orderedBy: readonly number[] } {
    const r = this.#random
    if (r.chance(0.5)) return { order: NOTHING, orderedBy: [] }
    const all = shuffled(
      r,
      Array.from({ length: columns }, (_, i) => i),
    )
    const orderedBy = r.chance(0.5) ? all : all.slice(0, r.integer(1, columns))
    const keys = orderedBy.map((i) => piece('other')`${String(i + 1)} ${this.#direction()}`)
    const limit = orderedBy.length === columns && r.chance(0.7) ? ` limit ${r.pick([0, 1, 3, 10, 50])}` : ''
    const offset = limit !== '' && r.chance(0.3) ? ` offset ${r.pick([0, 1, 5])}` : ''
    return { order: clause` order by ${fixedList(keys)}${limit}${offset}`, orderedBy }
  }

  #direction(): string {
    return `${this.#random.pick(['asc', 'desc'])} nulls ${this.#random.pick(['first', 'last'])}`
  }

  #select(depth: number, kinds: readonly Kind[]): Source {
    const r = this.#random
    const from = this.#relations.make(depth)
    const where = this.#where(from.columns)
    const grouped = r.chance(0.45)
    const { members, rest } = grouped ? this.#grouped(from, kinds) : this.#plain(from, kinds)
    const distinct = r.chance(0.15) ? clause`distinct ` : NOTHING
    const columns = kinds.map((kind) => ({ name: `c${this.#count++}`, kind }))
    const items = members.map((member, i) => piece('other')`${member} as ${columns[i]!.name}`)
    return { tree: query`select ${distinct}${list(items)} from ${from.tree}${where}${rest}`, columns }
  }

  #plain(from: Relation, kinds: readonly Kind[]): { readonly members: readonly Tree[]; readonly rest: Tree } {
    const r = this.#random
    const of = new Expressions(r, from.columns, this)
    const windows = r.chance(0.25) ? new WindowFunctions(r, from.columns) : undefined
    const members = kinds.map((kind) => (windows && r.chance(0.6) ? windows.next(kind) : of.make(kind, 3)))
    return { members, rest: NOTHING }
  }

  #grouped(from: Relation, kinds: readonly Kind[]): { readonly members: readonly Tree[]; readonly rest: Tree } {
    const r = this.#random
    const of = new Expressions(r, from.columns)
    const keys: Column[] = Array.from({ length: r.integer(0, Math.min(3, from.columns.length)) }, () => {
      const key = r.pick(from.columns)
      // An operation on a column: a constant would be a position.
      return r.chance(0.7)
        ? key
        : { kind: key.kind, tree: piece(key.kind)`coalesce(${key.tree}, ${of.leaf(key.kind)})` }
    })
    const aggregates: Column[] = Array.from({ length: r.integer(1, 3) }, () => {
      const kind = r.pick(kinds)
      return { kind, tree: aggregate(r, of, kind) }
    })
    const after = new Expressions(r, [...keys, ...aggregates])
    const members = kinds.map((kind) =>
      [...keys, ...aggregates].some((x) => x.kind === kind)
        ? after.make(kind, r.chance(0.5) ? 0 : 2)
        : aggregate(r, of, kind),
    )
    const condition = r.chance(0.2) ? after.make('truth', 2) : undefined
    const having = condition ? clause` having ${condition}` : NOTHING
    // Without keys the aggregates of the list make it one group; HAVING alone may leave none.
    if (keys.length === 0) {
      const first = piece(kinds[0]!)`coalesce(${aggregate(r, of, kinds[0]!)}, ${members[0]!})`
      return { members: [first, ...members.slice(1)], rest: having }
    }
    const trees = keys.map(({ tree }) => tree)
    if (r.chance(0.75)) return { members, rest: piece('other')` group by ${list(trees)}${having}` }
    const sets = groupingSets(r, trees)
    return {
      members,
      rest: piece('other')` group by ${sets}${SOME_ROW}${condition ? piece('clause')` and ${condition}` : NOTHING}`,
    }
  }
}

/** Of no rows at all, Spark has no group, not even that of the empty set, while DuckDB has that one. */
const SOME_ROW = ' having count(*) > 0'

const groupingSets = (random: Random, keys: readonly Tree[]): Tree =>
  random.pick([
    () => piece('other')`rollup(${list(keys)})`,
    () => piece('other')`cube(${list(keys)})`,
    () => piece('other')`grouping sets ((${list(keys)}), (${keys[0]!}), ())`,
  ])()

function shuffled<T>(random: Random, items: readonly T[]): readonly T[] {
  return items
    .map((item) => ({ item, key: random.next() }))
    .toSorted((a, b) => a.key - b.key)
    .map(({ item }) => item)
}
