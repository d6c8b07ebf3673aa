import { csvFormat } from './csv.js'
import { jsonFormat } from './json.js'
import type { TextFormat } from './text-format.js'

const FORMATS: ReadonlyMap<string, TextFormat> = new Map([csvFormat, jsonFormat].map((format) => [format.name, format]))

/** The format whose rows are lines of texts; undefined for one that a source reads itself. */
export const textFormat = (name: string): TextFormat | undefined => FORMATS.get(name.toLowerCase())
