import type { Random } from '../random.js'
import { aggregate } from './aggregates.js'
import { type Column, Expressions } from './expressions.js'
import { fixedList, type Kind, NOTHING, piece, type Tree } from './tree.js'

const PLACES = [
  'unbounded preceding',
  '3 preceding',
  '1 preceding',
  'current row',
  '1 following',
  '4 following',
  'unbounded following',
]

/**
 * A random function over a window of some columns. Where the order of rows decides, they are ordered by all columns: what is alike in all of them gives
 * the same whichever comes first.
 */
export function windowFunction(random: Random, columns: readonly Column[], kind: Kind): Tree {
  const of = new Expressions(random, columns)
  const total = (frame = ''): Tree => window(random, columns, columns, frame)
  if (kind === 'int' && random.chance(0.4)) {
    const name = random.pick(['row_number()', `ntile(${random.integer(1, 5)})`, 'rank()', 'dense_rank()'])
    return piece(kind)`${name}${total()}`
  }
  if (kind === 'double' && random.chance(0.3))
    return piece(kind)`${random.pick(['percent_rank()', 'cume_dist()'])}${total()}`
  const value = of.make(kind, 1)
  return random.pick([
    () => piece(kind)`${random.pick(['lag', 'lead'])}(${value}, ${String(random.integer(1, 3))})${total()}`,
    () =>
      piece(kind)`${random.pick(['first_value', 'last_value'])}(${value})${total(` rows between ${frame(random)}`)}`,
    () => piece(kind)`nth_value(${value}, ${String(random.integer(1, 3))})${total(` rows between ${frame(random)}`)}`,
    () => aggregate(random, of, kind, total(` rows between ${frame(random)}`)),
    () => aggregate(random, of, kind, ranged(random, columns)),
    () => aggregate(random, of, kind, window(random, columns, random.chance(0.3) ? [] : [random.pick(columns)], '')),
  ])()
}

/** A frame of values around one integer. */
function ranged(random: Random, columns: readonly Column[]): Tree {
  const keys = columns.filter(({ kind }) => kind === 'int')
  return keys.length === 0
    ? window(random, columns, columns, '')
    : window(random, columns, [random.pick(keys)], ` range between ${frame(random)}`)
}

function frame(random: Random): string {
  const lower = random.integer(0, PLACES.length - 2)
  return `${PLACES[lower]} and ${PLACES[random.integer(Math.max(lower, 1), PLACES.length - 1)]}`
}

function window(random: Random, columns: readonly Column[], order: readonly Column[], frame: string): Tree {
  const partition = random.chance(0.6) ? piece('clause')`partition by ${random.pick(columns).tree}` : NOTHING
  const keys = order.map(
    ({ tree }) => piece('other')`${tree} ${random.pick(['asc', 'desc'])} nulls ${random.pick(['first', 'last'])}`,
  )
  const orders = keys.length > 0 ? piece('other')` order by ${fixedList(keys)}` : NOTHING
  return piece('other')` over (${partition}${orders}${frame})`
}
