import { type DataType, type Schema, typeName } from '../../columnar/types.js'
import type { Value } from '../../columnar/value-reader.js'
import { cellText } from './cell-text.js'

export interface ShowOptions {
  readonly truncate: boolean | number
  /** Whether there are more rows than are given. */
  readonly hasMore: boolean
  /** That of the session; UTC when absent. */
  readonly timeZone?: string
}

const DEFAULT_WIDTH = 20
const MIN_WIDTH = 3
const DOTS = '...'

/** Characters that take two places in a terminal, as Spark's `fullWidthRegex` has them. */
const FULL_WIDTH =
  /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe10-\ufe19\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]/g

/** Lengths count UTF-16 units, as Java's do: a character beyond them takes two. */
const widthOf = (text: string): number => text.length + (text.match(FULL_WIDTH)?.length ?? 0)

/** Control characters that would break the table, as Spark's `escapeMetaCharacters` writes them. */
const ESCAPES: Readonly<Record<string, string>> = {
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
  '\f': '\\f',
  '\b': '\\b',
  '\v': '\\v',
  '\u0007': '\\a',
}
/** A text with nothing in it that would break a table. */
export const escaped = (text: string): string => text.replaceAll(/\p{Cc}/gu, (c) => ESCAPES[c] ?? c)

/** Rows as the table that Spark's `show` prints. */
export function showTable(
  schema: Schema,
  rows: readonly (readonly Value[])[],
  { truncate, hasMore, timeZone }: ShowOptions,
): string {
  const most = truncate === true ? DEFAULT_WIDTH : truncate === false ? 0 : truncate
  const header = schema.fields.map((f) => escaped(f.name))
  const cells = rows.map((row) =>
    row.map((value, i) => cut(escaped(cellText(value, schema.fields[i]!.type, timeZone)), most)),
  )
  const widths = header.map((name, i) =>
    cells.reduce((width, row) => Math.max(width, widthOf(row[i]!)), Math.max(MIN_WIDTH, widthOf(name))),
  )
  const rule = `+${widths.map((width) => '-'.repeat(width)).join('+')}+`
  const pad = (text: string, width: number): string => {
    const spaces = ' '.repeat(width - widthOf(text))
    return most > 0 ? spaces + text : text + spaces
  }
  const line = (texts: readonly string[]): string => `|${texts.map((text, i) => pad(text, widths[i]!)).join('|')}|`
  const table = [rule, line(header), rule, ...cells.map(line), rule].join('\n')
  if (!hasMore) return `${table}\n`
  return `${table}\nonly showing top ${rows.length} ${rows.length === 1 ? 'row' : 'rows'}\n`
}

function cut(text: string, most: number): string {
  if (most <= 0 || text.length <= most) return text
  return most < 4 ? text.slice(0, most) : `${text.slice(0, most - DOTS.length)}${DOTS}`
}

/** What `printSchema` calls types whose SQL name is another. */
const TREE_NAMES: Partial<Record<DataType['kind'], string>> = {
  tinyint: 'byte',
  smallint: 'short',
  int: 'integer',
  bigint: 'long',
  struct: 'struct',
  array: 'array',
  map: 'map',
}

/** A schema as `printSchema` prints it. @param level how deep */
export function schemaTree(schema: Schema, level = Number.POSITIVE_INFINITY): string {
  const lines = schema.fields.flatMap((f) => fieldLines(f.name, f.type, `nullable = ${f.nullable}`, ' '))
  const isShown = (line: string): boolean => line.indexOf('|--') < level * LEVEL_INDENT
  return `root\n${lines.filter(isShown).join('')}`
}

/** How far the names of a level stand behind those of the one above. */
const LEVEL_INDENT = ' |   '.length

function fieldLines(name: string, type: DataType, note: string, indent: string): string[] {
  const line = `${indent}|-- ${name}: ${TREE_NAMES[type.kind] ?? typeName(type)} (${note})\n`
  const inner = `${indent}|    `
  if (type.kind === 'struct') {
    return [line, ...type.fields.flatMap((f) => fieldLines(f.name, f.type, `nullable = ${f.nullable}`, inner))]
  }
  if (type.kind === 'array') {
    return [line, ...fieldLines('element', type.element, `containsNull = ${type.containsNull}`, inner)]
  }
  if (type.kind !== 'map') return [line]
  const [key, ...ofKey] = fieldLines('key', type.key, '', inner)
  const value = fieldLines('value', type.value, `valueContainsNull = ${type.valueContainsNull}`, inner)
  return [line, key!.replace(' ()', ''), ...ofKey, ...value]
}
