import type { Schema } from '../../columnar/types.js'
import type { Value } from '../../columnar/value-reader.js'
import { cellText } from './cell-text.js'

const ESCAPES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;' }
const escaped = (text: string): string => text.replaceAll(/[&<>]/g, (c) => ESCAPES[c]!)

/** Rows as a table of HTML, as notebooks show them. */
export function htmlTable(
  schema: Schema,
  rows: readonly (readonly Value[])[],
  { hasMore, timeZone }: { readonly hasMore: boolean; readonly timeZone: string },
): string {
  const line = (tag: 'th' | 'td', texts: readonly string[]): string =>
    `<tr>${texts.map((text) => `<${tag}>${escaped(text)}</${tag}>`).join('')}</tr>`
  const header = schema.fields.map(({ name }) => name)
  const cells = rows.map((row) => row.map((value, i) => cellText(value, schema.fields[i]!.type, timeZone)))
  const lines = [line('th', header), ...cells.map((texts) => line('td', texts))]
  const table = ["<table border='1'>", ...lines, '</table>', ''].join('\n')
  return hasMore ? `${table}only showing top ${rows.length} ${rows.length === 1 ? 'row' : 'rows'}\n` : table
}
