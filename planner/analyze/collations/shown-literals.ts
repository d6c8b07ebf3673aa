import { isCollated } from '../../../columnar/text-types.js'
import type { DataType } from '../../../columnar/types.js'
import type { Expression } from '../../plan/expression/expression.js'
import type { UnresolvedExpression } from '../../plan/unresolved/expression.js'
import { commonCollation, saysCollation } from './harmony.js'
import { collationUse } from './uses.js'

/** Functions whose literals keep the collation that they have; one of plain texts does not look at it, but for a comparison of letters. */
const LEAVES_LITERALS: ReadonlySet<string> = new Set(
  `collate collation struct named_struct map typeof to_json btrim like ilike rlike regexp regexp_like regexp_count regexp_instr regexp_extract
   regexp_extract_all regexp_substr split nullif nvl`.split(/\s+/),
)
const leavesLiterals = (name: string): boolean =>
  LEAVES_LITERALS.has(name) || (collationUse(name) === 'plain' && name !== 'levenshtein')

/** Notes that literals beside texts of a collation have that one, which Spark tells where it writes them. */
export function noteLiterals(
  name: string,
  written: readonly UnresolvedExpression[],
  values: readonly Expression[],
  types: Map<UnresolvedExpression, DataType> | undefined,
): void {
  if (!types || leavesLiterals(name) || !values.some(({ type }) => saysCollation(type))) return
  const common = commonCollation(values, {})
  if (!common || !isCollated(common.type)) return
  for (const e of written) if (e.kind === 'literal' && e.type.kind === 'string') types.set(e, common.type)
}
