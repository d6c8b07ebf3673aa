import type { DataType } from '../../columnar/types.js'
import type { TextOptions } from '../../planner/plan/expression/text-options.js'
import * as codes from './interface/csv-spec.js'
import { encodeJsonSpec } from './json-spec.js'
import { encodeTimeFormats } from './time-formats.js'

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
const READING: TextOptions = { emptyValue: '', ignoreLeadingWhiteSpace: 'false', ignoreTrailingWhiteSpace: 'false' }
const WRITING: TextOptions = { emptyValue: '""', ignoreLeadingWhiteSpace: 'true', ignoreTrailingWhiteSpace: 'true' }

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
const FLAGS = [
  ['ignoreLeadingWhiteSpace', codes.CSV_TRIMS_LEFT],
  ['ignoreTrailingWhiteSpace', codes.CSV_TRIMS_RIGHT],
  ['quoteAll', codes.CSV_QUOTES_ALL],
] as const

/** Describes rows that are read as a struct, for the kernel csv_extract. @throws UNSUPPORTED_FEATURE for types it cannot make */
export const encodeCsvSpec = (type: DataType, options: TextOptions = {}): Uint8Array =>
  encode({ ...USUAL, ...READING, ...options }, encodeJsonSpec(type, options))

/** Describes rows that are written. */
export const encodeCsvWriting = (options: TextOptions = {}): Uint8Array =>
  encode({ ...USUAL, ...WRITING, ...options }, encodeTimeFormats(options, 'writing'))

function encode(options: TextOptions, inner: Uint8Array): Uint8Array {
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
  header.writeUInt32LE(
    FLAGS.reduce((sum, [option, flag]) => sum | (options[option] === 'true' ? flag : 0), 0),
    codes.CSV_FLAGS,
  )
  for (const [option, at] of BYTES) header.writeUInt32LE(Buffer.from(options[option]!)[0] ?? 0, at)
  for (const [option, at] of TEXTS) {
    const text = Buffer.from(options[option]!)
    header.writeUInt32LE(add(text), at)
    header.writeUInt32LE(text.length, at + 4)
  }
  header.writeUInt32LE(add(inner), codes.CSV_INNER)
  return Buffer.concat(chunks)
}
