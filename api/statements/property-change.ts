import { type Properties, readKeys, readProperties } from '../../planner/sql/statement-parts.js'
import type { TokenStream } from '../../planner/sql/token-stream.js'

/** SET or UNSET of properties of a table or view. */
export type PropertyChange =
  | { readonly kind: 'set'; readonly properties: Properties }
  | { readonly kind: 'unset'; readonly keys: readonly string[] }

/** @param words for properties of what is changed */
export function readPropertyChange(
  tokens: TokenStream,
  words: readonly string[] = ['TBLPROPERTIES'],
): PropertyChange | undefined {
  if (words.some((word) => tokens.accept('SET', word))) return { kind: 'set', properties: readProperties(tokens) }
  if (!words.some((word) => tokens.accept('UNSET', word))) return undefined
  // Spark takes properties that are not there for no error either way.
  tokens.accept('IF', 'EXISTS')
  return { kind: 'unset', keys: readKeys(tokens) }
}

export const changedProperties = (properties: Properties, change: PropertyChange): Properties =>
  change.kind === 'set'
    ? { ...properties, ...change.properties }
    : Object.fromEntries(Object.entries(properties).filter(([key]) => !change.keys.includes(key)))
