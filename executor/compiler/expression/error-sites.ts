import type { ConditionName } from '../../../common/errors/catalogue.js'
import type { Origin } from '../../../common/errors/condition.js'
import { type ErrorParameters, MillraceError } from '../../../common/errors/millrace-error.js'
import { quotedText } from '../../../common/errors/quoting.js'
import { DETAIL, DETAIL_LINES, DETAIL_TEXT } from '../../../planner/plan/expression/routine.js'
import { plainDecimal, productText } from './decimal-detail.js'

interface ErrorSite {
  /** What is raised; where it is not said, what the host raised. */
  readonly raised?: { readonly condition: ConditionName; readonly parameters: ErrorParameters }
  /** The number of its place in the query's text. */
  readonly place: number | undefined
  /** Whether it leaves the address of the text of the row at fault. */
  readonly tellsRow: boolean
}

/** Spark's setting that errors of values name. */
export const ANSI_CONFIG = '"spark.sql.ansi.enabled"'

export { DETAIL, DETAIL_LINES, DETAIL_TEXT } from '../../../planner/plan/expression/routine.js'

/** Stands in parameters for the text of a number, written without an exponent. */
export const DETAIL_DECIMAL = '\u0000decimal'
/** The same of a product, which Spark tells in the digits that it computes it in. */
export const DETAIL_PRODUCT = '\u0000product'
/** The same of the first character of the detail, and of what stands behind it. */
export const DETAIL_FIRST = '\u0000character'
export const DETAIL_BEHIND_FIRST = '\u0000behind'

/**
 * Where generated code may raise. A generated function returns 0, or the status of the site that raised: its index plus one.
 * Sites belong to the module and are the same for everyone who runs it; the places in the text of a query are the query's.
 */
export class ErrorSites {
  readonly #sites: ErrorSite[] = []
  readonly #places: ReadonlyMap<Origin, number>

  /** @param origins all places that the compiled plan knows */
  constructor(origins: readonly Origin[]) {
    this.#places = new Map(origins.map((origin, i) => [origin, i]))
  }

  /** Registers a site; returns its status. */
  add(condition: ConditionName, parameters: ErrorParameters, origin: Origin | undefined, tellsRow: boolean): number {
    return this.#sites.push({ raised: { condition, parameters }, place: this.#placeOf(origin), tellsRow })
  }

  /** Registers a site at which the host raises. */
  addRaisedByHost(origin: Origin | undefined): number {
    return this.#sites.push({ place: this.#placeOf(origin), tellsRow: false })
  }

  /** Whether the site of a status leaves the address of the text of the row at fault. */
  tellsRow(status: number): boolean {
    return this.#sites[status - 1]?.tellsRow === true
  }

  #placeOf(origin: Origin | undefined): number | undefined {
    return origin && this.#places.get(origin)
  }

  /**
   * The error a non-zero status stands for. `detail` is the text of the value at fault, when the site left one; `origins` are the places of
   * the plan at hand, in the order of those of the one that was compiled; `byHost` is what a routine of the host raised last.
   */
  toError(status: number, detail: string, origins: readonly Origin[], byHost?: MillraceError): MillraceError {
    const site = this.#sites[status - 1]
    if (!site) return new MillraceError('INTERNAL_ERROR', { message: `generated code returned the status ${status}` })
    const origin = site.place === undefined ? undefined : origins[site.place]
    const raised = site.raised ?? byHost!
    const parameters = Object.fromEntries(
      Object.entries(raised.parameters).map(([key, value]) => [key, withDetail(value, detail)]),
    )
    return new MillraceError(raised.condition, parameters, { origin })
  }
}

function withDetail(value: ErrorParameters[string], detail: string): ErrorParameters[string] {
  if (value === DETAIL) return quotedText(detail)
  if (value === DETAIL_FIRST) return quotedText(Array.from(detail)[0] ?? '')
  if (value === DETAIL_BEHIND_FIRST) return quotedText(Array.from(detail).slice(1).join(''))
  if (value === DETAIL_DECIMAL) return plainDecimal(detail)
  if (value === DETAIL_PRODUCT) return productText(plainDecimal(detail))
  if (typeof value !== 'string') return value
  const line = DETAIL_LINES.findIndex((mark) => value.startsWith(mark))
  if (line >= 0) return value.replace(DETAIL_LINES[line]!, () => detail.split('\n')[line] ?? '')
  if (!value.includes(DETAIL_TEXT)) return value
  // NaN and the infinities are words, which take no suffix.
  return /^(NaN|-?Infinity)$/.test(detail) ? detail : value.replace(DETAIL_TEXT, () => detail)
}
