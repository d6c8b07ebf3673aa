import { type InspectOptionsStylized, inspect } from 'node:util'
import type { UnresolvedRelation } from '../../planner/plan/unresolved/relation.js'
import { jsonReplacer } from './json-replacer.js'

/** What `console.log` prints of an object of the API whose parts are behind getters, so that `JSON.stringify` does not come to their bigints. */
export function printing(name: string, parts: object, depth: number, options: InspectOptionsStylized): string {
  return depth < 0 ? `[${name}]` : `${name} ${inspect(parts, { ...options, depth })}`
}

/** The plan with a JSON of its own, which has its bigints as `jsonReplacer` writes them; what hides secrets goes on to hide them. */
export function printable(plan: UnresolvedRelation): UnresolvedRelation {
  if ('toJSON' in plan) return plan
  const toJSON = (): unknown => JSON.parse(JSON.stringify(plan, jsonReplacer))
  return Object.freeze(Object.defineProperty({ ...plan }, 'toJSON', { value: toJSON }))
}
