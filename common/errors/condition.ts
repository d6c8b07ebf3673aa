/** Who has to act: the user (query, data, options), something outside (disk, broker, network), or we (a bug). */
export type ErrorDomain = 'user' | 'external' | 'internal'
/** Whether doing the same again can help: never, at once or after a pause, or only after lost output was recomputed. */
export type RetryRule = 'never' | 'retry' | 'recompute'

/** An entry of the catalogue: what a named condition means. `{name}` in the message is replaced by a parameter. */
export interface ConditionDefinition {
  /** Undefined for those that Spark gave no number. */
  readonly sqlState: string | undefined
  readonly message: string
  readonly domain: ErrorDomain
  readonly retry: RetryRule
}

/** Where in a text given by the user a condition arose. Offsets count UTF-16 units from 0, `end` is exclusive. */
export interface Origin {
  readonly text: string
  readonly start: number
  readonly end: number
  /** Where `text` begins, line and position from 1, when it is cut out of a longer text. */
  readonly cutFrom?: { readonly line: number; readonly position: number }
}

/** Where in a file of the user's a condition arose. */
export interface FilePlace {
  readonly path: string
  /** From 1; undefined where it is not known. */
  readonly line?: number
}

/** Declares a condition the user can mend. */
export const user = (sqlState: string | undefined, message: string): ConditionDefinition => ({
  sqlState,
  message,
  domain: 'user',
  retry: 'never',
})

/** Declares a condition that arises outside the engine; most pass, so it is retried unless told otherwise. */
export const external = (sqlState: string, message: string, retry: RetryRule = 'retry'): ConditionDefinition => ({
  sqlState,
  message,
  domain: 'external',
  retry,
})

/** Declares a bug or a broken invariant of the engine. */
export const internal = (sqlState: string, message: string): ConditionDefinition => ({
  sqlState,
  message,
  domain: 'internal',
  retry: 'never',
})
