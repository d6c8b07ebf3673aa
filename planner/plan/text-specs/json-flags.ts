import * as codes from '../../../executor/kernels/interface/json-spec.js'
import type { TextOptions } from '../expression/text-options.js'

/** Told of the lines of files, and by no user: whether texts of what is no string are those that stand there. */
export const EXACT_TEXTS = 'exactTexts'

const FLAGS: readonly (readonly [option: string, value: string, flag: number])[] = [
  ['mode', 'FAILFAST', codes.JSON_FAILS_FAST],
  ['allowNonNumericNumbers', 'false', codes.JSON_NO_SPECIAL_NUMBERS],
  ['allowSingleQuotes', 'false', codes.JSON_NO_SINGLE_QUOTES],
  ['allowUnquotedFieldNames', 'true', codes.JSON_UNQUOTED_NAMES],
  ['allowComments', 'true', codes.JSON_COMMENTS],
  ['allowNumericLeadingZeros', 'true', codes.JSON_LEADING_ZEROS],
  ['allowBackslashEscapingAnyCharacter', 'true', codes.JSON_ANY_ESCAPE],
  ['allowUnquotedControlChars', 'true', codes.JSON_CONTROLS],
  [EXACT_TEXTS, 'true', codes.JSON_EXACT_TEXTS],
]

/** What of JSON kernels are told by flags. */
export const jsonFlags = (options: TextOptions): number =>
  FLAGS.reduce((sum, [option, value, flag]) => (options[option] === value ? sum | flag : sum), 0)
