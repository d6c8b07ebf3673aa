import { BINARY, type DataType } from '../../../../columnar/types.js'
import type { Expression } from '../../../plan/expression/expression.js'
import { kernelCall, type RoutineTraits } from '../definition.js'
import type { AggregateSite } from './definition.js'
import { column } from './fold.js'

/** The bytes of all values, as an operand of what is made of them. */
export const COLLECTED: Expression = column(0, BINARY)

/**
 * What a kernel makes of the values of all rows in which none is NULL: of the bytes that these are one behind the other
 * (`executor/pipelines/codegen/collected.ts`), or of what another kernel made of them.
 */
export function madeOf(
  values: readonly Expression[],
  kernel: string,
  type: DataType,
  operands: readonly Expression[],
  site: AggregateSite,
  traits: RoutineTraits = {},
): Expression {
  const finish = kernelCall(kernel, type, operands, site, { givesNull: true, ...traits })
  return site.of({ fn: 'collect', finish, args: values, type, nullable: true })
}
