import type { Random } from '../random.js'
import { type Dialect, type Kind, list, piece, type Tree } from './tree.js'

/** A column that an expression may name. */
export interface Column {
  readonly kind: Kind
  readonly tree: Tree
}

/** Makes a subquery within an expression, which sees the columns given. */
export interface Subqueries {
  scalar(kind: Kind, outer: readonly Column[]): Tree
  /** A query of one column. */
  values(kind: Kind, outer: readonly Column[]): Tree
}

/** DuckDB's timestamps have no time zone. */
const NTZ = { millrace: 'timestamp_ntz', duckdb: 'timestamp' }

export const KINDS: readonly Kind[] = ['int', 'big', 'decimal', 'double', 'text', 'day', 'time', 'truth']
export const NAMES: Readonly<Record<Kind, string | Readonly<Record<Dialect, string>>>> = {
  int: 'int',
  big: 'bigint',
  decimal: 'decimal(9,2)',
  double: 'double',
  text: 'string',
  day: 'date',
  time: NTZ,
  truth: 'boolean',
}

const [int, decimal, double, text, day, truth] = (['int', 'decimal', 'double', 'text', 'day', 'truth'] as const).map(
  (kind) => piece(kind),
) as [Piece, Piece, Piece, Piece, Piece, Piece]
type Piece = ReturnType<typeof piece>

/**
 * Random expressions that mean the same in Spark's dialect and DuckDB's. Where these differ, what both agree on is made: divisors are never zero
 * (`nullif`), decimals are not divided, numbers with a fraction are not
 * made texts, letters whose case changes their number are not used.
 */
export class Expressions {
  readonly #random: Random
  readonly #columns: readonly Column[]
  readonly #subqueries: Subqueries | undefined

  constructor(random: Random, columns: readonly Column[], subqueries?: Subqueries) {
    this.#random = random
    this.#columns = columns
    this.#subqueries = subqueries
  }

  any(depth: number): { readonly kind: Kind; readonly tree: Tree } {
    const kind =
      this.#random.chance(0.6) && this.#columns.length > 0
        ? this.#random.pick(this.#columns).kind
        : this.#random.pick(KINDS)
    return { kind, tree: this.make(kind, depth) }
  }

  make(kind: Kind, depth: number): Tree {
    const r = this.#random
    if (depth <= 0 || r.chance(0.3)) return this.leaf(kind)
    if (r.chance(0.12)) return this.#conditional(kind, depth - 1)
    if (this.#subqueries && r.chance(0.04)) return this.#subqueries.scalar(kind, this.#columns)
    return this.#made[kind](depth - 1)
  }

  leaf(kind: Kind): Tree {
    const r = this.#random
    const columns = this.#columns.filter((column) => column.kind === kind)
    if (columns.length > 0 && r.chance(0.85)) return r.pick(columns).tree
    return r.chance(0.12) ? piece(kind)`cast(null as ${NAMES[kind]})` : this.literal(kind)
  }

  literal(kind: Kind): Tree {
    const value = this.#random.pick(LITERALS[kind])
    return kind === 'time' ? piece(kind)`cast(${value} as ${NTZ})` : { role: kind, parts: [value] }
  }

  #conditional(kind: Kind, depth: number): Tree {
    const [a, b] = [this.make(kind, depth), this.make(kind, depth)]
    return this.#random.pick([
      () => piece(kind)`coalesce(${a}, ${b})`,
      () => piece(kind)`(case when ${this.make('truth', depth)} then ${a} else ${b} end)`,
      () => piece(kind)`(case when ${this.make('truth', depth)} then ${a} end)`,
      () => piece(kind)`(case ${this.make('int', depth)} when 1 then ${a} when 2 then ${b} end)`,
      () => piece(kind)`nullif(${a}, ${b})`,
    ])()
  }

  readonly #made: Readonly<Record<Kind, (depth: number) => Tree>> = {
    int: (depth) => this.#int(depth),
    big: () => this.leaf('big'),
    decimal: (depth) => this.#decimal(depth),
    double: (depth) => this.#double(depth),
    text: (depth) => this.#text(depth),
    day: (depth) => this.#day(depth),
    time: () => this.leaf('time'),
    truth: (depth) => this.#truth(depth),
  }

  #int(depth: number): Tree {
    const r = this.#random
    const sub = () => this.make('int', depth)
    return r.pick([
      () => int`(${sub()} ${r.pick(['+', '-'])} ${sub()})`,
      () => int`(${sub()} * ${r.pick(['2', '3', '-1'])})`,
      () => int`(${sub()} ${{ millrace: 'div', duckdb: '//' }} nullif(${sub()}, 0))`,
      () => int`(${sub()} % nullif(${sub()}, 0))`,
      () => int`abs(${sub()})`,
      () => int`(- ${sub()})`,
      () => int`length(${this.make('text', depth)})`,
      () => int`${r.pick(['year', 'month', 'day'])}(${this.make('day', depth)})`,
      () => {
        const [a, b] = [this.make('day', depth), this.make('day', depth)]
        return int`${{ millrace: 'datediff(', duckdb: '(' }}${a}${{ millrace: ', ', duckdb: ' - ' }}${b})`
      },
      () => int`hour(${this.make('time', depth)})`,
      () => int`cast(${this.make('truth', depth)} as int)`,
    ])()
  }

  #decimal(depth: number): Tree {
    const r = this.#random
    const sub = () => this.make('decimal', depth)
    return r.pick([
      () => decimal`(${sub()} ${r.pick(['+', '-'])} ${sub()})`,
      () => decimal`(${this.leaf('decimal')} * ${r.pick(['2', '1.5', '-1'])})`,
      () => decimal`cast(${this.leaf('int')} as decimal(12,2))`,
      () => decimal`(${sub()} + ${this.leaf('int')})`,
      () => decimal`abs(${sub()})`,
      () => decimal`(- ${sub()})`,
    ])()
  }

  #double(depth: number): Tree {
    const r = this.#random
    const sub = () => this.make('double', depth)
    return r.pick([
      () => double`(${sub()} ${r.pick(['+', '-', '*'])} ${sub()})`,
      () => double`(${sub()} / nullif(${sub()}, 0))`,
      () => double`(${this.make('int', depth)} / nullif(${this.make('int', depth)}, 0))`,
      () => double`cast(${this.make('int', depth)} as double)`,
      () => double`cast(${this.make('decimal', depth)} as double)`,
      () => double`abs(${sub()})`,
    ])()
  }

  #text(depth: number): Tree {
    const r = this.#random
    const sub = () => this.make('text', depth)
    return r.pick([
      () => text`${r.pick(['upper', 'lower', 'trim', 'ltrim', 'rtrim'])}(${sub()})`,
      () => text`(${sub()} || ${sub()})`,
      () => text`substring(${sub()}, ${String(r.integer(1, 4))}, ${String(r.integer(0, 4))})`,
      () => text`cast(${this.make('int', depth)} as string)`,
      () => text`cast(${this.make('day', depth)} as string)`,
      () => text`left(${sub()}, ${String(r.integer(0, 3))})`,
    ])()
  }

  #day(depth: number): Tree {
    const r = this.#random
    const sub = () => this.make('day', depth)
    return r.pick([
      () => day`cast(${sub()} + interval '${String(r.integer(1, 13))}' month as date)`,
      () => day`(${sub()} ${r.pick(['+', '-'])} ${String(r.integer(0, 40))})`,
      () => day`cast(${this.make('time', depth)} as date)`,
    ])()
  }

  #truth(depth: number): Tree {
    const r = this.#random
    if (this.#subqueries && r.chance(0.12)) return this.#subqueryTest(this.#subqueries, depth)
    const sub = () => this.make('truth', depth)
    const kind = r.pick(KINDS)
    const one = () => this.make(kind, depth)
    const not = r.pick(['', 'not '])
    return r.pick([
      () => truth`(${one()} ${r.pick(['=', '<>', '<', '<=', '>', '>='])} ${one()})`,
      () => truth`(${one()} ${r.pick(['=', '<>', '<', '<=', '>', '>='])} ${one()})`,
      () => truth`(${one()} ${{ millrace: '<=>', duckdb: 'is not distinct from' }} ${one()})`,
      () => truth`(${one()} is ${not}null)`,
      () =>
        truth`(${one()} ${not}in (${list(Array.from({ length: r.integer(1, 4) }, () => (r.chance(0.8) ? this.literal(kind) : this.leaf(kind))))}))`,
      () => truth`(${one()} ${not}between ${one()} and ${one()})`,
      () => truth`(${this.make('text', depth)} ${not}like ${r.pick(["'%a%'", "'p_'", "'%'", "'é%'", "'_%b'", "''"])})`,
      () =>
        truth`${{ millrace: 'startswith', duckdb: 'starts_with' }}(${this.make('text', depth)}, ${this.leaf('text')})`,
      () => truth`contains(${this.make('text', depth)}, ${this.leaf('text')})`,
      () => truth`(${sub()} and ${sub()})`,
      () => truth`(${sub()} or ${sub()})`,
      () => truth`(not ${sub()})`,
      () => truth`(${sub()} is ${not}${r.pick(['true', 'false'])})`,
    ])()
  }

  /** What rows are kept by. */
  condition(depth: number): Tree {
    const r = this.#random
    if (!this.#subqueries || !r.chance(0.08)) return this.make('truth', depth)
    return this.#isAmong(this.#subqueries, r.pick(KINDS), 1)
  }

  #isAmong(subqueries: Subqueries, kind: Kind, depth: number): Tree {
    const not = this.#random.pick(['', 'not '])
    return truth`(${this.make(kind, depth)} ${not}in (${subqueries.values(kind, this.#columns)}))`
  }

  #subqueryTest(subqueries: Subqueries, depth: number): Tree {
    const r = this.#random
    const not = r.pick(['', 'not '])
    const kind = r.pick(KINDS)
    return r.pick([
      () => truth`(${not}exists (${subqueries.values(kind, this.#columns)}))`,
      // Where this is unknown, Spark says false and DuckDB NULL, which are not the same within another expression.
      () => truth`coalesce(${this.#isAmong(subqueries, kind, Math.min(depth, 1))}, false)`,
      () => truth`(${this.leaf(kind)} ${r.pick(['=', '<', '>=', '<>'])} ${subqueries.scalar(kind, this.#columns)})`,
    ])()
  }
}

const LITERALS: Readonly<Record<Kind, readonly string[]>> = {
  int: ['0', '1', '2', '3', '5', '-4', '17'],
  big: ['cast(0 as bigint)', '9223372036854775807', 'cast(-9223372036854775807 as bigint)', 'cast(-5000000 as bigint)'],
  decimal: ['1.25', '0.00', '-3.50', '12.07'],
  double: [
    'cast(0.5 as double)',
    'cast(-2 as double)',
    "cast('NaN' as double)",
    'cast(0 as double)',
    "cast('-0.0' as double)",
  ],
  text: ["'a'", "''", "'ab'", "'é'", "'pq r'", "'🚀🚀🚀'", "' a '"],
  day: ["date '2024-02-29'", "date '1970-01-01'", "date '1969-12-31'", "date '2023-12-30'"],
  time: ["'1970-01-01 00:00:00'", "'1969-12-31 23:59:59.999999'"],
  truth: ['true', 'false'],
}
