import { readFileSync } from 'node:fs'
import { findSourceMap } from 'node:module'
import { fileURLToPath } from 'node:url'
import type { SourcePlace } from '../../planner/plan/expression/user-function.js'
import type { AnyFunction } from './any-function.js'

/**
 * Where a function is written, so that what it throws can be told with its line: it is looked for in the file of the call that declares it, as that runs, and its
 * beginning in the source that a source map tells. Of one that is not found there the line of the call is told.
 * @param entry the method of the API that the user called
 */
export function sourcePlace(text: string, entry: AnyFunction): SourcePlace | undefined {
  const call = callerOf(entry)
  return call && inSource(found(text, call) ?? { ...call, column: 0 })
}

/** The place of the call as it runs, which a stack with source maps does not tell. */
function callerOf(entry: AnyFunction): SourcePlace | undefined {
  const before = Error.prepareStackTrace
  const holder: { stack?: unknown } = {}
  try {
    Error.prepareStackTrace = (_, sites) => sites
    Error.captureStackTrace(holder, entry)
    const [site] = holder.stack as readonly NodeJS.CallSite[]
    const file = site?.getFileName()
    const [line, column] = [site?.getLineNumber(), site?.getColumnNumber()]
    return file && line && column ? { file, line: line - 1, column: column - 1 } : undefined
  } finally {
    Error.prepareStackTrace = before
  }
}

function inSource(place: SourcePlace): SourcePlace {
  const entry = findSourceMap(place.file)?.findEntry(place.line, place.column)
  if (!entry || !('originalSource' in entry) || !entry.originalSource) return place
  return { file: entry.originalSource, line: entry.originalLine, column: entry.originalColumn }
}

/** The place of the text in the file that is next to the call, before or behind it. */
function found(text: string, { file, line }: SourcePlace): SourcePlace | undefined {
  const source = contentOf(file)
  if (source === undefined) return undefined
  const places: SourcePlace[] = []
  for (let at = source.indexOf(text); at >= 0; at = source.indexOf(text, at + 1)) {
    const before = source.slice(0, at).split('\n')
    places.push({ file, line: before.length - 1, column: before.at(-1)!.length })
  }
  return places.toSorted((a, b) => Math.abs(a.line - line) - Math.abs(b.line - line))[0]
}

function contentOf(file: string): string | undefined {
  try {
    return readFileSync(file.startsWith('file:') ? fileURLToPath(file) : file, 'utf8')
  } catch {
    return undefined
  }
}
