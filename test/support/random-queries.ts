import type { Random } from './random.js'

/**
 * Random queries in the SQL that Spark's dialect and DuckDB's share, with the same meaning in both: no division, small numbers, and every row
 * ordered by all of its columns or compared as a set.
 */
export class RandomQueries {
  readonly #random: Random

  constructor(random: Random) {
    this.#random = random
  }

  /** A query over the tables `a` and `b`; columns are aliased c0, c1, … */
  query(): string {
    const r = this.#random
    const from = r.pick([
      'a',
      '(select * from a where a.i > 1) a',
      'a join b on a.i = b.k',
      'a left join b on a.i = b.k',
      'a left join b on a.i = b.k and b.v > 2',
      'a join b on a.i = b.k and a.s < b.name',
      'a full join b on a.i = b.k',
      'a full join b on a.i = b.k and a.s < b.name',
      'a right join b on a.i = b.k and a.i > 2',
      'a semi join b on a.i = b.k',
      'a anti join b on a.i = b.k and b.v > 1',
    ])
    const joined = from.includes(' b ') && !/ (semi|anti) /.test(from)
    const where = r.chance(0.6) ? ` where ${this.#truth(joined, 2)}` : ''
    return r.chance(0.5) ? this.#plain(from, where, joined) : this.#grouped(from, where, joined)
  }

  #plain(from: string, where: string, joined: boolean): string {
    const r = this.#random
    const list = Array.from({ length: r.integer(1, 3) }, () => this.#any(joined, 2))
    const distinct = r.chance(0.3) ? 'distinct ' : ''
    return `select ${distinct}${aliased(list)} from ${from}${where}`
  }

  #grouped(from: string, where: string, joined: boolean): string {
    const r = this.#random
    const keys = Array.from({ length: r.integer(0, 2) }, () => this.#any(joined, 1))
    const aggregates = Array.from({ length: r.integer(1, 3) }, () => this.#aggregate(joined))
    const group =
      keys.length === 0
        ? ''
        : ` group by ${keys.map((key, i) => (isConstant(key) || r.chance(0.5) ? i + 1 : key)).join(', ')}`
    const having = r.chance(0.3) ? ` having ${this.#aggregate(joined)} is not null` : ''
    return `select ${aliased([...keys, ...aggregates])} from ${from}${where}${group}${having}`
  }

  #aggregate(joined: boolean): string {
    const r = this.#random
    const number = this.#number(joined, 1)
    const filter = r.chance(0.2) ? ` filter (where ${this.#truth(joined, 1)})` : ''
    const call = r.pick([
      `count(*)${filter}`,
      `count(${this.#any(joined, 1)})${filter}`,
      `sum(${number})${filter}`,
      `min(${this.#any(joined, 1)})${filter}`,
      `max(${number})${filter}`,
    ])
    return r.chance(0.2) ? `coalesce(sum(${number}), 0) + count(*)` : call
  }

  #any(joined: boolean, depth: number): string {
    return this.#random.pick([
      () => this.#number(joined, depth),
      () => this.#text(joined, depth),
      () => this.#truth(joined, depth),
      () => this.#day(depth),
    ])()
  }

  #number(joined: boolean, depth: number): string {
    const r = this.#random
    const leaf = () => r.pick(['a.i', 'a.m', ...(joined ? ['b.v', 'b.k'] : ['a.i']), '3', '1.25'])
    if (depth === 0) return leaf()
    const sub = () => this.#number(joined, depth - 1)
    return r.pick([
      leaf,
      leaf,
      () => `(${sub()} ${r.pick(['+', '-', '*'])} ${sub()})`,
      () => `coalesce(${sub()}, ${sub()})`,
      () => `(case when ${this.#truth(joined, depth - 1)} then ${sub()} else ${sub()} end)`,
      () => `length(${this.#text(joined, depth - 1)})`,
      () => `extract(${r.pick(['year', 'month', 'day'])} from ${this.#day(depth - 1)})`,
      () => `(- ${sub()})`,
    ])()
  }

  #text(joined: boolean, depth: number): string {
    const r = this.#random
    const leaf = () => r.pick(['a.s', ...(joined ? ['b.name'] : ['a.s']), "'pq'", "'é'"])
    if (depth === 0) return leaf()
    const sub = () => this.#text(joined, depth - 1)
    return r.pick([
      leaf,
      leaf,
      () => `upper(${sub()})`,
      () => `(${sub()} || ${sub()})`,
      () => `substring(${sub()}, ${r.integer(1, 3)}, ${r.integer(0, 3)})`,
      () => `coalesce(${sub()}, ${sub()})`,
      () => `cast(a.i as string)`,
    ])()
  }

  #day(depth: number): string {
    const r = this.#random
    if (depth === 0) return r.pick(['a.d', "date '2024-02-29'"])
    return r.pick([
      () => 'a.d',
      () => `cast(${this.#day(depth - 1)} + interval '${r.integer(1, 3)}' month as date)`,
      () => `coalesce(${this.#day(depth - 1)}, date '2020-01-31')`,
    ])()
  }

  #truth(joined: boolean, depth: number): string {
    const r = this.#random
    const compare = (of: () => string) => `(${of()} ${r.pick(['=', '<>', '<', '<=', '>', '>='])} ${of()})`
    const below = Math.max(depth - 1, 0)
    const simple = [
      () => compare(() => this.#number(joined, below)),
      () => compare(() => this.#text(joined, below)),
      () => compare(() => this.#day(below)),
      () => `(${this.#any(joined, 0)} is ${r.pick(['', 'not '])}null)`,
      () => `(a.i ${r.pick(['', 'not '])}in (1, 2, 5${r.chance(0.2) ? ', null' : ''}))`,
      () => `(${this.#text(joined, 0)} ${r.pick(['', 'not '])}like ${r.pick(["'%a%'", "'p_'", "'%'"])})`,
      () => `(${this.#number(joined, below)} between 1 and 3)`,
    ]
    if (depth === 0) return r.pick(simple)()
    const sub = () => this.#truth(joined, depth - 1)
    return r.pick([
      ...simple,
      () => `(${sub()} and ${sub()})`,
      () => `(${sub()} or ${sub()})`,
      () => `(not ${sub()})`,
    ])()
  }
}

const aliased = (list: readonly string[]): string => list.map((e, i) => `${e} as c${i}`).join(', ')

/** Constants are grouped by their position: as such a number would be one. */
const isConstant = (key: string): boolean => !/\b[ab]\./.test(key)
