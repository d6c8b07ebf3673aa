import { csvFormat } from './csv.js'
import { csvWriting } from './csv-writing.js'
import { jsonFormat } from './json.js'
import { jsonWriting } from './json-writing.js'
import { plainWriting } from './plain-writing.js'
import type { TextFormat } from './text-format.js'
import type { TextWriting } from './text-writing.js'

const byName = <T extends { readonly name: string }>(all: readonly T[]): ReadonlyMap<string, T> =>
  new Map(all.map((one) => [one.name, one]))

const FORMATS = byName<TextFormat>([csvFormat, jsonFormat])
const WRITINGS = byName<TextWriting>([csvWriting, jsonWriting, plainWriting])

/** The format whose rows are lines of texts; undefined for one that a source reads itself. */
export const textFormat = (name: string): TextFormat | undefined => FORMATS.get(name.toLowerCase())

/** How a format writes rows that are lines of texts; undefined for one that a sink writes itself. */
export const textWriting = (name: string): TextWriting | undefined => WRITINGS.get(name.toLowerCase())
