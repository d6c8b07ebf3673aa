import type { Random } from '../random.js'
import { type Column, Expressions, KINDS, type Subqueries } from './expressions.js'
import { type Kind, list, NOTHING, piece, type Tree } from './tree.js'

/** A table or query that FROM may name, and its columns. */
export interface Source {
  readonly tree: Tree
  readonly columns: readonly { readonly name: string; readonly kind: Kind }[]
}

export interface Relation {
  readonly tree: Tree
  readonly columns: readonly Column[]
}

const relation = piece('relation')
/** Kinds whose columns have many values in large tables. */
const SELECTIVE: readonly Kind[] = ['int', 'big', 'decimal', 'day', 'time']
const JOINS = ['join', 'join', 'left join', 'right join', 'full join', 'semi', 'anti'] as const

/** Random FROM clauses: tables, derived ones, VALUES, and joins of every type. */
export class Relations {
  readonly #random: Random
  readonly #subqueries: Subqueries
  readonly #sources: () => readonly Source[]
  readonly #query: (depth: number) => Source
  readonly #isLarge: boolean
  #count = 0

  constructor(
    random: Random,
    parts: {
      /** Whether tables are so large that only joins by keys of many values are made. */
      readonly isLarge: boolean
      readonly subqueries: Subqueries
      readonly sources: () => readonly Source[]
      readonly query: (depth: number) => Source
    },
  ) {
    this.#random = random
    this.#isLarge = parts.isLarge
    this.#subqueries = parts.subqueries
    this.#sources = parts.sources
    this.#query = parts.query
  }

  make(depth: number): Relation {
    return depth > 0 && this.#random.chance(this.#isLarge ? 0.8 : 0.5) ? this.#join(depth) : this.#one(depth)
  }

  #one(depth: number): Relation {
    const r = this.#random
    const alias = `r${this.#count++}`
    if (depth > 0 && r.chance(0.3)) {
      const { tree, columns } = this.#query(depth - 1)
      return { tree: relation`(${tree}) ${alias}`, columns: named(alias, columns) }
    }
    if (!this.#isLarge && r.chance(0.08)) return this.#values(alias)
    const { tree, columns } = this.#source()
    return { tree: relation`${tree} ${alias}`, columns: named(alias, columns) }
  }

  /** The first one most often, as it has the most rows. */
  #source(): Source {
    const sources = this.#sources()
    return sources[Math.floor(this.#random.next() ** 1.7 * sources.length)]!
  }

  #values(alias: string): Relation {
    const r = this.#random
    const columns = Array.from({ length: r.integer(1, 3) }, (_, i) => ({ name: `v${i}`, kind: r.pick(KINDS) }))
    const literals = new Expressions(r, [])
    const rows = Array.from(
      { length: r.integer(1, 4) },
      () => piece('other')`(${list(columns.map(({ kind }) => literals.leaf(kind)))})`,
    )
    const names = columns.map(({ name }) => name).join(', ')
    return { tree: relation`(values ${list(rows)}) ${alias}(${names})`, columns: named(alias, columns) }
  }

  #join(depth: number): Relation {
    const r = this.#random
    const left = this.make(depth - 1)
    if (!this.#isLarge && r.chance(0.08)) return this.#lateral(left)
    const right = this.#one(depth - 1)
    const columns = [...left.columns, ...right.columns]
    if (!this.#isLarge && r.chance(0.06)) return { tree: relation`${left.tree} cross join ${right.tree}`, columns }
    const type = r.pick(JOINS)
    const condition = this.#condition(left.columns, right.columns)
    if (type === 'semi' || type === 'anti') {
      const join = { millrace: `left ${type} join`, duckdb: `${type} join` }
      return { tree: relation`${left.tree} ${join} ${right.tree} on ${condition}`, columns: left.columns }
    }
    return { tree: relation`${left.tree} ${type} ${right.tree} on ${condition}`, columns }
  }

  /** A subquery for each row of the left side. */
  #lateral(left: Relation): Relation {
    const r = this.#random
    const kind = r.pick(KINDS)
    const alias = `r${this.#count++}`
    const rows = this.#subqueries.values(kind, left.columns)
    const columns = [...left.columns, ...named(alias, [{ name: 'v0', kind }])]
    return r.chance(0.5)
      ? { tree: relation`${left.tree} cross join lateral (${rows}) ${alias}(v0)`, columns }
      : { tree: relation`${left.tree} left join lateral (${rows}) ${alias}(v0) on true`, columns }
  }

  #condition(left: readonly Column[], right: readonly Column[]): Tree {
    const r = this.#random
    const both = new Expressions(r, [...left, ...right], r.chance(0.1) ? this.#subqueries : undefined)
    if (!this.#isLarge && r.chance(0.12)) return both.make('truth', 2)
    const kinds = (this.#isLarge ? SELECTIVE : KINDS).filter(
      (kind) => left.some((x) => x.kind === kind) && right.some((x) => x.kind === kind),
    )
    if (kinds.length === 0) return this.#isLarge ? piece('truth')`false` : both.make('truth', 1)
    const key = (columns: readonly Column[], kind: Kind): Tree => {
      const some = columns.filter((x) => x.kind === kind)
      // A constant would make it a product.
      return this.#isLarge ? r.pick(some).tree : new Expressions(r, some).make(kind, r.chance(0.2) ? 1 : 0)
    }
    const keys = Array.from({ length: r.chance(0.3) ? 2 : 1 }, () => {
      const kind = r.pick(kinds)
      const equal = r.chance(0.15) ? { millrace: '<=>', duckdb: 'is not distinct from' } : '='
      return piece('truth')`(${key(left, kind)} ${equal} ${key(right, kind)})`
    })
    const more = r.chance(0.3) ? piece('clause')` and ${both.make('truth', 2)}` : NOTHING
    return piece('truth')`${list(keys, ' and ')}${more}`
  }
}

const named = (alias: string, columns: Source['columns']): readonly Column[] =>
  columns.map(({ name, kind }) => ({ kind, tree: { role: kind, parts: [`${alias}.${name}`] } }))
