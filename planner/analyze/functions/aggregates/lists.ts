import { hasMaps } from '../../../../columnar/type-parts.js'
import { array, BINARY, hasVariants } from '../../../../columnar/types.js'
import { MillraceError } from '../../../../common/errors/millrace-error.js'
import { quotedName } from '../../../../common/errors/quoting.js'
import { call } from '../../../plan/expression/build.js'
import type { Call, Expression } from '../../../plan/expression/expression.js'
import { withPositiveZeros } from '../array-operands.js'
import { buildCase } from '../conditional.js'
import { collated, helped, kernelCall } from '../definition.js'
import { type AggregateDefinition, type AggregateSite, type AggregateTable, oneArgument } from './definition.js'
import { column, isPresent } from './fold.js'

/* Aggregates that give all values as an array. */

/** Each value is collected as an array of its own; one is made of them at the end, of which `finish` makes the result. */
function collectedList(value: Expression, site: AggregateSite, finish: (all: Call) => Call = (all) => all): Expression {
  const type = array(value.type, false)
  const one = buildCase([{ when: isPresent(value), value: call('array', type, [value]) }], undefined, site)
  const all = kernelCall('listConcat', type, [column(0, BINARY, false)], site, { types: ['result'] })
  return site.of({ fn: 'collect', finish: finish(all), args: [one], type, nullable: false })
}

const list = oneArgument(([value], site) => collectedList(value!, site))

/** Of values that are equal only one. */
const set: AggregateDefinition = oneArgument(([value], site) => {
  if (hasMaps(value!.type) || hasVariants(value!.type)) {
    const parameters = { sqlExpr: site.sql, functionName: quotedName(site.name), dataType: '"MAP"' }
    throw new MillraceError('DATATYPE_MISMATCH.UNSUPPORTED_INPUT_TYPE', parameters, { origin: site.origin })
  }
  return collectedList(value!, site, (all) =>
    withPositiveZeros(kernelCall('packedDistinct', all.type, [all], site, { types: [0] }), site),
  )
})

export const LISTS: AggregateTable = collated('values', {
  collect_list: helped(
    '(value)',
    'The values that are not NULL, as an array.',
    [['SELECT collect_list(col) FROM VALUES (1), (2), (1) AS tab(col)', '[1, 2, 1]']],
    list,
  ),
  array_agg: helped(
    '(value)',
    'The same as `collect_list`.',
    [['SELECT array_agg(col) FROM VALUES (1), (2), (1) AS tab(col)', '[1, 2, 1]']],
    list,
    { printed: { as: 'collect_list' } },
  ),
  collect_set: helped(
    '(value)',
    'The values that are not NULL, each once, as an array.',
    [['SELECT collect_set(col) FROM VALUES (1), (2), (1) AS tab(col)', '[1, 2]']],
    set,
    { collations: 'refused' },
  ),
})
