import { STRING } from '../../columnar/types.js'
import type { UnresolvedExpression } from '../plan/unresolved/expression.js'
import type { Token } from './token.js'
import type { TokenStream } from './token-stream.js'

/** What lies in a variant: `v:a.b[0]['c']`, from behind the colon on. As in Spark a column of it is called by the last name. */
export function readVariantPath(tokens: TokenStream, child: UnresolvedExpression, start: Token): UnresolvedExpression {
  let path = '$'
  let name: string | undefined
  const readName = (): void => {
    const { kind } = tokens.peek()
    if (kind !== 'word' && kind !== 'quoted') throw tokens.unexpected()
    const { text } = tokens.next()
    path += `.${text}`
    name = text.split('.').at(-1)!
  }
  const readBracket = (): void => {
    const { kind, text } = tokens.peek()
    const isIndex = kind === 'number' && /^\d+$/.test(text)
    if (!isIndex && kind !== 'string') throw tokens.unexpected()
    tokens.next()
    tokens.expect(']')
    path += isIndex ? `[${text}]` : text.includes("'") ? `["${text}"]` : `['${text}']`
    if (!isIndex) name = text
  }
  if (tokens.accept('[')) readBracket()
  else readName()
  for (;;) {
    if (tokens.accept('[')) readBracket()
    else if (tokens.accept('.')) readName()
    else break
  }
  const told = name === undefined ? [path] : [path, name]
  const args = [child, ...told.map((value) => ({ kind: 'literal', type: STRING, value }) as const)]
  return { kind: 'function', name: ':', args, origin: tokens.originFrom(start) }
}
