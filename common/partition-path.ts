/*
 * Folders named after the values of columns, as Hive lays them out: `a=1/b=x`. Values are texts; what paths or Hive give a meaning is written
 * as `%2F`.
 */

/** The name of the folder of NULL, and of empty text. */
const NO_VALUE = '__HIVE_DEFAULT_PARTITION__'

// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are among those that are escaped
const ESCAPED = /[\u0001-\u001f"#%'*/:=?\\\u007f{[\]^]/g

const escaped = (text: string): string =>
  text.replace(ESCAPED, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`)

const unescaped = (text: string): string =>
  text.replace(/%([0-9A-Fa-f]{2})/g, (_, code: string) => String.fromCharCode(Number.parseInt(code, 16)))

/** A column and the text of its value; null is NULL. */
export type PartitionText = readonly [column: string, text: string | null]

/** The folder of some values, one within the other. */
export const partitionFolder = (values: readonly PartitionText[]): string =>
  values.map(([column, text]) => `${escaped(column)}=${text ? escaped(text) : NO_VALUE}`).join('/')

/** What a name of a folder says; undefined when it is none of a partition. */
export function partitionText(name: string): PartitionText | undefined {
  const at = name.indexOf('=')
  if (at <= 0) return undefined
  const value = name.slice(at + 1)
  return [unescaped(name.slice(0, at)), value === NO_VALUE ? null : unescaped(value)]
}

/** The inverse of `partitionFolder`. */
export const partitionTexts = (folder: string): readonly PartitionText[] =>
  folder === '' ? [] : folder.split('/').map((name) => partitionText(name)!)
