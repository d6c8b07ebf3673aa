import type { Random } from '../random.js'
import { type Expressions, KINDS } from './expressions.js'
import { type Kind, NOTHING, piece, type Tree } from './tree.js'

/** Both give sums of integers a type that the other lacks. */
const asBigint = (sum: Tree): Tree =>
  piece('int')`${{ millrace: '', duckdb: 'cast(' }}${sum}${{ millrace: '', duckdb: ' as bigint)' }}`

/** DuckDB's sums of decimals have 38 digits, so that UNION with a decimal of a larger scale would round them. */
const asNarrow = (sum: Tree): Tree =>
  piece('decimal')`${{ millrace: '', duckdb: 'cast(' }}${sum}${{ millrace: '', duckdb: ' as decimal(30,4))' }}`

/** DuckDB's `count_if` of no rows is NULL. */
const COUNT_IF = { millrace: 'count_if(', duckdb: 'count(*) filter (where ' }

/** Texts in their order. */
const joined = (text: Tree, filter: Tree): Tree => {
  const [from, to] = [
    { millrace: 'listagg(', duckdb: 'string_agg(' },
    { millrace: ", ';') within group (order by ", duckdb: ", ';' order by " },
  ]
  return piece('text')`${from}${text}${to}${text}${{ millrace: ')', duckdb: ' nulls first)' }}${filter}`
}

/** A random aggregate of a kind, whose result the rows determine whatever their order; `over` makes it a window function. */
export function aggregate(random: Random, of: Expressions, kind: Kind, over: Tree = NOTHING): Tree {
  const windowed = over !== NOTHING
  const filter = random.chance(0.15) ? piece('clause')` filter (where ${of.make('truth', 2)})` : NOTHING
  const distinct = !windowed && random.chance(0.2) ? piece('clause')`distinct ` : NOTHING
  const tail = piece('other')`${filter}${over}`
  const extreme = (): Tree => piece(kind)`${random.pick(['min', 'max'])}(${of.make(kind, 2)})${tail}`
  switch (kind) {
    case 'int':
      return random.pick([
        () => piece(kind)`count(*)${tail}`,
        () => piece(kind)`count(${distinct}${of.make(random.pick(KINDS), 2)})${tail}`,
        () => asBigint(piece('other')`sum(${distinct}${of.make(kind, 2)})${tail}`),
        () => piece(kind)`${COUNT_IF}${of.make('truth', 2)})${over}`,
        () => asBigint(piece('other')`${random.pick(['bit_and', 'bit_or', 'bit_xor'])}(${of.make(kind, 2)})${tail}`),
        extreme,
      ])()
    case 'decimal':
      return random.chance(0.6) ? asNarrow(piece('other')`sum(${distinct}${of.make(kind, 1)})${tail}`) : extreme()
    case 'double':
      return random.pick([
        () => piece(kind)`sum(${distinct}${of.leaf(kind)})${tail}`,
        () => piece(kind)`avg(${distinct}${of.make('int', 2)})${tail}`,
        () => piece(kind)`avg(${of.leaf(kind)})${tail}`,
        () => (windowed ? extreme() : piece(kind)`median(${distinct}${of.make('int', 2)})${tail}`),
        extreme,
      ])()
    case 'text':
      return windowed || random.chance(0.5) ? extreme() : joined(of.make(kind, 1), filter)
    case 'big':
    case 'day':
    case 'time':
    case 'truth':
      return extreme()
  }
}
