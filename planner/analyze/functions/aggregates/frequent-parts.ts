import { isCollated } from '../../../../columnar/text-types.js'
import {
  type ArrayType,
  array,
  BIGINT,
  BINARY,
  type DataType,
  field,
  INT,
  quotedTypeName,
  struct,
  typeName,
} from '../../../../columnar/types.js'
import { MillraceError } from '../../../../common/errors/millrace-error.js'
import { call, fieldOf, literal } from '../../../plan/expression/build.js'
import type { Expression } from '../../../plan/expression/expression.js'
import { constantOf } from '../../constants/constants.js'
import { expectType } from '../../types/coercion.js'
import { type CallSite, kernelCall } from '../definition.js'
import { madeLambda, madeVariables } from '../made-lambdas.js'
import { column, either, isMissing } from './fold.js'
import { identityOf, valueOfKey } from './order-keys.js'
import { changed } from './sketches.js'

/* What functions of the most frequent values are made of: a sketch, which kernels keep (executor/kernels/assembly/aggregates/frequent-items.ts). */

const [USUAL_ITEMS, USUAL_TRACKED, MOST_TRACKED] = [5, 10_000, 1_000_000]
/** The logarithm of how many slots hold the most items. */
export const MOST_SLOTS = 21
const LOAD_FACTOR = 0.75

/** How Java hashes a value, by its type. */
const HASHES: Readonly<Partial<Record<DataType['kind'], string>>> = {
  boolean: 'hashOfBoolean',
  tinyint: 'hashOfInt',
  smallint: 'hashOfInt',
  int: 'hashOfInt',
  date: 'hashOfInt',
  bigint: 'hashOfLong',
  float: 'signedFloatBits',
  double: 'hashOfLong',
  timestamp: 'hashOfLong',
  timestamp_ntz: 'hashOfLong',
  string: 'hashOfText',
}

/** The hash of a value; zeros with other signs have others. */
function hashOf(value: Expression, site: CallSite): Expression {
  const { kind } = value.type
  const told = kind === 'double' ? kernelCall('signedDoubleBits', BIGINT, [value], site) : value
  return kernelCall(HASHES[kind]!, INT, [told], site)
}

export const isCounted = (type: DataType): boolean => type.kind === 'decimal' || HASHES[type.kind] !== undefined

/** @throws DATATYPE_MISMATCH.TYPE_CHECK_FAILURE_WITH_HINT, UNSUPPORTED_FEATURE */
export function checkItems(type: DataType, site: CallSite): void {
  if (type.kind === 'decimal' || isCollated(type)) {
    const feature = `${site.name} of values of type ${quotedTypeName(type)}`
    throw new MillraceError('UNSUPPORTED_FEATURE', { feature }, { origin: site.origin })
  }
  if (!HASHES[type.kind]) throw mismatch(`${typeName(type)} columns are not supported`, site)
}

export function mismatch(msg: string, { sql: sqlExpr, origin }: CallSite): MillraceError {
  return new MillraceError('DATATYPE_MISMATCH.TYPE_CHECK_FAILURE_WITH_HINT', { sqlExpr, msg, hint: '' }, { origin })
}

interface Count {
  readonly position: number
  readonly usual: number
  readonly name: string
  readonly told: string
}

/** @throws DATATYPE_MISMATCH.*, APPROX_TOP_K_NULL_ARG, APPROX_TOP_K_NON_POSITIVE_ARG */
function count(given: Expression | undefined, { position, usual, name, told }: Count, site: CallSite): number {
  if (!given) return usual
  const constant = constantOf(expectType(given, INT, position, site))
  if (!constant) throw mismatch(`${told} must be a constant literal`, site)
  const { origin } = site
  if (constant.value === null) throw new MillraceError('APPROX_TOP_K_NULL_ARG', { argName: `\`${name}\`` }, { origin })
  const value = Number(constant.value)
  if (value > 0) return value
  const parameters = { argName: `\`${name}\``, argValue: String(value) }
  throw new MillraceError('APPROX_TOP_K_NON_POSITIVE_ARG', parameters, { origin })
}

/** How many items are wanted. */
export const countOf = (given: Expression | undefined, site: CallSite): number =>
  count(given, { position: 1, usual: USUAL_ITEMS, name: 'k', told: 'K' }, site)

/** How many items there are at most. @throws APPROX_TOP_K_MAX_ITEMS_TRACKED_EXCEEDS_LIMIT */
export function limitedItems(given: Expression | undefined, position: number, site: CallSite): number {
  const told = { position, usual: USUAL_TRACKED, name: 'maxItemsTracked', told: 'Number of items tracked' }
  const tracked = count(given, told, site)
  if (tracked <= MOST_TRACKED) return tracked
  const parameters = { maxItemsTracked: String(tracked), limit: String(MOST_TRACKED) }
  throw new MillraceError('APPROX_TOP_K_MAX_ITEMS_TRACKED_EXCEEDS_LIMIT', parameters, { origin: site.origin })
}

/** The logarithm of how many slots there are for so many items. */
export function mostSlots(tracked: number): Expression {
  const slots = Math.ceil(tracked / LOAD_FACTOR)
  return literal(INT, Math.ceil(Math.log(slots) / Math.log(2)))
}

export const sketchState = { name: 'state', type: BINARY, nullable: false } as const

/** The sketch in column 0 with the value of a row in column 1. */
export function addedItem(type: DataType, most: Expression, site: CallSite): Expression {
  const present = column(1, type)
  return either(
    isMissing(column(1, type, true)),
    changed('frequentNull', [most], site),
    changed('frequentAdded', [identityOf(present, site), hashOf(present, site), most], site),
  )
}

/** What the kernel finds in a sketch, with values of the type. */
export function itemsFound(
  sketch: Expression,
  wanted: number,
  most: Expression,
  type: DataType,
  site: CallSite,
): Expression {
  const [item, times] = [field('item', BINARY), field('count', BIGINT, false)]
  const found: ArrayType = array(struct([item, times]), false)
  const kernel = kernelCall('frequentItems', found, [sketch, literal(INT, wanted), most], site)
  const [entry] = madeVariables([found.element], [sketch])
  const fields = [item, times]
  const value = valueOfKey(fieldOf(entry!, fields, 0), type, site)
  const result = struct([field('item', type), times])
  const body = call('named_struct', result, [value, fieldOf(entry!, fields, 1)])
  return call('transform', array(result, false), [kernel, madeLambda([entry!], body)], { origin: site.origin })
}
