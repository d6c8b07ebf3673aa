import { type Field, sameType, typeName } from '../../columnar/types.js'
import type { KeptPart, KeptParts } from '../../planner/plan/physical/stateful.js'
import { type StateMove, startOf } from '../../planner/streaming/moved-state.js'
import { isWidened } from '../../planner/streaming/widened.js'
import type { StoredOperator } from './checkpoint-entries.js'

/** What becomes of the state of an operator when a query goes on from the checkpoint of another version of it. */
export interface StateChange {
  readonly operatorId: number
  readonly operatorName: string
  /** `kept` as it is, `migrated` before the query goes on, or `lost`: such a query does not start. */
  readonly fate: 'kept' | 'migrated' | 'lost'
  /** What is different, each in words. */
  readonly differences: readonly string[]
  /** Of state that is migrated. */
  readonly move?: StateMove
}

/** Compares the operators of a checkpoint with those of a query. Operators are the same by their ids, which count from the sources on. */
export function stateChanges(
  before: readonly StoredOperator[],
  after: readonly StoredOperator[],
): readonly StateChange[] {
  const ids = [...new Set([...before, ...after].map(({ operatorId }) => operatorId))].toSorted((a, b) => a - b)
  return ids.map((id) => {
    const [old, now] = [before, after].map((operators) => operators.find(({ operatorId }) => operatorId === id))
    if (old && now) return changeOf(old, now)
    const { name } = (old ?? now)!
    const difference = old
      ? 'the query has no such operator any more'
      : 'the checkpoint has no state of such an operator'
    return { operatorId: id, operatorName: name, fate: 'lost', differences: [difference] }
  })
}

function changeOf(old: StoredOperator, now: StoredOperator): StateChange {
  const { operatorId, name: operatorName } = now
  const lost = (difference: string): StateChange => ({
    operatorId,
    operatorName,
    fate: 'lost',
    differences: [difference],
  })
  if (old.name !== now.name) return lost(`it was ${old.name}`)
  if (old.version !== now.version) return lost(`its state is laid out in version ${old.version}, now in ${now.version}`)
  if (old.parts.rule !== now.parts.rule) return lost(`rows were kept ${old.parts.rule}, now ${now.parts.rule}`)
  const keys = pairedKeys(old.parts, now.parts)
  if (!keys) return lost(`its keys were ${texts(old.parts.keys)}, now ${texts(now.parts.keys)}`)
  const values = now.parts.values.map((part) => old.parts.values.find((one) => isSamePart(one, part)))
  const gone = old.parts.values.filter((part) => !values.includes(part))
  if (gone.length > 0) return lost(`it no longer keeps ${texts(gone)}`)
  const pairs = [...keys, ...now.parts.values.map((part, i) => [values[i], part] as const)]
  const unknown = pairs.find(([one, part]) => !one && !part.columns.every((column) => startOf(column)))
  if (unknown) return lost(`${unknown[1].meaning} has no value to begin with`)
  const isJoined = typeof now.parts.severalRows === 'object' && now.parts.severalRows.kind === 'joined'
  const added = isJoined ? pairs.find(([one]) => !one) : undefined
  if (added) return lost(`the rows that it keeps have no [${added[1].meaning}]`)
  const differences = [
    ...pairs.flatMap(([one, part]) => (one ? widenings(one, part) : [`${part.meaning} is added, from now on`])),
    ...(old.partitions === now.partitions ? [] : [`divided into ${old.partitions} partitions, now ${now.partitions}`]),
  ]
  const columns = placesOf(old.parts, pairs)
  const isInPlace = columns.every((place, i) => place === i)
  if (differences.length === 0 && isInPlace) return { operatorId, operatorName, fate: 'kept', differences }
  // Which rows of files count is known to the operator alone.
  if ([old, now].some(({ parts }) => parts.severalRows === true))
    return lost(`${differences[0] ?? 'what it keeps is in another order'}, where keys have several rows`)
  const move = { operatorId, parts: now.parts, partitions: now.partitions, columns }
  const shown = differences.length > 0 ? differences : ['what it keeps is in another order']
  return { operatorId, operatorName, fate: 'migrated', differences: shown, move }
}

type Pair = readonly [before: KeptPart | undefined, after: KeptPart]

/** The keys, which must all be there in the same order. */
function pairedKeys({ keys: old }: KeptParts, { keys: now }: KeptParts): readonly Pair[] | undefined {
  const pairs = now.map((part, i): Pair => [old[i], part])
  return old.length === now.length && pairs.every(([one, part]) => isSamePart(one!, part)) ? pairs : undefined
}

/** Whether a part means the same, but for the widths of numbers, and its columns can take what is there. */
const isSamePart = (old: KeptPart, now: KeptPart): boolean =>
  withoutWidths(old.meaning) === withoutWidths(now.meaning) &&
  old.columns.length === now.columns.length &&
  old.columns.every(({ type }, i) => sameType(type, now.columns[i]!.type) || isWidened(type, now.columns[i]!.type))

/** How wide the numbers are that a value is cast to on its way. */
const withoutWidths = (meaning: string): string =>
  meaning.replaceAll(/ AS (?:TINYINT|SMALLINT|INT|BIGINT|FLOAT|DOUBLE|DECIMAL\(\d+,\d+\))\)/g, ' AS NUMBER)')

function widenings(old: KeptPart, now: KeptPart): readonly string[] {
  return now.columns.flatMap(({ name, type }, i) => {
    const was = old.columns[i]!.type
    return sameType(was, type) ? [] : [`${name} is widened from ${typeName(was)} to ${typeName(type)}`]
  })
}

/** Where each column of the new parts lies among those of the old ones. */
function placesOf(old: KeptParts, pairs: readonly Pair[]): readonly (number | null)[] {
  const parts = [...old.keys, ...old.values]
  const firstOf = (part: KeptPart): number =>
    parts.slice(0, parts.indexOf(part)).reduce((sum, { columns }) => sum + columns.length, 0)
  return pairs.flatMap(([one, part]) => part.columns.map((_: Field, i) => (one ? firstOf(one) + i : null)))
}

const texts = (parts: readonly KeptPart[]): string => `[${parts.map(({ meaning }) => meaning).join(', ')}]`
