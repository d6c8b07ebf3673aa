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
import type { Expression, Fold } from '../../../plan/expression/expression.js'
import { expectType } from '../../coercion.js'
import { constantOf } from '../../constants.js'
import { type CallSite, helped, kernelCall } from '../definition.js'
import { madeLambda, madeVariables } from '../made-lambdas.js'
import type { AggregateDefinition, AggregateSite, AggregateTable } from './definition.js'
import { column, either, folded, isMissing } from './fold.js'
import { keyOf, valueOfKey } from './order-keys.js'
import { changed } from './sketches.js'

/* The most frequent values, by the sketch that Spark takes: its kernels are in executor/kernels/assembly/frequent-items.ts. */

const [USUAL_ITEMS, USUAL_TRACKED, MOST_TRACKED] = [5, 10_000, 1_000_000]
const LOAD_FACTOR = 0.75

/** How Java hashes a value, by its type. */
const HASHES: Readonly<Partial<Record<DataType['kind'], string>>> = {
  boolean: 'hashOfBoolean',
  tinyint: 'hashOfInt',
  smallint: 'hashOfInt',
  int: 'hashOfInt',
  date: 'hashOfInt',
  bigint: 'hashOfLong',
  float: 'floatBits',
  double: 'hashOfLong',
  timestamp: 'hashOfLong',
  timestamp_ntz: 'hashOfLong',
  string: 'hashOfText',
}

/** The hash of a value; zeros have no sign. */
function hashOf(value: Expression, site: CallSite): Expression {
  const { kind } = value.type
  const told = kind === 'double' ? kernelCall('doubleBits', BIGINT, [value], site) : value
  return kernelCall(HASHES[kind]!, INT, [told], site)
}

/** @throws DATATYPE_MISMATCH.TYPE_CHECK_FAILURE_WITH_HINT, UNSUPPORTED_FEATURE */
function checkItems(type: DataType, site: AggregateSite): void {
  if (type.kind === 'decimal' || isCollated(type)) {
    const feature = `${site.name} of values of type ${quotedTypeName(type)}`
    throw new MillraceError('UNSUPPORTED_FEATURE', { feature }, { origin: site.origin })
  }
  if (!HASHES[type.kind]) throw mismatch(`${typeName(type)} columns are not supported`, site)
}

function mismatch(msg: string, { sql: sqlExpr, origin }: AggregateSite): MillraceError {
  return new MillraceError('DATATYPE_MISMATCH.TYPE_CHECK_FAILURE_WITH_HINT', { sqlExpr, msg, hint: '' }, { origin })
}

/** @throws DATATYPE_MISMATCH.*, APPROX_TOP_K_NULL_ARG, APPROX_TOP_K_NON_POSITIVE_ARG */
function count(
  given: Expression | undefined,
  { position, usual, name, told }: { position: number; usual: number; name: string; told: string },
  site: AggregateSite,
): number {
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

/** How many items there are at most, checked in Spark's order. @throws APPROX_TOP_K_* */
function trackedItems(given: Expression | undefined, k: number, site: AggregateSite): number {
  const { origin } = site
  const told = { position: 2, usual: USUAL_TRACKED, name: 'maxItemsTracked', told: 'Number of items tracked' }
  const tracked = count(given, told, site)
  const parameters = { maxItemsTracked: String(tracked) }
  if (tracked > MOST_TRACKED) {
    const limit = String(MOST_TRACKED)
    throw new MillraceError('APPROX_TOP_K_MAX_ITEMS_TRACKED_EXCEEDS_LIMIT', { ...parameters, limit }, { origin })
  }
  if (tracked >= k) return tracked
  throw new MillraceError('APPROX_TOP_K_MAX_ITEMS_TRACKED_LESS_THAN_K', { ...parameters, k: String(k) }, { origin })
}

/** What the kernel finds, with values of the type. */
function itemsFound(wanted: number, most: Expression, type: DataType, site: AggregateSite): Expression {
  const [item, times] = [field('item', BINARY), field('count', BIGINT, false)]
  const found: ArrayType = array(struct([item, times]), false)
  const kernel = kernelCall('frequentItems', found, [column(0, BINARY), literal(INT, wanted), most], site)
  const [entry] = madeVariables([found.element], [])
  const fields = [item, times]
  const value = valueOfKey(fieldOf(entry!, fields, 0), type, site)
  const result = struct([field('item', type), times])
  const body = call('named_struct', result, [value, fieldOf(entry!, fields, 1)])
  return call('transform', array(result, false), [kernel, madeLambda([entry!], body)], { origin: site.origin })
}

const approxTopK: AggregateDefinition = {
  minArgs: 1,
  maxArgs: 3,
  build: ([value, items, tracked], site) => {
    const { type } = value!
    checkItems(type, site)
    const k = count(items, { position: 1, usual: USUAL_ITEMS, name: 'k', told: 'K' }, site)
    const slots = Math.ceil(trackedItems(tracked, k, site) / LOAD_FACTOR)
    const most = literal(INT, Math.ceil(Math.log(slots) / Math.log(2)))
    const row = column(1, type, true)
    const present = column(1, type)
    const added = either(
      isMissing(row),
      changed('frequentNull', [most], site),
      changed('frequentAdded', [keyOf(present, site), hashOf(present, site), most], site),
    )
    const fold: Fold = {
      label: site.name,
      state: [{ name: 'state', type: BINARY, nullable: false }],
      added: [added],
      merged: [changed('frequentMerged', [column(1, BINARY), most], site)],
      result: itemsFound(k, most, type, site),
      takesNull: true,
      isOrdered: true,
    }
    return site.of(folded(fold, [value!]))
  },
}

export const FREQUENT_ITEMS: AggregateTable = {
  approx_top_k: helped(
    '(value[, k[, maxItemsTracked]])',
    'The `k` values that are there most often, 5 unless told, with about how often, by the sketch that Spark takes: exact as long as there are no more different values than are tracked, 10000 unless told.',
    [['approx_top_k(a, 2) from values (1), (2), (2), (3), (3), (3) as t(a)', '[{3, 3}, {2, 2}]']],
    approxTopK,
    { printed: { defaults: { count: 3, last: ['5', '10000'] } } },
  ),
}
