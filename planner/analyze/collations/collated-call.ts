import { INDETERMINATE } from '../../../columnar/collation.js'
import { isCollated, withCollation } from '../../../columnar/text-types.js'
import { typeName } from '../../../columnar/types.js'
import { MillraceError } from '../../../common/errors/millrace-error.js'
import type { Expression } from '../../plan/expression/expression.js'
import type { CallSite, FunctionDefinition } from '../functions/definition.js'
import { type Common, commonCollation, harmonized, saysCollation } from './harmony.js'
import { collationKey } from './key.js'
import { assertKnown, OWN_USES } from './own-uses.js'
import { retyped, uncollated } from './retyped.js'
import { type CollationUse, collationUse } from './uses.js'

/** A call of a function, some of whose arguments may be texts with collations. @throws COLLATION_MISMATCH.*, INDETERMINATE_COLLATION_IN_EXPRESSION */
export function buildCollated(definition: FunctionDefinition, args: readonly Expression[], site: CallSite): Expression {
  if (!args.some(({ type }) => saysCollation(type))) return definition.build(args, site)
  const own = OWN_USES[site.name]
  if (own) return own(definition, args, site)
  const use = useOf(args, site)
  switch (use) {
    case 'values':
      return definition.build(args, site)
    case 'text': {
      const common = commonCollation(args, site)
      const made = definition.build(args.map(uncollated), site)
      return common ? ofCollation(made, common) : made
    }
    case 'plain':
      commonCollation(args, site)
      return definition.build(args.map(uncollated), site)
    case 'keys':
      assertKnown(commonCollation(args, site), site)
      return definition.build(harmonized(args, site, true).map(collationKey), site)
  }
}

/** Functions of texts that take arrays, too, which then are their values. */
const ALSO_OF_ARRAYS: ReadonlySet<string> = new Set(['concat', '||', 'reverse'])

function useOf(args: readonly Expression[], site: CallSite): CollationUse {
  if (ALSO_OF_ARRAYS.has(site.name)) return args.some(({ type }) => type.kind === 'array') ? 'values' : 'text'
  // With more than two it compares.
  if (site.name === 'decode' && args.length > 2) return 'values'
  const use = collationUse(site.name)
  if (use !== undefined) return use
  // Bytes are what it compares anyway.
  if (!args.some(({ type }) => isCollated(type))) return 'text'
  throw notBuilt(args, site)
}

function notBuilt(args: readonly Expression[], { name, origin }: CallSite): MillraceError {
  const type = args.find((arg) => saysCollation(arg.type))!.type
  return new MillraceError(
    'UNSUPPORTED_FEATURE',
    { feature: `${name} of values of type ${typeName(type)}` },
    { origin },
  )
}

/** What a function makes of texts, as one of their collation. */
const ofCollation = (made: Expression, { type, strength }: Common): Expression =>
  retyped(made, withCollation(made.type, type.collation), type.collation === INDETERMINATE ? 'implicit' : strength)
