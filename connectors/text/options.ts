import { MillraceError } from '../../common/errors/millrace-error.js'
import type { Options } from '../api.js'
import { isSelectionOption, unknownOption } from '../files/file-selection.js'
import { type Encoding, encodingOf } from './encoding.js'

/** How the lines of files are told apart, and which of them count. */
export interface LineRules {
  /** Rows of other columns are made of the lines. */
  readonly areOfFormat: boolean
  /** What ends a line in place of `\n`, `\r` or both. */
  readonly separator?: string
  readonly encoding: Encoding
  /** A file is one line. */
  readonly isWhole: boolean
  /** Lines without more than white space do not count. */
  readonly skipsBlank: boolean
  /** Nor do lines that begin with this byte. */
  readonly comment?: string
  /** Nor does the first that counts of each file. */
  readonly hasHeader: boolean
  /** Lines end outside quotes only: of rows of CSV, whose values may have several lines. */
  readonly quoted?: { readonly quote: string; readonly escape: string; readonly delimiter: string }
  /** Not lines are wanted but what columns they have, which kernels find as this says (executor/kernels/interface/text-shapes.ts). */
  readonly shapes?: Uint8Array
}

/** Options of texts, in lower case; those below `lines.` are for formats whose rows are lines. */
const OPTIONS = ['path', 'linesep', 'wholetext', 'encoding'] as const
const OF_FORMATS = [
  'lines.skipblank',
  'lines.comment',
  'lines.header',
  'lines.quote',
  'lines.escape',
  'lines.delimiter',
  'lines.shapes',
] as const

/** @throws UNSUPPORTED_FEATURE, INVALID_OPTION, INVALID_PARAMETER_VALUE.CHARSET */
export function lineRules(options: Options): LineRules {
  const given = new Map<string, string>()
  const known: readonly string[] = [...OPTIONS, ...OF_FORMATS]
  for (const [key, value] of Object.entries(options)) {
    if (!known.includes(key.toLowerCase()) && !isSelectionOption(key)) throw unknownOption('text', key, value)
    given.set(key.toLowerCase(), value)
  }
  const separator = given.get('linesep')
  if (separator === '') throw invalid('lineSep', separator, 'it may not be empty')
  const [quote, comment] = [given.get('lines.quote'), given.get('lines.comment')]
  const shapes = given.get('lines.shapes')
  return {
    ...(separator === undefined ? {} : { separator }),
    areOfFormat: OF_FORMATS.some((key) => given.has(key)),
    encoding: encodingOf(given.get('encoding') ?? 'UTF-8'),
    isWhole: flag(given, 'wholetext'),
    skipsBlank: flag(given, 'lines.skipblank'),
    ...(comment ? { comment } : {}),
    hasHeader: flag(given, 'lines.header'),
    ...(shapes === undefined ? {} : { shapes: Buffer.from(shapes, 'base64') }),
    ...(quote === undefined
      ? {}
      : { quoted: { quote, escape: given.get('lines.escape') ?? '', delimiter: given.get('lines.delimiter') ?? ',' } }),
  }
}

function flag(given: ReadonlyMap<string, string>, key: string): boolean {
  const value = given.get(key)?.toLowerCase() ?? 'false'
  if (value !== 'true' && value !== 'false') throw invalid(key, value, 'it is true or false')
  return value === 'true'
}

const invalid = (option: string, value: string, reason: string): MillraceError =>
  new MillraceError('INVALID_OPTION', { option, value, reason })
