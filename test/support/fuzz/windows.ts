import type { Random } from '../random.js'
import { aggregate } from './aggregates.js'
import { type Column, Expressions } from './expressions.js'
import type { Source } from './relations.js'
import { fixedList, type Kind, NOTHING, piece, type Tree } from './tree.js'

const PLACES = [-Infinity, -6, -2, -1, 0, 1, 3, 70, Infinity] as const

/** How far away a value is, by the kind of the key that a frame is around. */
const AMOUNTS: Partial<Readonly<Record<Kind, (size: number) => string>>> = {
  int: String,
  decimal: (size) => `${size}.5`,
  double: (size) => `${size}.5`,
  day: (size) => `interval ${size} days`,
  time: (size) => `interval ${size} hours`,
}

/**
 * Random functions over windows of some columns, for one select list. Where the order of rows decides, they are ordered by all columns: what is alike in all of
 * them gives the same whichever comes first. But which of two such rows comes first may differ from window to window, so that only one function of a list may tell.
 */
export class WindowFunctions {
  readonly #random: Random
  readonly #columns: readonly Column[]
  readonly #frameKeys: readonly Column[]
  #isTold = false

  /** @param frameKeys columns around whose values frames may be */
  constructor(
    random: Random,
    columns: readonly Column[],
    frameKeys: readonly Column[] = columns.filter(({ kind }) => kind === 'int'),
  ) {
    this.#random = random
    this.#columns = columns
    this.#frameKeys = frameKeys
  }

  next(kind: Kind): Tree {
    const tells = !this.#isTold && this.#random.chance(0.6)
    this.#isTold ||= tells
    if (tells) return ofPlaces(this.#random, this.#columns, kind)
    return ofPeers(this.#random, this.#columns, this.#frameKeys, kind)
  }
}

/**
 * The rows of a query that are the first ones of their partitions. Where each row has a number of its own they are ordered by all columns: rows that are alike may
 * stand for each other.
 */
export function firstRows(random: Random, { tree, columns }: Source): Source {
  const all = columns.map(({ name, kind }): Column => ({ kind, tree: piece(kind)`${name}` }))
  const ranking = random.pick(['row_number', 'rank', 'dense_rank'])
  const order = ranking === 'row_number' || random.chance(0.5) ? all : [random.pick(all)]
  const place = piece('int')`${ranking}()${window(random, all, order, '')}`
  const condition = random.pick(['place = 1', 'place <= 2', 'place < 4', '3 >= place', 'place between 2 and 5'])
  const names = columns.map(({ name }) => name).join(', ')
  const numbered = piece('other')`select ${names}, ${place} as place from (${tree}) unnumbered`
  return { tree: piece('query')`select ${names} from (${numbered}) numbered where ${condition}`, columns }
}

/** A function that tells rows apart which are alike in all columns. */
function ofPlaces(random: Random, columns: readonly Column[], kind: Kind): Tree {
  const of = new Expressions(random, columns)
  const total = (frame = ''): Tree => window(random, columns, columns, frame)
  if (kind === 'int' && random.chance(0.4))
    return piece(kind)`${random.pick(['row_number()', `ntile(${random.integer(1, 5)})`])}${total()}`
  const value = of.make(kind, 1)
  const rows = (): Tree => total(` rows between ${frame(random)}`)
  const picking = (name: string, args: Tree, over: Tree): Tree => {
    const nulls = random.chance(0.5) ? IGNORED : ')'
    return piece(kind)`${name}(${args}${nulls}${over}`
  }
  return random.pick([
    () => picking(random.pick(['lag', 'lead']), piece('other')`${value}, ${String(random.integer(1, 9))}`, total()),
    () => picking(random.pick(['first_value', 'last_value']), value, random.chance(0.7) ? rows() : total()),
    () => picking('nth_value', piece('other')`${value}, ${String(random.integer(1, 4))}`, rows()),
    () => aggregate(random, of, kind, rows()),
  ])()
}

/** The end of a call that takes no NULL. */
const IGNORED = { millrace: ') ignore nulls', duckdb: ' ignore nulls)' }

/** A function that gives the same for rows that are alike in the columns of its order. */
function ofPeers(random: Random, columns: readonly Column[], frameKeys: readonly Column[], kind: Kind): Tree {
  const of = new Expressions(random, columns)
  const ordered = (): Tree => window(random, columns, columns, '')
  if (kind === 'int' && random.chance(0.3)) return piece(kind)`${random.pick(['rank()', 'dense_rank()'])}${ordered()}`
  if (kind === 'double' && random.chance(0.3))
    return piece(kind)`${random.pick(['percent_rank()', 'cume_dist()'])}${ordered()}`
  return random.pick([
    () => aggregate(random, of, kind, ranged(random, columns, frameKeys)),
    () => aggregate(random, of, kind, window(random, columns, random.chance(0.3) ? [] : [random.pick(columns)], '')),
  ])()
}

/** A frame of values around one key. */
function ranged(random: Random, columns: readonly Column[], frameKeys: readonly Column[]): Tree {
  if (frameKeys.length === 0) return window(random, columns, columns, '')
  const key = random.pick(frameKeys)
  return window(random, columns, [key], ` range between ${frame(random, AMOUNTS[key.kind])}`)
}

/** Two bounds, the lower one first. */
function frame(random: Random, amount: (size: number) => string = String): string {
  const lower = random.integer(0, PLACES.length - 2)
  const upper = random.integer(Math.max(lower, 1), PLACES.length - 1)
  const bounds = [lower, upper].map((i) => {
    const place = PLACES[i]!
    if (place === 0) return 'current row'
    const side = place < 0 ? 'preceding' : 'following'
    return Number.isFinite(place) ? `${amount(Math.abs(place))} ${side}` : `unbounded ${side}`
  })
  return bounds.join(' and ')
}

function window(random: Random, columns: readonly Column[], order: readonly Column[], frame: string): Tree {
  const partition = random.chance(0.6) ? piece('clause')`partition by ${random.pick(columns).tree}` : NOTHING
  const keys = order.map(
    ({ tree }) => piece('other')`${tree} ${random.pick(['asc', 'desc'])} nulls ${random.pick(['first', 'last'])}`,
  )
  const orders = keys.length > 0 ? piece('other')` order by ${fixedList(keys)}` : NOTHING
  return piece('other')` over (${partition}${orders}${frame})`
}
