import type { Session as ApiSession } from '../api/index.js'

/** The package as its users have it: the build packs the many files into few, which start quicker, and the first run of a query has its start in it. */
export const PACKAGED_API = new URL('../bundle/api/index.js', import.meta.url).href

export const { Session, col, lit, functions } = (await import(PACKAGED_API)) as typeof import('../api/index.js')
export type Session = ApiSession
