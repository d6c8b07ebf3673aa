import type { StoredNested } from '../../../columnar/stored-values.js'
import type { DataType, PlainType, Schema } from '../../../columnar/types.js'
import { type PresentValue, valueText } from '../value-text.js'

/** A row of columns as a line of COPY. */
export type RowText = (columns: readonly (readonly StoredNested[])[], row: number) => string

const NULL = '\\N'
const ESCAPES: Readonly<Record<string, string>> = { '\\': '\\\\', '\n': '\\n', '\r': '\\r', '\t': '\\t' }
const escaped = (text: string): string => text.replace(/[\\\n\r\t]/g, (one) => ESCAPES[one]!)

/** How rows of these columns are written, whose types the server has. */
export function rowText({ fields }: Schema): RowText {
  const texts = fields.map(({ type }) => copiedText(type))
  return (columns, row) => {
    let line = ''
    for (const [i, text] of texts.entries()) {
      const value = columns[i]![row] ?? null
      if (i > 0) line += '\t'
      line += value === null ? NULL : text(value)
    }
    return `${line}\n`
  }
}

type ValueText = (value: NonNullable<StoredNested>) => string

function copiedText(type: DataType): ValueText {
  if (type.kind === 'array') {
    const text = elementText(type.element)
    return (list) => escaped(`{${(list as readonly StoredNested[]).map(text).join(',')}}`)
  }
  const text = valueText(type as PlainType)!
  const isAnyText = type.kind === 'string' || type.kind === 'binary'
  return isAnyText ? (value) => escaped(text(value as PresentValue)) : (value) => text(value as PresentValue)
}

/** An element of an array, in quotes, within which only these and the sign before them mean something. */
function elementText(type: DataType): (value: StoredNested) => string {
  const text = valueText(type as PlainType)!
  return (value) => (value === null ? 'NULL' : `"${text(value as PresentValue).replace(/["\\]/g, '\\$&')}"`)
}
