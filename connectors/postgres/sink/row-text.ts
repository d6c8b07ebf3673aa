import type { StoredNested } from '../../../columnar/stored-values.js'
import type { PlainType, Schema } from '../../../columnar/types.js'
import { type PresentValue, valueText } from '../value-text.js'

/** A row of columns as a line of COPY. */
export type RowText = (columns: readonly (readonly StoredNested[])[], row: number) => string

const NULL = '\\N'
const ESCAPES: Readonly<Record<string, string>> = { '\\': '\\\\', '\n': '\\n', '\r': '\\r', '\t': '\\t' }
const escaped = (text: string): string => text.replace(/[\\\n\r\t]/g, (one) => ESCAPES[one]!)

/** How rows of these columns are written, whose types the server has. */
export function rowText({ fields }: Schema): RowText {
  const texts = fields.map(({ type }) => {
    const text = valueText(type as PlainType)!
    return type.kind === 'string' || type.kind === 'binary' ? (value: PresentValue) => escaped(text(value)) : text
  })
  return (columns, row) => {
    let line = ''
    for (const [i, text] of texts.entries()) {
      const value = columns[i]![row] as PresentValue | null
      if (i > 0) line += '\t'
      line += value === null ? NULL : text(value)
    }
    return `${line}\n`
  }
}
