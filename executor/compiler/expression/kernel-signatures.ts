import type { ValueType } from '../wasm/types.js'

type Signature = readonly [parameters: string, result: string]

const CODES: Readonly<Record<string, ValueType>> = { i: 'i32', l: 'i64', f: 'f32', d: 'f64' }

/** The kernels expressions call, with their types in short: i = i32, l = i64, f = f32, d = f64. */
const SIGNATURES = {
  arenaAllocate: ['i', 'i'],
  bytesEqual: ['iii', 'i'],
  bytesCompare: ['iiii', 'i'],
  doubleRemainder: ['dd', 'd'],
  decimalAdd: ['llilliiiii', 'i'],
  decimalMultiply: ['lllliii', 'i'],
  decimalDivide: ['lllliii', 'i'],
  decimalRemainder: ['lllliiii', 'i'],
  decimalIntegerDivide: ['llllii', 'i'],
  decimalExceeds: ['lli', 'i'],
  decimalRescale: ['lliii', 'i'],
  decimalFromDouble: ['diiii', 'i'],
  doubleFromDecimal: ['lli', 'd'],
  floatFromDecimal: ['lli', 'f'],
  parseBoolean: ['ii', 'i'],
  parseLong: ['iii', 'i'],
  parseDouble: ['iii', 'i'],
  parseFloat: ['iii', 'i'],
  parseDecimal: ['iiiii', 'i'],
  parseDate: ['iii', 'i'],
  parseTimestamp: ['iiii', 'i'],
  formatLong: ['li', ''],
  formatDouble: ['dii', ''],
  formatDecimal: ['llii', ''],
  formatDate: ['ii', ''],
  formatTimestamp: ['li', ''],
  formatTimestampIso: ['li', ''],
  jsonBegin: ['', ''],
  jsonRaw: ['ii', ''],
  jsonKey: ['ii', ''],
  jsonText: ['ii', ''],
  jsonFinish: ['i', ''],
  json_extract: ['iiii', 'i'],
  inLongs: ['lii', 'i'],
  inStrings: ['iiii', 'i'],
  yearOfDate: ['i', 'i'],
  monthOfDate: ['i', 'i'],
  dayOfDate: ['i', 'i'],
  addMonths: ['il', 'l'],
  timestampAddMonths: ['lli', 'i'],
  unitsBetween: ['lll', 'l'],
  monthsBetween: ['ll', 'l'],
  utf8Length: ['ii', 'i'],
  utf8Substring: ['iiiii', ''],
  bytesFind: ['iiii', 'i'],
  likeParts: ['iiiii', 'i'],
  likeMatch: ['iiii', 'i'],
  leadingSpaces: ['ii', 'i'],
  lengthWithoutTrailingSpaces: ['ii', 'i'],
  changeCase: ['iiii', ''],
} as const satisfies Record<string, Signature>

export type KernelName = keyof typeof SIGNATURES

export function kernelSignature(name: KernelName): readonly [readonly ValueType[], readonly ValueType[]] {
  const [parameters, result]: Signature = SIGNATURES[name]
  const types = (codes: string) => [...codes].map((code) => CODES[code]!)
  return [types(parameters), types(result)]
}
