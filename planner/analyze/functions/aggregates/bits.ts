import { BIGINT, INT } from '../../../../columnar/types.js'
import { call } from '../../../plan/expression/build.js'
import type { Expression, Fold } from '../../../plan/expression/expression.js'
import type { ScalarFunction } from '../../../plan/expression/functions.js'
import { castTo, unexpectedType } from '../../types/coercion.js'
import { isIntegral } from '../../types/common-types.js'
import { collated, helped } from '../definition.js'
import { type AggregateDefinition, type AggregateTable, oneArgument } from './definition.js'
import { column, columnsOf, either, folded, isMissing } from './fold.js'

/* Whole numbers bit by bit. */

function bitsOf(label: string, operator: ScalarFunction): Fold {
  const state = [{ name: 'bits', type: BIGINT, nullable: true }]
  const [own] = columnsOf(state)
  const [other] = columnsOf(state, 1)
  const both = (a: Expression, b: Expression): Expression => either(isMissing(a), b, call(operator, BIGINT, [a, b]))
  return {
    label,
    state,
    added: [both(own!, column(1, BIGINT))],
    merged: [either(isMissing(other!), own!, both(own!, other!))],
    result: own!,
  }
}

function bitwise(label: string, operator: ScalarFunction): AggregateDefinition {
  const fold = bitsOf(label, operator)
  return oneArgument(([value], site) => {
    const { type } = value!
    if (!isIntegral(type) && type.kind !== 'void') throw unexpectedType(value!, '"INTEGRAL"', 0, site)
    return castTo(site.of(folded(fold, [castTo(value!, BIGINT)])), type.kind === 'void' ? INT : type)
  })
}

export const BITS: AggregateTable = collated('plain', {
  bit_and: helped(
    '(integer)',
    'The bits that are set in all values that are not NULL.',
    [['bit_and(a) from values (3), (5) as t(a)', '1']],
    bitwise('bit_and', 'bits_and'),
  ),
  bit_or: helped(
    '(integer)',
    'The bits that are set in some value.',
    [['bit_or(a) from values (3), (5) as t(a)', '7']],
    bitwise('bit_or', 'bits_or'),
  ),
  bit_xor: helped(
    '(integer)',
    'The bits that are set in an odd number of values.',
    [['bit_xor(a) from values (3), (5) as t(a)', '6']],
    bitwise('bit_xor', 'bits_xor'),
  ),
})
