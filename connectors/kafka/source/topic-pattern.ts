import { RE2JS, RE2JSException } from 're2js'
import { invalidOption } from '../client/option-reader.js'

/** Tells whether the whole name of a topic fits `subscribePattern`. */
export type TopicPattern = (topic: string) => boolean

/**
 * A pattern that is matched in time linear in the name, whatever it is: topics are named by others, and a pattern like `(a+)+b` must not
 * hold up a driver. What cannot be matched so is refused: looking around and references to groups.
 * @throws INVALID_OPTION
 */
export function topicPattern(text: string): TopicPattern {
  // In Java these are sets of letters, here they would be letters of a set. No topic has one in its name.
  if (text.includes('&&') || hasNestedClass(text))
    throw invalidOption('subscribePattern', text, 'a class may not hold another class')
  try {
    const pattern = RE2JS.compile(text)
    return (topic) => pattern.testExact(topic)
  } catch (error) {
    if (!(error instanceof RE2JSException)) throw error
    throw invalidOption('subscribePattern', text, error.message)
  }
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
