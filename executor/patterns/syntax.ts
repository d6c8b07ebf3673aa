import type { Ranges } from './ranges.js'

/** A pattern, taken apart. */
export type Pattern =
  | { readonly kind: 'set'; readonly set: Ranges }
  | { readonly kind: 'sequence'; readonly parts: readonly Pattern[] }
  | { readonly kind: 'choice'; readonly parts: readonly Pattern[] }
  | {
      readonly kind: 'repeat'
      readonly body: Pattern
      readonly min: number
      readonly max: number
      readonly mode: 'greedy' | 'lazy' | 'possessive'
    }
  | { readonly kind: 'group'; readonly body: Pattern; readonly number: number }
  | { readonly kind: 'place'; readonly place: Place }
  | { readonly kind: 'look'; readonly body: Pattern; readonly isBehind: boolean; readonly isNegated: boolean }
  | { readonly kind: 'atomic'; readonly body: Pattern }
  | { readonly kind: 'same'; readonly group: number }

/** What has no characters but stands at some places alone. */
export type Place =
  | 'begin'
  | 'end'
  | 'lastLine'
  | 'lastUnixLine'
  | 'lineBegin'
  | 'lineEnd'
  | 'unixLineBegin'
  | 'unixLineEnd'
  | 'wordEdge'
  | 'noWordEdge'
  | 'searchBegin'

export interface ParsedPattern {
  readonly pattern: Pattern
  /** Of groups in brackets that are numbered. */
  readonly groups: number
  readonly names: ReadonlyMap<string, number>
  /** It has `\1` or the like. */
  readonly refersBack: boolean
}

/** What is wrong with a pattern, or what of it is not built. */
export class PatternFault extends Error {
  readonly isUnsupported: boolean

  constructor(message: string, isUnsupported = false) {
    super(message)
    this.isUnsupported = isUnsupported
  }
}

export const notBuilt = (what: string): PatternFault => new PatternFault(what, true)
