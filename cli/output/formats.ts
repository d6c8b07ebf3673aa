import { streamArrow } from '../../columnar/arrow/ipc-stream.js'
import { csv } from './csv.js'
import { json, jsonLines } from './json.js'
import { markdown } from './markdown.js'
import type { OutputFormat } from './output-format.js'
import { parquet } from './parquet.js'
import { table } from './table.js'

export type FormatName = 'table' | 'markdown' | 'csv' | 'json' | 'jsonl' | 'arrow' | 'parquet'

export const FORMATS: Readonly<Record<FormatName, OutputFormat>> = {
  table,
  markdown,
  csv,
  json,
  jsonl: jsonLines,
  arrow: { isBinary: true, render: streamArrow },
  parquet,
}

export const FORMAT_NAMES = Object.keys(FORMATS) as readonly FormatName[]

export const isFormatName = (name: string): name is FormatName => Object.hasOwn(FORMATS, name)
