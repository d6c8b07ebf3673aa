import { type DataType, type Schema, typeName } from '../../columnar/types.js'
import type { Value } from '../../columnar/value-reader.js'
import { cellText } from './cell-text.js'

export interface ShowOptions {
  readonly truncate: boolean | number
  /** Whether each value has a line of its own. */
  readonly vertical?: boolean
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

/** Rows as Spark's `show` prints them: as a table, or line by line. */
export function showRows(
  schema: Schema,
  rows: readonly (readonly Value[])[],
  { truncate, vertical, hasMore, timeZone }: ShowOptions,
): string {
  const most = truncate === true ? DEFAULT_WIDTH : truncate === false ? 0 : truncate
  const header = schema.fields.map((f) => escaped(f.name))
  const cells = rows.map((row) =>
    row.map((value, i) => cut(escaped(cellText(value, schema.fields[i]!.type, timeZone)), most)),
  )
  const shown = vertical ? records(header, cells) : table(header, cells, most)
  return hasMore ? `${shown}only showing top ${rows.length} ${rows.length === 1 ? 'row' : 'rows'}\n` : shown
}

type Cells = readonly (readonly string[])[]

/** @param most the most characters of a value; of values that are cut the last ones stand below one another */
function table(header: readonly string[], cells: Cells, most: number): string {
  const widths = header.map((name, i) =>
    cells.reduce((width, row) => Math.max(width, widthOf(row[i]!)), Math.max(MIN_WIDTH, widthOf(name))),
  )
  const rule = `+${widths.map((width) => '-'.repeat(width)).join('+')}+`
  const pad = (text: string, width: number): string => {
    const spaces = ' '.repeat(width - widthOf(text))
    return most > 0 ? spaces + text : text + spaces
  }
  const line = (texts: readonly string[]): string => `|${texts.map((text, i) => pad(text, widths[i]!)).join('|')}|`
  return `${[rule, line(header), rule, ...cells.map(line), rule].join('\n')}\n`
}

const widest = (texts: readonly string[]): number =>
  texts.reduce((width, text) => Math.max(width, widthOf(text)), MIN_WIDTH)

/** What stands around names and values in their lines. */
const AROUND_VALUES = '  |  '.length

function records(header: readonly string[], cells: Cells): string {
  if (cells.length === 0) return '(0 rows)\n'
  const padded = (text: string, width: number): string => text + ' '.repeat(width - widthOf(text))
  const [ofNames, ofValues] = [widest(header), widest(cells.flat())]
  const lines = cells.flatMap((row, i) => [
    `-RECORD ${i}`.padEnd(ofNames + ofValues + AROUND_VALUES, '-'),
    ...row.map((text, column) => ` ${padded(header[column]!, ofNames)} | ${padded(text, ofValues)} `),
  ])
  return `${lines.join('\n')}\n`
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
