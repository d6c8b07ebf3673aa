import { isOrderable } from '../../../../columnar/orderable-types.js'
import { isCollated } from '../../../../columnar/text-types.js'
import { array, BOOLEAN, type DataType, INT, quotedTypeName } from '../../../../columnar/types.js'
import { MillraceError } from '../../../../common/errors/millrace-error.js'
import { call, literal } from '../../../plan/expression/build.js'
import type { Expression, Fold } from '../../../plan/expression/expression.js'
import { collationKey } from '../../collations/key.js'
import { isLenient } from '../../session.js'
import { castTo, unexpectedType } from '../../types/coercion.js'
import { buildCase } from '../conditional.js'
import { type CallSite, collated, helped } from '../definition.js'
import { type AggregateDefinition, type AggregateTable, oneArgument, twoArguments } from './definition.js'
import { column, columnsOf, either, folded, isMissing, isPresent } from './fold.js'
import { severalBy } from './picked-several.js'

/* Aggregates that give one of the values met. */

/** @throws DATATYPE_MISMATCH.INVALID_ORDERING_TYPE */
function checkOrdered({ type }: Expression, site: CallSite): void {
  if (!isOrderable(type)) {
    const parameters = { sqlExpr: site.sql, functionName: `\`${site.name}\``, dataType: quotedTypeName(type) }
    throw new MillraceError('DATATYPE_MISMATCH.INVALID_ORDERING_TYPE', parameters, { origin: site.origin })
  }
}

function refuseStruct(type: DataType, { name, origin }: CallSite): void {
  if (type.kind !== 'struct') return
  const feature = `${name} of values of type ${quotedTypeName(type)}`
  throw new MillraceError('UNSUPPORTED_FEATURE', { feature }, { origin })
}

const extreme = (fn: 'min' | 'max'): AggregateDefinition =>
  oneArgument(([value], site) => {
    checkOrdered(value!, site)
    const { type } = value!
    if (isCollated(type)) {
      refuseStruct(type, site)
      const key = collationKey(value!)
      return site.of(folded(valueBy(fn, type, key.type, fn === 'min' ? 'lt' : 'gt'), [value!, key]))
    }
    if (type.kind !== 'struct') return site.of({ fn, args: [value!], type, nullable: true })
    // Structs are compared as the elements of arrays.
    const one = call('array', array(type, false), [value!])
    const arg = buildCase([{ when: isPresent(value!), value: one }], undefined, site)
    const found = site.of({ fn, args: [arg], type: one.type, nullable: true })
    return call('get', type, [found, literal(INT, 0)], { origin: site.origin, nullable: true })
  })

/** The value of some row, of those that are not NULL if so wanted: by IGNORE NULLS, or by a second argument. */
const ofRow = (fn: 'first' | 'last'): AggregateDefinition => ({
  minArgs: 1,
  maxArgs: 2,
  choosesNulls: true,
  build: ([value, nulls], { name, origin, call: { nulls: written }, of }) => {
    const flag = nulls?.kind === 'literal' && typeof nulls.value === 'boolean' ? nulls.value : undefined
    if (nulls && flag === undefined) throw new MillraceError('_LEGACY_ERROR_TEMP_1210', { funcName: name }, { origin })
    const ignoresNulls = written ? written === 'ignore' : flag === true
    return of({ fn, args: [value!], type: value!.type, nullable: true, ignoresNulls })
  },
})

/** Whether all, or any, of the values that are not NULL are true. */
const ofBooleans = (fn: 'min' | 'max'): AggregateDefinition =>
  oneArgument(([value], site) => {
    const { kind } = value!.type
    if (kind !== 'boolean' && kind !== 'void' && (kind !== 'string' || isLenient()))
      throw unexpectedType(value!, '"BOOLEAN"', 0, site)
    return site.of({ fn, args: [castTo(value!, BOOLEAN)], type: BOOLEAN, nullable: true })
  })

/** A value and what it is chosen by: of equal ones the last is kept, or the first. */
export function valueBy(label: string, valueType: DataType, keyType: DataType, keeps: 'ge' | 'le' | 'gt' | 'lt'): Fold {
  const state = [
    { name: 'value', type: valueType, nullable: true },
    { name: 'key', type: keyType, nullable: true },
  ]
  const own = columnsOf(state)
  const chosen = (value: Expression, key: Expression): readonly Expression[] => {
    const surpasses = call('or', BOOLEAN, [isMissing(own[1]!), call(keeps, BOOLEAN, [key, own[1]!])])
    const isChosen = call('and', BOOLEAN, [isPresent(key), surpasses])
    return [either(isChosen, value, own[0]!), either(isChosen, key, own[1]!)]
  }
  const [value, key] = [column(state.length, valueType, true), column(state.length + 1, keyType, true)]
  const changed = chosen(value, key)
  return { label, state, added: changed, merged: changed, result: own[0]!, takesNull: true, isOrdered: true }
}

const chosenBy = (label: string, keeps: 'ge' | 'le'): AggregateDefinition => ({
  ...twoArguments(([value, key, count], site) => {
    checkOrdered(key!, site)
    if (count) return severalBy(value!, collationKey(key!), count, keeps === 'ge' ? 'desc' : 'asc', site)
    refuseStruct(value!.type, site)
    const by = collationKey(key!)
    return site.of(folded(valueBy(label, value!.type, by.type, keeps), [value!, by]))
  }),
  maxArgs: 3,
})

const allTrue = helped(
  '(condition)',
  'Whether all values that are not NULL are true.',
  [['every(a) from values (true), (false), (null) as t(a)', 'false']],
  ofBooleans('min'),
)
const someTrue = helped(
  '(condition)',
  'Whether some value is true.',
  [['any(a) from values (true), (false), (null) as t(a)', 'true']],
  ofBooleans('max'),
)
const first = helped(
  '(value[, ignoresNulls])',
  'The value of the first row, or of the first one that is not NULL; without an order of the rows any of them.',
  [['first(a, true) from values (null), (2) as t(a)', '2']],
  ofRow('first'),
)
const last = helped(
  '(value[, ignoresNulls])',
  'The value of the last row, or of the last one that is not NULL; without an order of the rows any of them.',
  [['last(a) ignore nulls from values (1), (2), (null) as t(a)', '2']],
  ofRow('last'),
)

export const PICKED: AggregateTable = collated('values', {
  bool_and: { ...allTrue, collations: 'plain' },
  every: { ...allTrue, collations: 'plain' },
  bool_or: { ...someTrue, collations: 'plain' },
  some: { ...someTrue, collations: 'plain' },
  any: { ...someTrue, collations: 'plain' },
  min: helped('(value)', 'The least value.', [["min(a) from values ('b'), ('a') as t(a)", 'a']], extreme('min')),
  max: helped('(value)', 'The greatest value.', [["max(a) from values ('b'), ('a') as t(a)", 'b']], extreme('max')),
  first,
  first_value: first,
  any_value: helped(
    '(value[, ignoresNulls])',
    'The value of some row.',
    [['any_value(a) from values (1), (1) as t(a)', '1']],
    ofRow('first'),
  ),
  last,
  last_value: last,
  max_by: helped(
    '(value, by[, count])',
    'The value of the row in which `by` is greatest; with a count an array of the values of so many rows, from that one on.',
    [
      ["max_by(a, b) from values ('x', 1), ('y', 3), ('z', 2) as t(a, b)", 'y'],
      ["max_by(a, b, 2) from values ('x', 1), ('y', 3), ('z', 2) as t(a, b)", '[y, z]'],
    ],
    chosenBy('max_by', 'ge'),
  ),
  min_by: helped(
    '(value, by[, count])',
    'The value of the row in which `by` is least; with a count an array of the values of so many rows, from that one on.',
    [
      ["min_by(a, b) from values ('x', 1), ('y', 3), ('z', 2) as t(a, b)", 'x'],
      ["min_by(a, b, 2) from values ('x', 1), ('y', 3), ('z', 2) as t(a, b)", '[x, z]'],
    ],
    chosenBy('min_by', 'le'),
  ),
})
