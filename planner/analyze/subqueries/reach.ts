import { MillraceError } from '../../../common/errors/millrace-error.js'
import { hasRelation, lookUp, type Scope } from '../scope.js'

/** A name that a subquery does not know, but a query around it does, is one from where it may not be used. */
export function reachingTooFar(error: unknown, outers: readonly Scope[]): unknown {
  if (!MillraceError.is(error)) return error
  const { objectName, targetString } = error.parameters
  const isStar = error.condition === 'CANNOT_RESOLVE_STAR_EXPAND'
  if (!isStar && !error.condition.startsWith('UNRESOLVED_COLUMN.')) return error
  const name = String(isStar ? targetString : objectName)
  const parts = name.slice(1, -1).split('`.`')
  const isOf = (scope: Scope): boolean =>
    lookUp(scope, parts, undefined) !== undefined || (isStar && hasRelation(scope, parts))
  if (!outers.some((scope) => isOf(scope) || (scope.groups && isOf(scope.groups.input)))) return error
  const feature = `${isStar ? 'all columns' : 'the column'} ${name} of a query around the subquery that is not the next one`
  return new MillraceError('UNSUPPORTED_FEATURE', { feature }, { origin: error.origin })
}
