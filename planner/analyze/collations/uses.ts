import { INDETERMINATE } from '../../../columnar/collation.js'
import { withCollation } from '../../../columnar/text-types.js'
import { MillraceError } from '../../../common/errors/millrace-error.js'
import type { Expression } from '../../plan/expression/expression.js'
import type { CallSite, FunctionDefinition } from '../functions/definition.js'
import { type Common, commonCollation, harmonized } from './harmony.js'
import { collationKey } from './key.js'
import { retyped, uncollated } from './retyped.js'

/**
 * What a function does with the collations of its texts:
 * - `values`: its arguments are values of one collation, which it gives or keeps as they are
 * - `text`: it makes a text of others, which has their collation; what it is does not depend on that
 * - `plain`: it gives no text, or one that has no collation, whatever that of its arguments is
 * - `keys`: it compares them, by their keys
 */
export type CollationUse = 'values' | 'text' | 'plain' | 'keys'

/** What a call of a function becomes some of whose arguments have collations, where none of these words says it. */
export type Collating = (definition: FunctionDefinition, args: readonly Expression[], site: CallSite) => Expression

/** The function itself knows collations. */
export const itself: Collating = (definition, args, site) => definition.build(args, site)

/** @throws COLLATION_MISMATCH.*, INDETERMINATE_COLLATION_IN_EXPRESSION */
export const USES: Readonly<Record<CollationUse, Collating>> = {
  values: itself,
  text(definition, args, site) {
    const common = commonCollation(args, site)
    const made = definition.build(args.map(uncollated), site)
    return common ? ofCollation(made, common) : made
  },
  plain(definition, args, site) {
    commonCollation(args, site)
    return definition.build(args.map(uncollated), site)
  },
  keys(definition, args, site) {
    assertKnown(commonCollation(args, site), site)
    return definition.build(harmonized(args, site, true).map(collationKey), site)
  },
}

/** A function of texts that takes arrays, too, which then are their values. */
export const textsOrArrays: Collating = (definition, args, site) =>
  USES[args.some(({ type }) => type.kind === 'array') ? 'values' : 'text'](definition, args, site)

/** `decode`, which with more than two arguments compares. */
export const decoded: Collating = (definition, args, site) =>
  USES[args.length > 2 ? 'values' : 'plain'](definition, args, site)

/** What Spark says of a function that only asks for the collation when it runs. @throws INDETERMINATE_COLLATION */
export function assertKnown(common: Common | undefined, { origin }: CallSite): void {
  if (common?.type.collation === INDETERMINATE) throw new MillraceError('INDETERMINATE_COLLATION', {}, { origin })
}

/** What a function makes of texts, as one of their collation. */
const ofCollation = (made: Expression, { type, strength }: Common): Expression =>
  retyped(made, withCollation(made.type, type.collation), type.collation === INDETERMINATE ? 'implicit' : strength)
