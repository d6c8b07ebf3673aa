import { MillraceError } from '../../common/errors/millrace-error.js'
import type { Subquery } from './unresolved-nodes.js'

const SUBQUERY_WORDS = {
  scalarSubquery: 'a scalar subquery',
  exists: 'EXISTS',
  inSubquery: 'IN with a subquery',
} as const

/** A subquery where none is built. */
export function misplacedSubquery(e: Subquery, where: string): MillraceError {
  const feature = `${SUBQUERY_WORDS[e.kind]} ${where}`
  return new MillraceError('UNSUPPORTED_FEATURE', { feature }, { origin: e.origin })
}
