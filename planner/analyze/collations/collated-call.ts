import { isCollated } from '../../../columnar/text-types.js'
import { typeName } from '../../../columnar/types.js'
import { MillraceError } from '../../../common/errors/millrace-error.js'
import type { Expression } from '../../plan/expression/expression.js'
import type { CallSite, FunctionDefinition } from '../functions/definition.js'
import { saysCollation } from './harmony.js'
import { USES } from './uses.js'

/** A call of a function, some of whose arguments may be texts with collations. @throws COLLATION_MISMATCH.*, INDETERMINATE_COLLATION_IN_EXPRESSION, UNSUPPORTED_FEATURE */
export function buildCollated(definition: FunctionDefinition, args: readonly Expression[], site: CallSite): Expression {
  if (!args.some(({ type }) => saysCollation(type))) return definition.build(args, site)
  const { collations } = definition
  if (typeof collations === 'function') return collations(definition, args, site)
  if (collations !== undefined) return USES[collations](definition, args, site)
  // Bytes are what it compares anyway.
  if (!args.some(({ type }) => isCollated(type))) return USES.text(definition, args, site)
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
