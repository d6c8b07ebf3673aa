import { array, BINARY, BOOLEAN, INT } from '../../../../columnar/types.js'
import { MillraceError } from '../../../../common/errors/millrace-error.js'
import { call, literal } from '../../../plan/expression/build.js'
import type { Expression } from '../../../plan/expression/expression.js'
import { constantOf } from '../../constants/constants.js'
import { castTo } from '../../types/coercion.js'
import { isNumeric } from '../../types/common-types.js'
import { ARRAY_ELEMENTS } from '../array-elements.js'
import { buildCase } from '../conditional.js'
import { kernelCall } from '../definition.js'
import { COLLECTED } from './collected.js'
import type { AggregateSite } from './definition.js'
import { keyOfOrders } from './order-keys.js'

/* `max_by` and `min_by` of several values: those of the first rows in the order of a key; equal ones as they come. */

const MOST_VALUES = 100_000

/** @throws DATATYPE_MISMATCH.NON_FOLDABLE_INPUT, VALUE_OUT_OF_RANGE */
function countOf(count: Expression, site: AggregateSite): number {
  const { origin, sql: sqlExpr } = site
  const known = constantOf(isNumeric(count.type) || count.type.kind === 'string' ? castTo(count, INT) : count)
  if (!known) {
    const parameters = {
      inputName: 'k',
      inputType: 'int',
      inputExpr: site.argumentSql?.(2)?.slice(1, -1) ?? '',
      sqlExpr,
    }
    throw new MillraceError('DATATYPE_MISMATCH.NON_FOLDABLE_INPUT', parameters, { origin })
  }
  const value = Number(known.value ?? 0)
  if (value >= 1 && value <= MOST_VALUES) return value
  const parameters = { exprName: '`k`', valueRange: `[1, ${MOST_VALUES}]`, currentValue: String(value), sqlExpr }
  throw new MillraceError('DATATYPE_MISMATCH.VALUE_OUT_OF_RANGE', parameters, { origin })
}

export function severalBy(
  value: Expression,
  key: Expression,
  count: Expression,
  direction: 'asc' | 'desc',
  site: AggregateSite,
): Expression {
  const wanted = countOf(count, site)
  const type = array(value.type, value.nullable)
  const order = keyOfOrders([{ expression: key, direction, nulls: 'last' }], site)
  // Rows without a key do not count.
  const whenPresent = buildCase([{ when: call('is_not_null', BOOLEAN, [key]), value: order }], undefined, site)
  const one = call('array', type, [value])
  const texts = kernelCall('textsByKey', BINARY, [COLLECTED], site)
  const finish = kernelCall('listConcat', type, [texts], site, { types: ['result'] })
  const all = site.of({ fn: 'collect', finish, args: [whenPresent, one], type, nullable: false })
  const first = ARRAY_ELEMENTS['slice']!.build([all, literal(INT, 1), literal(INT, wanted)], site)
  const isAny = call('gt', BOOLEAN, [call('size', INT, [all]), literal(INT, 0)])
  return buildCase([{ when: isAny, value: first }], undefined, site)
}
