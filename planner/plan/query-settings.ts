/** Settings of a session that say what a query means. Views and functions keep those that they were made with. */
export interface QuerySettings {
  /** Whether values that do not fit raise errors. */
  readonly isAnsi: boolean
  /** Whether decimals lose places behind the point where the exact result would have too many digits. */
  readonly allowsPrecisionLoss: boolean
  /** What TIMESTAMP means: with a time zone, or without. */
  readonly timestampType: 'TIMESTAMP_LTZ' | 'TIMESTAMP_NTZ'
  /** Whether intervals that a query writes, and those between times, are of one type of months, days and microseconds. */
  readonly joinsIntervals: boolean
  /** Whether names that differ in upper and lower case are different names. */
  readonly isCaseSensitive: boolean
  /** What becomes of a map that would have a key twice: it raises, or has the last value. */
  readonly equalKeys: 'EXCEPTION' | 'LAST_WIN'
  /** Whether what is in double quotes is a name. */
  readonly quotesNames: boolean
  /** Whether a bar is read as `|>` where a pipe operator follows. */
  readonly pipesWithBar: boolean
  /** Whether whole numbers in GROUP BY are positions in the select list. */
  readonly groupsByPosition: boolean
  /** Whether names in GROUP BY may be aliases of the select list. */
  readonly groupsByAlias: boolean
  /** Whether whole numbers in ORDER BY are positions in the select list. */
  readonly ordersByPosition: boolean
}

/** What a function in SQL keeps of the session that made it: its body, and the casts of its arguments and of its result, follow these. */
export interface FunctionSettings extends QuerySettings {
  readonly timeZone: string
}

export const DEFAULT_SETTINGS: QuerySettings = {
  isAnsi: true,
  allowsPrecisionLoss: true,
  timestampType: 'TIMESTAMP_LTZ',
  joinsIntervals: false,
  isCaseSensitive: false,
  equalKeys: 'EXCEPTION',
  quotesNames: false,
  pipesWithBar: true,
  groupsByPosition: true,
  groupsByAlias: true,
  ordersByPosition: true,
}
