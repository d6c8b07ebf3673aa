import { type InspectOptionsStylized, inspect } from 'node:util'

/** What `console.log` prints of an object of the API whose parts are behind getters, so that `JSON.stringify` does not come to their bigints. */
export function printing(name: string, parts: object, depth: number, options: InspectOptionsStylized): string {
  return depth < 0 ? `[${name}]` : `${name} ${inspect(parts, { ...options, depth })}`
}
