import type { ConditionName } from '../../../common/errors/catalogue.js'
import type { Origin } from '../../../common/errors/condition.js'
import { type ErrorParameters, MillraceError } from '../../../common/errors/millrace-error.js'

interface ErrorSite {
  readonly condition: ConditionName
  readonly parameters: ErrorParameters
  readonly origin: Origin | undefined
}

/** Stands in parameters for the text of the value at fault, which generated code leaves in the error detail. */
export const DETAIL = '\u0000detail'

/**
 * Where generated code may raise. A generated function returns 0, or the status of the site that raised: its index plus one.
 * Sites belong to the module and are the same for everyone who runs it.
 */
export class ErrorSites {
  readonly #sites: ErrorSite[] = []

  /** Registers a site; returns its status. */
  add(condition: ConditionName, parameters: ErrorParameters, origin: Origin | undefined): number {
    return this.#sites.push({ condition, parameters, origin })
  }

  /** The error a non-zero status stands for. `detail` is the text of the value at fault, when the site left one. */
  toError(status: number, detail = ''): MillraceError {
    const site = this.#sites[status - 1]
    if (!site) return new MillraceError('INTERNAL_ERROR', { message: `generated code returned the status ${status}` })
    const parameters = Object.fromEntries(
      Object.entries(site.parameters).map(([key, value]) => [key, value === DETAIL ? `'${detail}'` : value]),
    )
    return new MillraceError(site.condition, parameters, { origin: site.origin })
  }
}
