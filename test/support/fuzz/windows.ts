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
 * Random functions over windows of some columns, for one select list. Where the order of rows decides, they are ordered by all columns: what is alike in all of
 * them gives the same whichever comes first. But which of two such rows comes first may differ from window to window, so that only one function of a list may tell.
 */
export class WindowFunctions {
  readonly #random: Random
  readonly #columns: readonly Column[]
  #isTold = false

  constructor(random: Random, columns: readonly Column[]) {
    this.#random = random
    this.#columns = columns
  }

  next(kind: Kind): Tree {
    const tells = !this.#isTold && this.#random.chance(0.6)
    this.#isTold ||= tells
    return tells ? ofPlaces(this.#random, this.#columns, kind) : ofPeers(this.#random, this.#columns, kind)
  }
}

/** A function that tells rows apart which are alike in all columns. */
function ofPlaces(random: Random, columns: readonly Column[], kind: Kind): Tree {
  const of = new Expressions(random, columns)
  const total = (frame = ''): Tree => window(random, columns, columns, frame)
  if (kind === 'int' && random.chance(0.4))
    return piece(kind)`${random.pick(['row_number()', `ntile(${random.integer(1, 5)})`])}${total()}`
  const value = of.make(kind, 1)
  return random.pick([
    () => piece(kind)`${random.pick(['lag', 'lead'])}(${value}, ${String(random.integer(1, 3))})${total()}`,
    () =>
      piece(kind)`${random.pick(['first_value', 'last_value'])}(${value})${total(` rows between ${frame(random)}`)}`,
    () => piece(kind)`nth_value(${value}, ${String(random.integer(1, 3))})${total(` rows between ${frame(random)}`)}`,
    () => aggregate(random, of, kind, total(` rows between ${frame(random)}`)),
  ])()
}

/** A function that gives the same for rows that are alike in the columns of its order. */
function ofPeers(random: Random, columns: readonly Column[], kind: Kind): Tree {
  const of = new Expressions(random, columns)
  const ordered = (): Tree => window(random, columns, columns, '')
  if (kind === 'int' && random.chance(0.3)) return piece(kind)`${random.pick(['rank()', 'dense_rank()'])}${ordered()}`
  if (kind === 'double' && random.chance(0.3))
    return piece(kind)`${random.pick(['percent_rank()', 'cume_dist()'])}${ordered()}`
  return random.pick([
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
