import type { Options } from '../../../connectors/api.js'
import type { OptionRules } from '../functions/text-options.js'
import { textFormat, textWriting } from './registry.js'

/** Options of lines that are read as they are. */
const LINE_READING: OptionRules = {
  path: { kind: 'text' },
  lineSep: { kind: 'text' },
  wholetext: { kind: 'text' },
  encoding: { kind: 'text' },
  pathGlobFilter: { kind: 'text' },
  recursiveFileLookup: { kind: 'text' },
  basePath: { kind: 'text' },
  modifiedBefore: { kind: 'text' },
  modifiedAfter: { kind: 'text' },
}

/*
 * A table has options of both: those with which its files are read, and those with which they are written. Each leaves out what is the other's only,
 * so that others are still refused.
 */

/** The options of a table with which its files are read: none of a format that a source reads itself. */
export function readingOptions(format: string, options: Options): Options {
  const writing = textWriting(format)?.rules
  return writing ? without(options, writing, textFormat(format)?.rules ?? LINE_READING) : {}
}

/** The options of a table with which its files are written. */
export function writingOptions(format: string, options: Options): Options {
  const writing = textWriting(format)?.rules
  return writing ? without(options, textFormat(format)?.rules ?? LINE_READING, writing) : options
}

const has = (rules: OptionRules, key: string): boolean =>
  Object.keys(rules).some((name) => name.toLowerCase() === key.toLowerCase())

const without = (options: Options, others: OptionRules, own: OptionRules): Options =>
  Object.fromEntries(Object.entries(options).filter(([key]) => has(own, key) || !has(others, key)))
