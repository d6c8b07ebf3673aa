import * as codes from '../../../executor/kernels/interface/csv-spec.js'
import type { TextOptions } from '../expression/text-options.js'

/** What holds where an option is not given, beside what reading and writing have of their own. */
const USUAL: TextOptions = {
  sep: ',',
  quote: '"',
  escape: '\\',
  comment: '',
  nullValue: '',
  nanValue: 'NaN',
  positiveInf: 'Inf',
  negativeInf: '-Inf',
  quoteAll: 'false',
}
export const CSV_READING_SIGNS: TextOptions = {
  emptyValue: '',
  ignoreLeadingWhiteSpace: 'false',
  ignoreTrailingWhiteSpace: 'false',
}
export const CSV_WRITING_SIGNS: TextOptions = {
  emptyValue: '""',
  ignoreLeadingWhiteSpace: 'true',
  ignoreTrailingWhiteSpace: 'true',
}

const BYTES = [
  ['quote', codes.CSV_QUOTE],
  ['escape', codes.CSV_ESCAPE],
  ['comment', codes.CSV_COMMENT],
] as const
const TEXTS = [
  ['sep', codes.CSV_SEPARATOR],
  ['nullValue', codes.CSV_NULL],
  ['emptyValue', codes.CSV_EMPTY],
  ['nanValue', codes.CSV_NAN],
  ['positiveInf', codes.CSV_INFINITY],
  ['negativeInf', codes.CSV_NEGATIVE_INFINITY],
] as const
const SPECIAL = ['nanValue', 'positiveInf', 'negativeInf'] as const
const NUMBER = /^-?[\d.]+$/
const FLAGS = [
  ['ignoreLeadingWhiteSpace', codes.CSV_TRIMS_LEFT],
  ['ignoreTrailingWhiteSpace', codes.CSV_TRIMS_RIGHT],
  ['quoteAll', codes.CSV_QUOTES_ALL],
] as const

/** Describes to kernels the signs of rows of CSV, and what comes with them. */
export function encodeCsvSigns(given: TextOptions, inner: Uint8Array): Uint8Array {
  const options = { ...USUAL, ...given }
  const header = Buffer.alloc(codes.CSV_HEADER_BYTES)
  const chunks: Uint8Array[] = [header]
  let end = header.length
  const add = (bytes: Uint8Array): number => {
    const offset = end
    const padded = Buffer.alloc((bytes.length + 7) & ~7)
    padded.set(bytes)
    chunks.push(padded)
    end += padded.length
    return offset
  }
  const flags = FLAGS.reduce((sum, [option, flag]) => sum | (options[option] === 'true' ? flag : 0), 0)
  const isOfDigits = SPECIAL.some((option) => NUMBER.test(options[option]!))
  header.writeUInt32LE(flags | (isOfDigits ? codes.CSV_SPECIAL_DIGITS : 0), codes.CSV_FLAGS)
  for (const [option, at] of BYTES) header.writeUInt32LE(Buffer.from(options[option]!)[0] ?? 0, at)
  for (const [option, at] of TEXTS) {
    const text = Buffer.from(options[option]!)
    header.writeUInt32LE(add(text), at)
    header.writeUInt32LE(text.length, at + 4)
  }
  header.writeUInt32LE(add(inner), codes.CSV_INNER)
  return Buffer.concat(chunks)
}
