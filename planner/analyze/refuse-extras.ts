import { MillraceError } from '../../common/errors/millrace-error.js'
import { quotedPath } from '../../common/errors/quoting.js'
import type { UnresolvedCall } from '../plan/unresolved/expression.js'

type Extra = 'DISTINCT' | 'FILTER CLAUSE' | 'NULLS' | 'WITHIN GROUP (ORDER BY ...)'

/** Refuses what a call has that its function knows nothing of. @throws INVALID_SQL_SYNTAX.FUNCTION_WITH_UNSUPPORTED_SYNTAX */
export function refuseExtras(e: UnresolvedCall, ...extras: readonly Extra[]): void {
  // Hardly any call has one, and each is asked.
  if (!e.distinct && !e.filter && !e.nulls && !e.withinGroup) return
  const written: Readonly<Record<Extra, boolean>> = {
    DISTINCT: e.distinct === true,
    'FILTER CLAUSE': e.filter !== undefined,
    NULLS: e.nulls !== undefined,
    'WITHIN GROUP (ORDER BY ...)': e.withinGroup !== undefined,
  }
  const extra = extras.find((one) => written[one])
  if (extra === undefined) return
  const syntax = extra === 'NULLS' ? `${e.nulls!.toUpperCase()} NULLS` : extra
  const prettyName = e.written ? quotedPath(e.written.name) : `\`${e.name}\``
  const parameters = { prettyName, syntax }
  throw new MillraceError('INVALID_SQL_SYNTAX.FUNCTION_WITH_UNSUPPORTED_SYNTAX', parameters, { origin: e.origin })
}
