import { analysisSession } from './session.js'

/** Names of columns, fields, aliases and CTEs that have the same key are the same: the case of letters counts where the session says so. */
export const nameKey = (name: string): string => (analysisSession().isCaseSensitive ? name : name.toLowerCase())

export const sameName = (a: string, b: string): boolean =>
  a === b || (a.length === b.length && nameKey(a) === nameKey(b))
