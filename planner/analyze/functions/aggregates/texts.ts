import { isCollated } from '../../../../columnar/text-types.js'
import { BINARY, BOOLEAN, INT, quotedTypeName, STRING, sameType } from '../../../../columnar/types.js'
import { MillraceError } from '../../../../common/errors/millrace-error.js'
import { quotedName } from '../../../../common/errors/quoting.js'
import { literal } from '../../../plan/expression/build.js'
import type { Expression } from '../../../plan/expression/expression.js'
import { canonicalText } from '../../../plan/expression/same.js'
import { collationKey } from '../../collations/key.js'
import { constantOf } from '../../constants/constants.js'
import type { CallText, Printed } from '../../printing.js'
import { castTo, differentTypes, unexpectedType } from '../../types/coercion.js'
import { type CallSite, helped, kernelCall } from '../definition.js'
import { COLLECTED, madeOf } from './collected.js'
import type { AggregateDefinition, AggregateSite, AggregateTable } from './definition.js'
import { javaHash } from './java-hash.js'
import { keyOf, keyOfOrders, valueOfKey } from './order-keys.js'

/* Texts joined, and the value that is there most often: what is made of values that were collected. */

/** @throws DATATYPE_MISMATCH.UNEXPECTED_INPUT_TYPE */
function textOf(value: Expression, site: CallSite): Expression {
  const { kind } = value.type
  if (kind === 'array' || kind === 'map' || kind === 'struct')
    throw unexpectedType(value, '("STRING" or "BINARY")', 0, site)
  return kind === 'binary' || kind === 'string' ? value : castTo(value, STRING)
}

/** @throws DATATYPE_MISMATCH.NON_FOLDABLE_INPUT, DATA_DIFF_TYPES */
function delimiterOf(e: Expression | undefined, value: Expression, site: AggregateSite): Expression {
  const none = literal(value.type, value.type.kind === 'binary' ? new Uint8Array() : '')
  if (!e || e.type.kind === 'void') return none
  const written = textOf(e, site)
  if (!sameType(written.type, value.type)) throw differentTypes([value, written], site.name, site)
  const constant = constantOf(written)
  if (constant) return constant.value === null ? none : constant
  const parameters = {
    inputName: quotedName('delimiter'),
    inputType: quotedTypeName(value.type),
    inputExpr: site.argumentSql?.(1) ?? '',
    sqlExpr: site.sql,
  }
  throw new MillraceError('DATATYPE_MISMATCH.NON_FOLDABLE_INPUT', parameters, { origin: site.origin })
}

/** With DISTINCT values are told apart by what is ordered too. @throws INVALID_WITHIN_GROUP_EXPRESSION.MISMATCH_WITH_DISTINCT_INPUT* */
function checkDistinct(value: Expression, site: AggregateSite): void {
  const { call, orders, origin } = site
  const isOf = (e: Expression, other: Expression): boolean => canonicalText(e) === canonicalText(collationKey(other))
  if (!call.distinct || orders.every(({ expression }) => isOf(expression, value))) return
  if (value.kind === 'cast' && orders.every(({ expression }) => isOf(expression, value.child))) {
    const types = [value.child.type, value.type]
    // Values may be equal on one side of the cast alone.
    if (!types.some(isCollated)) return
    const [inputType, castType] = types.map(quotedTypeName) as [string, string]
    const told = { funcName: quotedName(site.name), inputType, castType }
    throw new MillraceError('INVALID_WITHIN_GROUP_EXPRESSION.MISMATCH_WITH_DISTINCT_INPUT_UNSAFE_CAST', told, {
      origin,
    })
  }
  const parameters = {
    funcName: quotedName(site.name),
    funcArg: site.argumentSql?.(0) ?? '',
    orderExpr: call.withinGroup!.map((order) => site.textOf(order)).join(', '),
  }
  throw new MillraceError('INVALID_WITHIN_GROUP_EXPRESSION.MISMATCH_WITH_DISTINCT_INPUT', parameters, { origin })
}

const joined: AggregateDefinition = {
  minArgs: 1,
  maxArgs: 2,
  withinGroup: { orders: 'any', allowsDistinct: true },
  isOfPartitions: ({ withinGroup }) => withinGroup !== undefined,
  build: ([given, delimiter], site) => {
    const value = textOf(given!, site)
    const between = delimiterOf(delimiter, value, site)
    checkDistinct(value, site)
    if (site.orders.length === 0) return madeOf([value], 'textsJoined', value.type, [COLLECTED, between], site)
    const inOrder = kernelCall('textsByKey', BINARY, [COLLECTED], site)
    const values = [keyOfOrders(site.orders, site), value]
    return madeOf(values, 'textsJoined', value.type, [inOrder, between], site)
  },
}

/** Whether of several values that are there most often the least, or the greatest, is wanted; otherwise it is the one that comes first in Spark's table. */
const mode: AggregateDefinition = {
  minArgs: 0,
  maxArgs: 2,
  withinGroup: { orders: (args) => (args === 0 ? 1 : 0), allowsDistinct: false },
  build: ([given, deterministic], site) => {
    checkDeterministic(deterministic, site)
    const order = site.orders[0]
    const value = given ?? order!.expression
    const hash =
      order || (deterministic && constantOf(deterministic)?.value === true) ? undefined : javaHash(value, site)
    if (hash) {
      const rows = [keyOf(hash, site), keyOf(value, site)]
      return valueOfKey(madeOf(rows, 'mostFrequentByHash', BINARY, [COLLECTED], site), value.type, site)
    }
    const isGreatest = order ? order.direction === 'desc' : !deterministic
    const operands = [COLLECTED, literal(INT, isGreatest ? 1 : 0)]
    const key = madeOf([keyOf(value, site)], 'mostFrequent', BINARY, operands, site)
    return valueOfKey(key, value.type, site)
  },
}

/** @throws UNEXPECTED_INPUT_TYPE, NON_FOLDABLE_ARGUMENT, DATATYPE_MISMATCH.UNEXPECTED_NULL */
function checkDeterministic(e: Expression | undefined, site: AggregateSite): void {
  if (!e) return
  const functionName = quotedName(site.name)
  const { origin } = site
  const constant = constantOf(e)
  if (!constant) {
    const parameters = { funcName: functionName, paramName: '`deterministic`', paramType: quotedTypeName(BOOLEAN) }
    throw new MillraceError('NON_FOLDABLE_ARGUMENT', parameters, { origin })
  }
  if (constant.value === null) {
    const sqlExpr = site.argumentSql?.(1) ?? ''
    throw new MillraceError('DATATYPE_MISMATCH.UNEXPECTED_NULL', { exprName: '`deterministic`', sqlExpr }, { origin })
  }
  if (constant.type.kind === 'boolean') return
  const parameters = {
    paramIndex: 'second',
    functionName,
    requiredType: quotedTypeName(BOOLEAN),
    inputSql: site.argumentSql?.(1) ?? '',
    inputType: quotedTypeName(constant.type),
  }
  throw new MillraceError('UNEXPECTED_INPUT_TYPE', parameters, { origin })
}

const modeText: CallText = ([value, deterministic], text) =>
  deterministic &&
  (text(deterministic) === 'true' ? `mode() WITHIN GROUP (ORDER BY ${text(value!)} DESC)` : `mode(${text(value!)})`)

/** What it picks of a descending list. */
const modeOrder: Printed['order'] = ({ child, direction }, text) =>
  `${text(child)}${direction === 'desc' ? '' : ' DESC'}`

const listagg = helped(
  '(text[, delimiter]) [within group (order by …)]',
  'The texts that are not NULL one behind the other, in an order, with a delimiter between them; NULL without any.',
  [
    ["listagg(a, ',') within group (order by a desc) from values ('x'), ('z'), (null), ('y') as t(a)", 'z,y,x'],
    ["listagg(distinct a) within group (order by a) from values ('x'), ('y'), ('x') as t(a)", 'xy'],
  ],
  joined,
  {
    collations: 'values',
    printed: { asOrdered: 'listagg', defaults: { count: 2, last: ['NULL'] }, order: (order, text) => text(order) },
  } as const,
)

export const TEXTS_OF_GROUPS: AggregateTable = {
  listagg,
  string_agg: listagg,
  mode: helped(
    '(value[, deterministic]) or () within group (order by value)',
    'The value that is there most often; of several the one that a table of their hashes has first, as in Spark, the least with `deterministic`, or the first in the order.',
    [
      ['mode(a) from values (1), (2), (2) as t(a)', '2'],
      ['mode() within group (order by a desc) from values (1), (2) as t(a)', '2'],
    ],
    mode,
    { printed: { call: modeText, order: modeOrder } },
  ),
}
