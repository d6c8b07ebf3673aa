import { MillraceError } from '../../../common/errors/millrace-error.js'
import { lookUp, type Scope } from '../scope.js'

/** A name that a subquery does not know, but a query around it does, is one from where it may not be used. */
export function reachingTooFar(error: unknown, outers: readonly Scope[]): unknown {
  if (!MillraceError.is(error) || !error.condition.startsWith('UNRESOLVED_COLUMN.')) return error
  const name = String(error.parameters['objectName'])
  const parts = name.slice(1, -1).split('`.`')
  if (!outers.some((scope) => lookUp(scope, parts, undefined))) return error
  const feature = `the column ${name} of a query around the subquery, other than in WHERE and of the query next to it`
  return new MillraceError('UNSUPPORTED_FEATURE', { feature }, { origin: error.origin })
}
