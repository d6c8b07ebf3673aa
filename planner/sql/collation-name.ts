import type { TokenStream } from './token-stream.js'

/** The name of a collation behind COLLATE: `de_CI`, `system.builtin.de_CI`. */
export function readCollationName(tokens: TokenStream): readonly string[] {
  const parts: string[] = []
  do {
    const { kind, text } = tokens.peek()
    if (kind !== 'word' && kind !== 'quoted') throw tokens.unexpected('expected a collation')
    tokens.next()
    parts.push(text)
  } while (tokens.accept('.'))
  return parts
}
