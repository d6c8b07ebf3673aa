import { linearPattern } from '../../../common/linear-pattern.js'
import { invalidOption } from '../client/option-reader.js'

/** Tells whether the whole name of a topic fits `subscribePattern`. */
export type TopicPattern = (topic: string) => boolean

/** @throws INVALID_OPTION for what is no pattern */
export function topicPattern(text: string): TopicPattern {
  // In Java these are sets of letters, here they would be letters of a set. No topic has one in its name.
  if (text.includes('&&') || hasNestedClass(text))
    throw invalidOption('subscribePattern', text, 'a class may not hold another class')
  const pattern = linearPattern(text, 'exact')
  if ('refusal' in pattern) throw invalidOption('subscribePattern', text, pattern.refusal)
  return pattern.fits
}

/** Whether a bracket opens within brackets, other than of `[:alpha:]`. */
function hasNestedClass(text: string): boolean {
  let isInClass = false
  for (let at = 0; at < text.length; at++) {
    const letter = text[at]
    if (letter === '\\') at++
    else if (letter === ']') isInClass = false
    else if (letter === '[' && isInClass) {
      if (text[at + 1] !== ':') return true
    } else if (letter === '[') {
      isInClass = true
      // A bracket that closes at once is a letter of the class.
      if (text[at + 1] === '^') at++
      if (text[at + 1] === ']') at++
    }
  }
  return false
}
