import type { Decimal } from '../../columnar/decimal.js'
import { type Column, functionOf, nameOrColumn } from '../column/column.js'
import type { ColumnOrLiteral, ReferencesOfOperand } from '../column/column-base.js'
import type { ReferencesOf } from '../column/column-types.js'
import { type ColumnOrName, ofOne } from './makers.js'

/* Texts: their parts, other codes of them, patterns, URLs and JSON. */

type OfOne<A, V> = Column<V | null, string, ReferencesOf<A>>
type OfAll<A extends readonly ColumnOrName[], V> = Column<V | null, string, ReferencesOf<A[number]>>

/** A function of columns alone. */
const several =
  <V>(name: string) =>
  <const A extends readonly [ColumnOrName, ...ColumnOrName[]]>(...columns: A): OfAll<A, V> =>
    functionOf(name, ...columns.map(nameOrColumn))

/** A function of a column, with constants or columns behind it. */
const withOperands =
  <V, O extends readonly ColumnOrLiteral[]>(name: string) =>
  <const A extends ColumnOrName, const P extends O>(
    column: A,
    ...operands: P
  ): Column<V | null, string, ReferencesOf<A> | ReferencesOfOperand<P[number]>> =>
    functionOf(name, nameOrColumn(column), ...operands)

type Pattern = readonly [pattern: string | Column]
/** Operands, and perhaps one more. */
type Optionally<R extends readonly ColumnOrLiteral[], V extends ColumnOrLiteral> = R | readonly [...R, V]

export const initcap = ofOne<string | null>('initcap')
export const soundex = ofOne<string | null>('soundex')
export const quote = ofOne<string | null>('quote')
/** The words of each sentence; a language and a country may be told. */
export const sentences = withOperands<
  readonly (readonly string[])[],
  readonly [] | Optionally<readonly [language: string | Column], string | Column>
>('sentences')
/** How far two texts are apart. */
export const levenshtein = several<number>('levenshtein')
/** The number of the first text among those that the second has between commas. */
export const findInSet = several<number>('find_in_set')
/** The text whose number the first column is. */
export const elt = several<string>('elt')
export const splitPart = withOperands<string, readonly [delimiter: string | Column, number: number | Column]>(
  'split_part',
)

/** Texts with another one between them; NULLs are passed over. */
export function concatWs<const A extends readonly ColumnOrName[]>(separator: string, ...columns: A): OfAll<A, string> {
  return functionOf('concat_ws', separator, ...columns.map(nameOrColumn))
}

/** Values in the places of a format of Java. */
export function formatString<const A extends readonly ColumnOrName[]>(format: string, ...columns: A): OfAll<A, string> {
  return functionOf('format_string', format, ...columns.map(nameOrColumn))
}
export const printf = formatString

/** So many characters from the start. */
export function left<const A extends ColumnOrName>(column: A, count: number): OfOne<A, string> {
  return functionOf('left', nameOrColumn(column), count)
}

/** Characters from a position (the first is 1) on. */
export function substring<const A extends ColumnOrName>(column: A, position: number, count: number): OfOne<A, string> {
  return functionOf('substring', nameOrColumn(column), position, count)
}

export const base64 = ofOne<string | null>('base64')
export const unbase64 = ofOne<Uint8Array | null>('unbase64')
export const unhex = ofOne<Uint8Array | null>('unhex')
export const encode = withOperands<Uint8Array, readonly [charset: string | Column]>('encode')
export const decode = withOperands<string, readonly [charset: string | Column]>('decode')
export const toBinary = withOperands<Uint8Array, Optionally<readonly [], string>>('to_binary')
export const tryToBinary = withOperands<Uint8Array, Optionally<readonly [], string>>('try_to_binary')
export const isValidUtf8 = ofOne<boolean | null>('is_valid_utf8')
export const makeValidUtf8 = ofOne<string | null>('make_valid_utf8')
export const validateUtf8 = ofOne<string | null>('validate_utf8')
export const tryValidateUtf8 = ofOne<string | null>('try_validate_utf8')
export const collate = withOperands<string, readonly [collation: string]>('collate')
export const collation = ofOne<string | null>('collation')

/** The number that a text tells by a pattern. */
export const toNumber = withOperands<Decimal, Pattern>('to_number')
export const tryToNumber = withOperands<Decimal, Pattern>('try_to_number')
/** A number, a time or bytes as a text by a pattern. */
export const toChar = withOperands<string, Pattern>('to_char')
export const toVarchar = withOperands<string, Pattern>('to_varchar')
/** A number with commas and so many places, or by a pattern of Java. */
export const formatNumber = withOperands<string, readonly [number | string | Column]>('format_number')
export const urlEncode = ofOne<string | null>('url_encode')
export const urlDecode = ofOne<string | null>('url_decode')
export const tryUrlDecode = ofOne<string | null>('try_url_decode')
export const parseUrl = withOperands<string, Optionally<readonly [part: string | Column], string | Column>>('parse_url')
export const tryParseUrl = withOperands<string, Optionally<readonly [part: string | Column], string | Column>>(
  'try_parse_url',
)

/** Whether a pattern, in Java's syntax, matches somewhere in a text. */
export const rlike = withOperands<boolean, Pattern>('rlike')
export const regexp = withOperands<boolean, Pattern>('regexp')
export const regexpLike = withOperands<boolean, Pattern>('regexp_like')
export const regexpCount = withOperands<number, Pattern>('regexp_count')
export const regexpInstr = withOperands<number, Optionally<Pattern, number>>('regexp_instr')
export const regexpSubstr = withOperands<string, Pattern>('regexp_substr')
export const regexpExtract = withOperands<string, Optionally<Pattern, number | Column>>('regexp_extract')
/** Each match replaced, `$1` in the replacement being the first group. */
export const regexpReplace = withOperands<
  string,
  Optionally<readonly [pattern: string | Column, replacement: string | Column], number>
>('regexp_replace')

/** What a path, as `$.a[0]`, finds in JSON text. */
export const getJsonObject = withOperands<string, readonly [path: string | Column]>('get_json_object')
export const jsonArrayLength = ofOne<number | null>('json_array_length')
