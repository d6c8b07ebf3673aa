import { isCollated } from '../../../columnar/text-types.js'
import { typeName } from '../../../columnar/types.js'
import { MillraceError } from '../../../common/errors/millrace-error.js'
import { quotedName } from '../../../common/errors/quoting.js'
import type { Expression } from '../../plan/expression/expression.js'
import type { AggregateDefinition } from '../functions/aggregates/definition.js'
import type { CallSite } from '../functions/definition.js'
import { commonCollation, determined, saysCollation } from './harmony.js'
import { collationKey } from './key.js'
import { uncollated } from './retyped.js'

/**
 * What becomes of the arguments of an aggregate that are texts with collations:
 * - `values`: they are given or counted as they are; what is told apart has its keys
 * - `plain`: they become numbers or truths
 * - `keys`: they are told apart by their keys
 * - `refused`: Spark does not take them
 */
export type CollatedArguments = 'values' | 'plain' | 'keys' | 'refused'

/** The arguments of an aggregate, some of which may be texts with collations. @throws UNSUPPORTED_FEATURE, DATATYPE_MISMATCH.UNSUPPORTED_INPUT_TYPE */
export function collatedArguments(
  { collations }: Pick<AggregateDefinition, 'collations'>,
  args: readonly Expression[],
  site: CallSite,
): readonly Expression[] {
  const { name, origin } = site
  const collated = args.find(({ type }) => saysCollation(type))
  if (!collated || collations === 'values') return args
  if (collations === 'plain') return args.map(uncollated)
  if (collations === 'keys') {
    determined(commonCollation(args, site), site)
    return args.map(collationKey)
  }
  if (!isCollated(collated.type)) return args
  if (collations === 'refused') {
    const parameters = { functionName: quotedName(name), dataType: '"MAP" or "COLLATED STRING"', sqlExpr: site.sql }
    throw new MillraceError('DATATYPE_MISMATCH.UNSUPPORTED_INPUT_TYPE', parameters, { origin })
  }
  const feature = `${name} of values of type ${typeName(collated.type)}`
  throw new MillraceError('UNSUPPORTED_FEATURE', { feature }, { origin })
}
