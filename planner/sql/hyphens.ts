import { MillraceError } from '../../common/errors/millrace-error.js'
import type { Token } from './token.js'
import type { TokenStream } from './token-stream.js'

/** `a-b` is no name without quotes. @param start the word that was taken before @throws INVALID_IDENTIFIER */
export function refuseHyphen(tokens: TokenStream, start: Token): void {
  const words = [start.text]
  while (tokens.at('-') && isWord(tokens.peek(1))) {
    tokens.next()
    words.push(tokens.next().text)
  }
  if (words.length === 1) return
  throw new MillraceError('INVALID_IDENTIFIER', { ident: words.join('-') }, { origin: tokens.originFrom(start) })
}

const isWord = ({ kind }: Token): boolean => kind === 'word' || kind === 'quoted'
