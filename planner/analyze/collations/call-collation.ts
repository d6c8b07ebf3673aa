import { type Collation, collationCalled } from '../../../columnar/collation.js'
import { withCollation } from '../../../columnar/text-types.js'
import { collationOf, quotedTypeName, STRING } from '../../../columnar/types.js'
import { MillraceError } from '../../../common/errors/millrace-error.js'
import type { Expression } from '../../plan/expression/expression.js'
import type { CallSite } from '../functions/definition.js'
import { unexpectedType } from '../types/coercion.js'
import type { Common } from './harmony.js'
import { retyped } from './retyped.js'

/* What functions that look into texts ask of the collations of a call. */

/** The same with the collation that the arguments have together. */
export const ofCommon = (made: Expression, common: Common | undefined): Expression =>
  common ? retyped(made, withCollation(made.type, common.type.collation), common.strength) : made

export function collationOfCall(args: readonly Expression[]): Collation | undefined {
  const text = args.find(({ type }) => type.kind === 'string')
  return text?.type.kind === 'string' ? collationCalled(collationOf(text.type)) : undefined
}

export function unaccepted(args: readonly Expression[], site: CallSite): MillraceError {
  const position = args.findIndex(({ type }) => type.kind === 'string')
  return unexpectedType(args[position]!, quotedTypeName(STRING), position, site)
}

/** Where accents do not count but case does, nothing is searched for, as in Spark. */
export const isUnsearchable = (collation: Collation | undefined): boolean =>
  collation?.ignoresAccents === true && !collation.ignoresCase

export const notBuilt = ({ name }: Collation, site: CallSite): MillraceError =>
  new MillraceError(
    'UNSUPPORTED_FEATURE',
    { feature: `${site.name} of texts of the collation ${name}` },
    { origin: site.origin },
  )
