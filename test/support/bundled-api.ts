import type * as Api from '../../api/index.js'

/** What the package exports, from the bundle that it brings. Programs that are killed soon take it from there: they start with two thirds of the work. */
export const api = (await import(new URL('../../bundle/api/index.js', import.meta.url).href)) as typeof Api
