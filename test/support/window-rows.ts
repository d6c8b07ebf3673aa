import type { Random } from './random.js'

/** Rows with ties, NULLs, extremes and texts beyond ASCII: `n` of them in DuckDB's SQL. `id` tells all apart. */
export const windowRows = (n: number): string => `select x::int as id,
  case when h % 11 = 0 then null else (h % 7)::int end as g,
  case h % 9 when 0 then null when 1 then '' when 2 then 'éa' when 3 then '🚀' when 4 then repeat('long', 40)
    else 'the same first eight ' || (h % 13) end as s,
  case when h % 5 = 0 then null else (h % 23 - 11)::int end as x,
  case when h % 13 = 0 then null when h % 17 = 0 then 'nan'::double when h % 19 = 0 then '-inf'::double else (h % 41) / 8.0 end as d,
  case when h % 7 = 0 then null else ((h % 61) / 8.0)::double end as y,
  case when h % 6 = 0 then null else ((h % 1000 - 500) / 100.0)::decimal(9, 2) end as m,
  case when h % 8 = 0 then null else ('9876543210987654321.' || (h % 90 + 10))::decimal(30, 2) * (h % 3 - 1)::int end as w,
  case h % 10 when 0 then null when 1 then 9223372036854775807 when 2 then -9223372036854775807 - 1 else h % 4 end::bigint as b,
  case when h % 12 = 0 then null else date '2020-02-25' + (h % 20)::int end as dt,
  case when h % 14 = 0 then null else timestamp '2021-12-31 23:00:00' + to_seconds(h % 30 * 1800) end as ts,
  (x % 997)::int as k
from (select x, (x * 7919 + 13) % 10007 as h from range(${n}) t(x)) q`

/** A member of a select list in the SQL of either. */
export interface Written {
  readonly ours: string
  readonly theirs: string
}

const same = (text: string): Written => ({ ours: text, theirs: text })

const PLACES = [-Infinity, -6, -2, -1, 0, 1, 3, 70, Infinity] as const
const TEXTS = ['s', 'dt', 'ts']

/** Random functions over random windows that Spark and DuckDB understand alike, and whose results the rows determine. */
export class RandomWindows {
  readonly #random: Random

  constructor(random: Random) {
    this.#random = random
  }

  /** A query for the rows by `id` with some functions each. */
  query(table: string): Written {
    const members = Array.from({ length: this.#random.integer(1, 6) }, () => this.#member())
    const where = this.#random.pick(['', '', ' where x > 0', ' where k < 40'])
    const list = (of: keyof Written): string => ['id', ...members.map((member) => member[of])].join(', ')
    return {
      ours: `select ${list('ours')} from ${table}${where} order by id`,
      theirs: `select ${list('theirs')} from ${table}${where} order by id`,
    }
  }

  #member(): Written {
    const r = this.#random
    const partition = r.pick([
      '',
      'partition by g',
      'partition by s',
      'partition by k',
      'partition by dt, g',
      'partition by m',
    ])
    if (r.chance(0.3)) return this.#overRange(partition)
    const order = this.#order()
    const total = `${partition} order by ${[...order, 'id'].join(', ')}`
    switch (r.integer(0, 5)) {
      case 0:
        return same(`${r.pick(['row_number()', `ntile(${r.integer(1, 9)})`])} over (${total})`)
      case 1:
        return same(
          `${r.pick(['rank()', 'dense_rank()', 'percent_rank()', 'cume_dist()'])} over (${partition} order by ${order.join(', ')})`,
        )
      case 2:
        return this.#offset(total)
      case 3:
        return this.#pick(total)
      case 4:
        return same(this.#aggregate(r.pick([partition, `${partition} order by ${order.join(', ')}`])))
      default:
        return same(this.#aggregate(`${total} ${this.#rows()}`))
    }
  }

  #order(): string[] {
    const r = this.#random
    const columns = ['g', 's', 'x', 'd', 'm', 'w', 'b', 'dt', 'ts'].filter(() => r.chance(0.2))
    return (columns.length > 0 ? columns : ['x']).map(
      (column) => `${column} ${r.pick(['asc', 'desc'])} nulls ${r.pick(['first', 'last'])}`,
    )
  }

  #rows(): string {
    return `rows between ${this.#between((n) => `${Math.abs(n)}`)}`
  }

  /** Two bounds, the lower one first; what an offset is written as. */
  #between(amount: (n: number) => string): string {
    const r = this.#random
    const lower = r.integer(0, PLACES.length - 2)
    const upper = r.integer(Math.max(lower, 1), PLACES.length - 1)
    return [lower, upper]
      .map((i) => {
        const place = PLACES[i]!
        if (place === 0) return 'current row'
        const side = place < 0 ? 'preceding' : 'following'
        return Number.isFinite(place) ? `${amount(place)} ${side}` : `unbounded ${side}`
      })
      .join(' and ')
  }

  /** Frames of values: rows with the same key have the same frame, so that their order does not matter. */
  #overRange(partition: string): Written {
    const r = this.#random
    const key = r.pick(['x', 'y', 'm', 'dt', 'ts', 'k'])
    const amount = (n: number): string => {
      const size = Math.abs(n)
      if (key === 'dt') return `interval ${size} days`
      if (key === 'ts') return `interval ${size} hours`
      return key === 'x' || key === 'k' ? String(size) : `${size}.5`
    }
    const frame = r.chance(0.8) ? `range between ${this.#between(amount)}` : ''
    const order = `order by ${key} ${r.pick(['asc', 'desc'])} nulls ${r.pick(['first', 'last'])}`
    return same(this.#aggregate(`${partition} ${order} ${frame}`))
  }

  #aggregate(window: string): string {
    const r = this.#random
    const text = r.pick(TEXTS)
    const call = r.pick([
      'count(*)',
      `count(${r.pick(['x', 's', 'd'])})`,
      `sum(${r.pick(['x', 'y', 'm', 'w', 'd', 'x * 2'])})`,
      `avg(${r.pick(['x', 'y'])})`,
      `${r.pick(['min', 'max'])}(${r.pick(['x', 'd', 'm', 'w', 'b', 'x + 1'])})`,
      `${r.pick(['min', 'max'])}(${text})`,
    ])
    const filter = r.chance(0.2) ? ' filter (where x > 1)' : ''
    const whole = `${call}${filter} over (${window})`
    return call.endsWith(`(${text})`) ? `cast(${whole} as string)` : whole
  }

  #offset(window: string): Written {
    const r = this.#random
    const name = r.pick(['lag', 'lead'])
    const column = r.pick(['x', 's', 'w', 'b', 'd'])
    const otherwise = column === 'x' ? r.pick(['', ', 77', ', id']) : ''
    const args = `${column}, ${r.pick([1, 2, 9])}${otherwise}`
    return this.#withNulls(name, args, window)
  }

  #pick(window: string): Written {
    const r = this.#random
    const column = r.pick(['x', 's', 'w', 'b', 'd'])
    const name = r.pick(['first_value', 'last_value', 'nth_value'])
    const args = name === 'nth_value' ? `${column}, ${r.integer(1, 4)}` : column
    return this.#withNulls(name, args, `${window} ${r.chance(0.7) ? this.#rows() : ''}`)
  }

  #withNulls(name: string, args: string, window: string): Written {
    if (this.#random.chance(0.5)) return same(`${name}(${args}) over (${window})`)
    return {
      ours: `${name}(${args}) ignore nulls over (${window})`,
      theirs: `${name}(${args} ignore nulls) over (${window})`,
    }
  }
}
