import { Decimal } from '../columnar/decimal.js'
import { type DataType, type Schema, typeName } from '../columnar/types.js'

export interface ShowOptions {
  readonly truncate: boolean | number
  /** Whether there are more rows than are given. */
  readonly hasMore: boolean
}

const DEFAULT_WIDTH = 20
const MIN_WIDTH = 3

/** Characters that take two places in a terminal, as Spark's `Utils.fullWidthRegex` has them. */
const FULL_WIDTH = /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe4f\uff00-\uff60\uffe0-\uffe6]/g

const widthOf = (text: string): number => [...text].length + (text.match(FULL_WIDTH)?.length ?? 0)

/** Rows as the table that Spark's `show` prints. */
export function showTable(
  schema: Schema,
  rows: readonly (readonly unknown[])[],
  { truncate, hasMore }: ShowOptions,
): string {
  const most = truncate === true ? DEFAULT_WIDTH : truncate === false ? 0 : truncate
  const header = schema.fields.map((f) => cut(f.name, most))
  const cells = rows.map((row) => row.map((value, i) => cut(cellText(value, schema.fields[i]!.type), most)))
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
  const characters = [...text]
  if (most <= 0 || characters.length <= most) return text
  return most < 4 ? characters.slice(0, most).join('') : `${characters.slice(0, most - 3).join('')}...`
}

/** A value as `show` prints it. */
export function cellText(value: unknown, type: DataType): string {
  if (value === null || value === undefined) return 'NULL'
  if (value instanceof Decimal) return value.toString()
  if (value instanceof Date) return type.kind === 'date' ? dateText(value) : timestampText(value)
  if (value instanceof Uint8Array)
    return `[${[...value].map((byte) => byte.toString(16).padStart(2, '0').toUpperCase()).join(' ')}]`
  if (typeof value === 'number' && (type.kind === 'double' || type.kind === 'float')) return doubleText(value)
  if (type.kind === 'struct') {
    const fields = value as Record<string, unknown>
    return `{${type.fields.map((f) => cellText(fields[f.name], f.type)).join(', ')}}`
  }
  return String(value)
}

const dateText = (date: Date): string => date.toISOString().slice(0, 10)

/** Without fractions that are zero, as Spark prints timestamps. */
const timestampText = (date: Date): string =>
  date
    .toISOString()
    .replace('T', ' ')
    .replace('Z', '')
    .replace(/\.?0+$/, (zeros) => (zeros.startsWith('.') ? '' : zeros))

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

/** A schema as `printSchema` prints it. */
export function schemaTree(schema: Schema): string {
  const lines = ['root']
  const add = (fields: Schema['fields'], indent: string): void => {
    for (const { name, type, nullable } of fields) {
      lines.push(`${indent}|-- ${name}: ${type.kind === 'struct' ? 'struct' : typeName(type)} (nullable = ${nullable})`)
      if (type.kind === 'struct') add(type.fields, `${indent}|    `)
    }
  }
  add(schema.fields, ' ')
  return `${lines.join('\n')}\n`
}
