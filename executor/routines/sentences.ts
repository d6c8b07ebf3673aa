import { packed } from '../../columnar/packed-writer.js'
import { array, type DataType, STRING } from '../../columnar/types.js'
import { MillraceError } from '../../common/errors/millrace-error.js'
import type { HostRoutine } from './routine.js'
import { Sentences, wordEnd } from './text-breaks.js'

const WORDS = array(STRING, false)
const SENTENCES = array(WORDS, false)

/** Languages whose words only a dictionary tells. */
const WITH_DICTIONARY: ReadonlySet<string> = new Set(['th'])
/** Words of a longer text would be more objects than a thread has room for. */
const MOST_CHARACTERS = 100_000_000

/** Words begin with a letter or a digit of one unit. */
const WORD = /^[\p{L}\p{Nd}]/u
const isWord = (text: string): boolean => text.codePointAt(0)! < 0x10000 && WORD.test(text)

function wordsOf(sentence: string): readonly string[] {
  const words: string[] = []
  for (let from = 0; from < sentence.length; ) {
    const end = wordEnd(sentence, from)
    const word = sentence.slice(from, end)
    if (isWord(word)) words.push(word)
    from = end
  }
  return words
}

/** The words of each sentence, packed. @throws UNSUPPORTED_FEATURE */
export const words: HostRoutine = ([given, language]) => {
  const text = given as string
  if (WITH_DICTIONARY.has((language as string).toLowerCase()))
    throw new MillraceError('UNSUPPORTED_FEATURE', { feature: `sentences of the language ${language as string}` })
  if (text.length > MOST_CHARACTERS)
    throw new MillraceError('UNSUPPORTED_FEATURE', {
      feature: `sentences of texts of more than ${MOST_CHARACTERS} characters`,
    })
  const breaks = new Sentences(text)
  const sentences: (readonly string[])[] = []
  for (let from = 0; from < text.length; ) {
    const end = breaks.endFrom(from)
    sentences.push(wordsOf(text.slice(from, end)))
    from = end
  }
  return packed(SENTENCES, sentences, encode, refuse)!
}

const refuse = (): MillraceError => new MillraceError('INTERNAL_ERROR', { message: 'a word is no text' })

function encode(type: DataType, value: unknown): Uint8Array | undefined {
  return type.kind === 'array' ? packed(type, value, encode, refuse) : Buffer.from(value as string, 'utf8')
}
