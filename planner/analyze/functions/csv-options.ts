import { MillraceError } from '../../../common/errors/millrace-error.js'
import type { TextOptions } from '../../plan/expression/text-options.js'
import { type OptionRules, type OptionSite, TIME_OPTIONS } from './text-options.js'
import { MODE_OPTIONS } from './text-schema.js'

const text = (usual: string) => ({ kind: 'text', usual }) as const
const flag = (usual: boolean) => ({ kind: 'flag', usual }) as const

const SIGNS: OptionRules = {
  sep: text(','),
  delimiter: text(','),
  quote: text('"'),
  escape: text('\\'),
  nullValue: text(''),
  /** There is no row of names in one text. */
  header: flag(false),
}

export const CSV_READING: OptionRules = {
  ...MODE_OPTIONS,
  ...TIME_OPTIONS,
  ...SIGNS,
  comment: text(''),
  emptyValue: text(''),
  nanValue: text('NaN'),
  positiveInf: text('Inf'),
  negativeInf: text('-Inf'),
  ignoreLeadingWhiteSpace: flag(false),
  ignoreTrailingWhiteSpace: flag(false),
}

export const CSV_WRITING: OptionRules = {
  ...TIME_OPTIONS,
  ...SIGNS,
  emptyValue: text('""'),
  ignoreLeadingWhiteSpace: flag(true),
  ignoreTrailingWhiteSpace: flag(true),
  quoteAll: flag(false),
}

/** Of one row that others are like. */
export const CSV_SAMPLE: OptionRules = { ...SIGNS, nanValue: text('NaN') }

const ONE_BYTE = ['quote', 'escape', 'comment'] as const
const isByte = (sign: string | undefined): boolean => sign === undefined || (sign.length === 1 && sign < '\u0080')
const SEPARATORS: Readonly<Record<string, string>> = { '\\t': '\t', '\\\\': '\\' }

/** The options as kernels take them: one name for the separator, signs of one byte. @throws UNSUPPORTED_FEATURE */
export function csvOptions({ delimiter, header, ...given }: TextOptions, { name, origin }: OptionSite): TextOptions {
  const sep = given['sep'] ?? delimiter
  const wrong = sep === '' ? 'sep' : ONE_BYTE.find((option) => !isByte(given[option]))
  if (wrong !== undefined) {
    const feature = `${wrong} => '${wrong === 'sep' ? sep : given[wrong]}' of ${name}`
    throw new MillraceError('UNSUPPORTED_FEATURE', { feature }, { origin })
  }
  return sep === undefined ? given : { ...given, sep: SEPARATORS[sep] ?? sep }
}
