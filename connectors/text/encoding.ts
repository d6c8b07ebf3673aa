import { MillraceError } from '../../common/errors/millrace-error.js'

/** The encodings of texts, by Java's names: those that Spark takes, and the one that most texts of Windows have. */
const ENCODINGS = [
  'UTF-8',
  'US-ASCII',
  'ISO-8859-1',
  'WINDOWS-1252',
  'UTF-16',
  'UTF-16BE',
  'UTF-16LE',
  'UTF-32',
  'UTF-32BE',
  'UTF-32LE',
] as const
export type Encoding = (typeof ENCODINGS)[number]

/** @throws INVALID_PARAMETER_VALUE.CHARSET */
export function encodingOf(name: string): Encoding {
  const found = ENCODINGS.find((one) => one === name.toUpperCase())
  if (found) return found
  const parameters = { functionName: '`text`', parameter: '`encoding`', charset: name, charsets: ENCODINGS.join(', ') }
  throw new MillraceError('INVALID_PARAMETER_VALUE.CHARSET', parameters)
}
