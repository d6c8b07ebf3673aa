import { createRequire } from 'node:module'

/** A pattern, or why there is none. */
export type LinearPattern = { readonly fits: (text: string) => boolean } | { readonly refusal: string }

const require = createRequire(import.meta.url)

/**
 * Tells of texts whether they fit a regular expression as a whole, in time linear in the text, whatever the pattern: texts and patterns come from others,
 * and one like `(a+)+b` must not hold up a driver. What cannot be matched so is refused: looking around and references to groups.
 */
export function linearPattern(pattern: string, letterCase: 'exact' | 'any'): LinearPattern {
  // Loaded for the first pattern: most programs have none, and it would take each of them its time to start.
  const { RE2JS, RE2JSException } = require('re2js') as typeof import('re2js')
  try {
    const compiled = RE2JS.compile(pattern, letterCase === 'any' ? RE2JS.CASE_INSENSITIVE : 0)
    return { fits: (text) => compiled.testExact(text) }
  } catch (error) {
    if (error instanceof RE2JSException) return { refusal: error.message }
    throw error
  }
}
