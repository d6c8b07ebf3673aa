import { MillraceError } from '../../common/errors/millrace-error.js'
import type { UnresolvedExpression } from '../plan/unresolved/expression.js'
import { NO_PARAMETERS, type Parameters } from './parameters.js'
import type { Token } from './token.js'

/** Hands out the values of markers in the order in which these stand in the statement. */
export class Markers {
  readonly #parameters: Parameters
  #kind: keyof Parameters | undefined
  #positions = 0

  constructor(parameters: Parameters = NO_PARAMETERS) {
    this.#parameters = parameters
  }

  /** The value of `:name`. @throws UNBOUND_SQL_PARAMETER, INVALID_QUERY_MIXED_QUERY_PARAMETERS */
  named(name: string): UnresolvedExpression {
    this.#use('named')
    const value = this.#parameters.named.get(name)
    if (!value) throw new MillraceError('UNBOUND_SQL_PARAMETER', { name })
    return value
  }

  /** The value of `?`, which has no name but its place. @throws UNBOUND_SQL_PARAMETER, INVALID_QUERY_MIXED_QUERY_PARAMETERS */
  next(marker: Token): UnresolvedExpression {
    this.#use('positional')
    const value = this.#parameters.positional[this.#positions++]
    if (!value) throw new MillraceError('UNBOUND_SQL_PARAMETER', { name: `_${marker.start}` })
    return value
  }

  #use(kind: keyof Parameters): void {
    this.#kind ??= kind
    if (this.#kind !== kind) throw new MillraceError('INVALID_QUERY_MIXED_QUERY_PARAMETERS')
  }
}
