import { type DataType, sameType } from '../../../columnar/types.js'
import type {
  UnresolvedBound,
  UnresolvedCall,
  UnresolvedExpression,
  UnresolvedFrame,
  UnresolvedWindow,
  WindowSpec,
} from '../../plan/unresolved/expression.js'

type Window = Extract<UnresolvedExpression, { kind: 'window' }>
type Text = (e: UnresolvedExpression) => string
type TypeOf = ((e: UnresolvedExpression) => DataType | undefined) | undefined

const CURRENT_ROW: UnresolvedBound = { kind: 'currentRow' }
const FROM_START: UnresolvedBound = { kind: 'unboundedPreceding' }
const ROWS_SO_FAR: UnresolvedFrame = { unit: 'rows', lower: FROM_START, upper: CURRENT_ROW }
const RANGE_SO_FAR: UnresolvedFrame = { unit: 'range', lower: FROM_START, upper: CURRENT_ROW }
const WHOLE_PARTITION: UnresolvedFrame = { unit: 'rows', lower: FROM_START, upper: { kind: 'unboundedFollowing' } }

/** Functions that see the same rows in every window, whose frame need not be written. */
const OWN_FRAMES: Readonly<Record<string, UnresolvedFrame>> = {
  row_number: ROWS_SO_FAR,
  rank: ROWS_SO_FAR,
  dense_rank: ROWS_SO_FAR,
  percent_rank: ROWS_SO_FAR,
  ntile: ROWS_SO_FAR,
  cume_dist: RANGE_SO_FAR,
}

/** The frame that a function has in any window, if it has one. */
export const ownFrame = (name: string): UnresolvedFrame | undefined =>
  Object.hasOwn(OWN_FRAMES, name) ? OWN_FRAMES[name] : undefined

/** The frame of a window where none is written. */
export const defaultFrame = ({ orderBy }: WindowSpec): UnresolvedFrame =>
  orderBy.length > 0 ? RANGE_SO_FAR : WHOLE_PARTITION

/** A function over a window as Spark names a column after it. */
export function windowColumnText(e: Window, text: Text, typeOf: TypeOf): string {
  return `${text(e.function)} OVER ${overText(e.over, e.function, text, typeOf)}`
}

/** Functions over windows that Spark prints in another way than they are written. */
export function ownText(e: UnresolvedCall, text: Text): string | undefined {
  const { name, args, nulls, distinct } = e
  if (distinct) return undefined
  const written = (...parts: readonly string[]): string => `${name}(${parts.join(', ')})`
  const arg = (position: number, otherwise: string): string => {
    const part = args[position]
    return part ? text(part) : otherwise
  }
  switch (name) {
    case 'rank':
    case 'dense_rank':
    case 'percent_rank':
      return `${name.toUpperCase()}()`
    case 'ntile':
      return written(arg(0, '1'))
    case 'lag':
    case 'lead':
      return written(arg(0, 'NULL'), arg(1, '1'), arg(2, 'NULL'))
    case 'nth_value': {
      const ignores = nulls === 'ignore' || (args[2]?.kind === 'literal' && args[2].value === true)
      return `${written(arg(0, ''), arg(1, ''))}${ignores ? ' ignore nulls' : ''}`
    }
    case 'first_value':
    case 'last_value':
      return `${nulls ? name.slice(0, name.indexOf('_')) : name}(${arg(0, '')})`
    case 'first':
    case 'last':
    case 'any_value':
      return written(arg(0, ''))
    default:
      return undefined
  }
}

function overText(over: UnresolvedWindow, call: UnresolvedCall, text: Text, typeOf: TypeOf): string {
  if (over.kind === 'named') return over.name
  const { name, args } = call
  if (name !== 'lag' && name !== 'lead')
    return windowText({ ...over, frame: over.frame ?? ownFrame(name) ?? defaultFrame(over) }, text, typeOf)
  const offset = args[1] ? text(args[1]) : '1'
  const distance = name === 'lead' ? offset : offset.startsWith('-') ? offset.slice(1) : `-${offset}`
  return `(${[...keyTexts(over, text), `ROWS BETWEEN ${distance} FOLLOWING AND ${distance} FOLLOWING`].join(' ')})`
}

/** A window with its frame. */
export function windowText(over: WindowSpec, text: Text, typeOf: TypeOf): string {
  const [key] = over.orderBy
  const frame = over.frame ? [frameText(over.frame, text, offsetTypes(key, typeOf))] : []
  return `(${[...keyTexts(over, text), ...frame].join(' ')})`
}

function keyTexts({ partitionBy, orderBy }: WindowSpec, text: Text): readonly string[] {
  const order = (e: UnresolvedExpression): string =>
    text(e.kind === 'sortOrder' ? e : { kind: 'sortOrder', child: e, direction: 'asc' })
  return [
    ...(partitionBy.length > 0 ? [`PARTITION BY ${partitionBy.map(text).join(', ')}`] : []),
    ...(orderBy.length > 0 ? [`ORDER BY ${orderBy.map(order).join(', ')}`] : []),
  ]
}

/** Whether an offset of a range is cast to the type of the key, which Spark then does not print as PRECEDING. */
export type IsCast = (offset: UnresolvedExpression) => boolean

function offsetTypes(key: UnresolvedExpression | undefined, typeOf: TypeOf): IsCast {
  const type = key && typeOf?.(key.kind === 'sortOrder' ? key.child : key)
  return (offset) => {
    const own = typeOf?.(offset)
    return type !== undefined && own !== undefined && isCastToKey(own, type)
  }
}

/** Offsets of dates and timestamps keep their types. */
export const isCastToKey = (offset: DataType, key: DataType): boolean =>
  key.kind !== 'date' && key.kind !== 'timestamp' && key.kind !== 'timestamp_ntz' && !sameType(offset, key)

export function frameText({ unit, lower, upper }: UnresolvedFrame, text: Text, isCast: IsCast): string {
  const bound = (b: UnresolvedBound): string => {
    if (!('offset' in b)) return BOUNDS[b.kind]
    const offset = text(b.offset)
    if (b.kind === 'following') return `${offset} FOLLOWING`
    return unit === 'range' && isCast(b.offset) ? `(- ${offset}) FOLLOWING` : `${offset} PRECEDING`
  }
  return `${unit.toUpperCase()} BETWEEN ${bound(lower)} AND ${bound(upper)}`
}

const BOUNDS = {
  unboundedPreceding: 'UNBOUNDED PRECEDING',
  unboundedFollowing: 'UNBOUNDED FOLLOWING',
  currentRow: 'CURRENT ROW',
} as const

/** A bound by itself, as conditions name it. */
export function boundText(b: UnresolvedBound, text: Text): string {
  if (!('offset' in b)) return BOUNDS[b.kind]
  return b.kind === 'preceding' ? `(- ${text(b.offset)})` : text(b.offset)
}
