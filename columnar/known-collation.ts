import { editDistance } from '../common/closest.js'
import type { Origin } from '../common/errors/condition.js'
import { MillraceError } from '../common/errors/millrace-error.js'
import { type Collation, collationCalled, isBuilt, suggestedCollations } from './collation.js'

/** The collation of a name, before which the schema may stand that Spark has them in. @throws COLLATION_INVALID_NAME, UNSUPPORTED_FEATURE */
export function knownCollation(parts: readonly string[], origin: Origin | undefined): Collation {
  const name = parts.at(-1) ?? ''
  const schema = parts.slice(0, -1).join('.').toUpperCase()
  const found = schema === '' || schema === 'SYSTEM.BUILTIN' ? collationCalled(name) : undefined
  if (!found) {
    const proposals = suggestedCollations(name, editDistance).join(', ')
    throw new MillraceError('COLLATION_INVALID_NAME', { collationName: name, proposals }, { origin })
  }
  if (isBuilt(found)) return found
  throw new MillraceError('UNSUPPORTED_FEATURE', { feature: `the collation ${found.name}` }, { origin })
}
