import { Decimal } from '../columnar/decimal.js'
import { type DataType, type Schema, typeName } from '../columnar/types.js'

export interface ShowOptions {
  readonly truncate: boolean | number
  /** Whether there are more rows than are given. */
  readonly hasMore: boolean
}

const DEFAULT_WIDTH = 20
const MIN_WIDTH = 3
const MAX_FLOAT_DIGITS = 10

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
const escaped = (text: string): string => text.replaceAll(/\p{Cc}/gu, (c) => ESCAPES[c] ?? c)

/** Rows as the table that Spark's `show` prints. */
export function showTable(
  schema: Schema,
  rows: readonly (readonly unknown[])[],
  { truncate, hasMore }: ShowOptions,
): string {
  const most = truncate === true ? DEFAULT_WIDTH : truncate === false ? 0 : truncate
  const header = schema.fields.map((f) => escaped(f.name))
  const cells = rows.map((row) => row.map((value, i) => cut(escaped(cellText(value, schema.fields[i]!.type)), most)))
  const widths = header.map((name, i) => Math.max(MIN_WIDTH, ...[name, ...cells.map((row) => row[i]!)].map(widthOf)))
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
  return most < 4 ? text.slice(0, most) : `${text.slice(0, most - 3)}...`
}

/** A value as `show` prints it. */
export function cellText(value: unknown, type: DataType): string {
  if (value === null || value === undefined) return 'NULL'
  if (value instanceof Decimal) return value.toString()
  if (value instanceof Date) return type.kind === 'date' ? dateText(value) : timestampText(value)
  if (value instanceof Uint8Array)
    return `[${[...value].map((byte) => byte.toString(16).padStart(2, '0').toUpperCase()).join(' ')}]`
  if (typeof value === 'number' && type.kind === 'double') return doubleText(value)
  if (typeof value === 'number' && type.kind === 'float') return doubleText(shortestFloat(value))
  if (type.kind === 'struct') {
    const fields = value as Record<string, unknown>
    return `{${type.fields.map((f) => cellText(fields[f.name], f.type)).join(', ')}}`
  }
  return String(value)
}

const dateText = (date: Date): string => date.toISOString().slice(0, 10)

/** The fraction without zeros at its end, as Spark prints timestamps. */
const timestampText = (date: Date): string =>
  date
    .toISOString()
    .replace('T', ' ')
    .replace(/\.(\d*?)0*Z$/, (_, digits: string) => (digits === '' ? '' : `.${digits}`))

/** The number with the fewest digits that is the same float, which is what a float prints as. */
function shortestFloat(value: number): number {
  for (let digits = 1; digits < MAX_FLOAT_DIGITS; digits++) {
    const short = Number(value.toPrecision(digits))
    if (Math.fround(short) === value) return short
  }
  return value
}

/** Java's `Double.toString`: always a point, an exponent from 10^7 on and below 10^-3. */
function doubleText(value: number): string {
  if (Number.isNaN(value)) return 'NaN'
  if (!Number.isFinite(value)) return value > 0 ? 'Infinity' : '-Infinity'
  const size = Math.abs(value)
  if (size !== 0 && (size >= 1e7 || size < 1e-3)) {
    const [digits, exponent] = value.toExponential().split('e')
    return `${digits!.includes('.') ? digits : `${digits}.0`}E${Number(exponent)}`
  }
  return Number.isInteger(value) ? `${Object.is(value, -0) ? '-0' : value}.0` : String(value)
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

/** A schema as `printSchema` prints it. */
export function schemaTree(schema: Schema): string {
  return `root\n${schema.fields.flatMap((f) => fieldLines(f.name, f.type, `nullable = ${f.nullable}`, ' ')).join('')}`
}

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
