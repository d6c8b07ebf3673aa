import { isCollated } from '../../../columnar/text-types.js'
import type { DataType } from '../../../columnar/types.js'
import type { Expression } from '../../plan/expression/expression.js'
import type { UnresolvedExpression } from '../../plan/unresolved/expression.js'
import type { FunctionTraits } from '../functions/definition.js'
import { commonCollation, saysCollation } from './harmony.js'

/** Whether the literals of a function keep the collation that they have; one of plain texts does not look at it. */
const leavesLiterals = ({ leavesLiterals: leaves, collations }: FunctionTraits): boolean =>
  leaves ?? collations === 'plain'

/** Notes that literals beside texts of a collation have that one, which Spark tells where it writes them. */
export function noteLiterals(
  traits: FunctionTraits,
  written: readonly UnresolvedExpression[],
  values: readonly Expression[],
  types: Map<UnresolvedExpression, DataType> | undefined,
): void {
  if (!types || leavesLiterals(traits) || !values.some(({ type }) => saysCollation(type))) return
  const common = commonCollation(values, {})
  if (!common || !isCollated(common.type)) return
  for (const e of written) if (e.kind === 'literal' && e.type.kind === 'string') types.set(e, common.type)
}
