import { BOOLEAN } from '../../../columnar/types.js'
import { call, literal } from '../../plan/expression/build.js'
import type { Attribute, Case, Expression, ExprId, NamedExpression } from '../../plan/expression/expression.js'
import type { LogicalExpand } from '../../plan/logical/plan.js'
import type { RollUp } from '../../plan/physical/plan.js'
import { boundTo } from '../bind.js'

type Copies = LogicalExpand['copies']

/** Grouping sets of which each has the keys of the next one and more, so that the next one's groups are merged of its own. */
interface Chain {
  /** Those of the expand, from the set with all keys to the one with the fewest. */
  readonly copies: Copies
  /** Which key tells the sets apart, by numbers that ascend. */
  readonly ordinal: number
  readonly numbers: readonly bigint[]
  /** Which keys some sets leave out: the place of the last set that has it. */
  readonly lasts: ReadonlyMap<number, number>
}

/** The sets as such a chain; undefined if they are none, or if it has no more than two. */
export function chainOf(keys: readonly NamedExpression[], { added, copies }: LogicalExpand): Chain | undefined {
  const placeOf = (id: ExprId): number => added.findIndex((column) => column.id === id)
  const flags = new Map<number, number>()
  const constants: (readonly [ordinal: number, place: number])[] = []
  for (const [ordinal, { expression: e }] of keys.entries()) {
    const when = e.kind === 'case' ? e.branches[0]!.when : e
    const place = when.kind === 'attribute' ? placeOf(when.id) : -1
    if (place >= 0 && when === e) constants.push([ordinal, place])
    else if (place >= 0) flags.set(ordinal, place)
  }
  const places = [...new Set(flags.values())]
  const size = (copy: Copies[number]): number => places.filter((place) => copy[place] === true).length
  const sorted = copies.toSorted((a, b) => size(b) - size(a))
  const isNested = sorted.every((copy, i) => {
    const before = sorted[i - 1]
    return !before || (size(copy) < size(before) && places.every((at) => copy[at] !== true || before[at] === true))
  })
  const [constant] = constants
  if (sorted.length < 3 || !isNested || !constant || constants.length > 1) return undefined
  const numbers = sorted.map((copy) => copy[constant[1]])
  if (!areAscending(numbers)) return undefined
  const lastOf = (place: number): number => sorted.findLastIndex((copy) => copy[place] === true)
  const lasts = new Map([...flags].map(([ordinal, place]) => [ordinal, lastOf(place)]))
  return { copies: sorted, ordinal: constant[0], numbers, lasts }
}

const areAscending = (numbers: readonly unknown[]): numbers is readonly bigint[] =>
  numbers.every((number, i) => typeof number === 'bigint' && (i === 0 || number > (numbers[i - 1] as bigint)))

/** How the groups of the second set of a chain become those of the others. @param merged their columns */
export function rollUpOf({ copies, ordinal, numbers, lasts }: Chain, merged: readonly Attribute[]): RollUp {
  const number = boundTo(merged, ordinal)
  const isBefore = (set: number): Expression => call('lt', BOOLEAN, [number, literal(number.type, numbers[set]!)])
  const following = numbers.slice(2).map((value) => literal(number.type, value))
  const branches = following.slice(0, -1).map((value, i) => ({ when: isBefore(i + 2), value }))
  const columns = merged.map((_, i): Expression => {
    const [column, last] = [boundTo(merged, i), lasts.get(i)]
    if (i === ordinal) return chosen(branches, following.at(-1)!)
    return last === undefined ? column : chosen([{ when: isBefore(last), value: column }])
  })
  return { times: copies.length - 2, columns }
}

const chosen = (branches: Case['branches'], otherwise?: Expression): Expression => {
  const { type } = otherwise ?? branches[0]!.value
  if (otherwise && branches.length === 0) return otherwise
  return Object.freeze({ kind: 'case', branches, type, nullable: !otherwise, ...(otherwise && { otherwise }) })
}
