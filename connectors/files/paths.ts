import { statSync } from 'node:fs'
import { basename, join } from 'node:path'
import { MillraceError } from '../../common/errors/millrace-error.js'
import { failedRead, hasCode, reasonOf } from './file-errors.js'
import { globMatcher, isPattern } from './glob.js'
import { localPath } from './local-path.js'
import { isVisible, visibleEntries } from './visible-files.js'

const MAX_GLOB_ENTRIES = 1_000_000

/**
 * The files that a list of paths names: a file is itself, a directory its files, a pattern what matches. Sorted by path within each. Files
 * that no job or streaming query has committed are not there.
 */
export async function resolvePaths(paths: readonly string[]): Promise<readonly string[]> {
  const found: string[] = []
  for (const path of paths) {
    const local = localPath(path)
    // A name that exists is taken as it is, also with characters of a pattern in it.
    const kind = kindOf(local)
    const isGlob = kind === undefined && isPattern(local)
    const places = isGlob ? await glob(local) : [local]
    if (places.length === 0) throw new MillraceError('PATH_NOT_FOUND', { path })
    for (const place of places) {
      const placeKind = isGlob ? kindOf(place) : kind
      if (placeKind === 'file' && !(isGlob && isPattern(basename(local))) && !(await isVisible(place))) {
        throw failedRead(place, 'the job or streaming query that writes its directory has not committed it')
      }
      for (const file of await filesAt(place, placeKind)) found.push(file)
    }
  }
  return found
}

type Kind = 'file' | 'directory' | undefined

/** Synchronous, as footers are read: a hop through Node's thread pool takes many times as long, and every query asks for its tables. */
function kindOf(path: string): Kind {
  try {
    return statSync(path).isDirectory() ? 'directory' : 'file'
  } catch (error) {
    if (hasCode(error, 'ENOENT', 'ENOTDIR')) return undefined
    throw failedRead(path, reasonOf(error), error)
  }
}

async function filesAt(path: string, kind: Kind): Promise<readonly string[]> {
  if (kind === undefined) throw new MillraceError('PATH_NOT_FOUND', { path })
  if (kind === 'file') return [path]
  const entries = await visibleEntries(path)
  const partition = entries.find(({ isDirectory, name }) => isDirectory && name.includes('='))
  if (partition !== undefined) {
    throw new MillraceError('UNSUPPORTED_FEATURE', {
      feature: `partitioned directories (${join(path, partition.name)})`,
    })
  }
  const files = entries.filter(({ isDirectory }) => !isDirectory)
  return files.map(({ name }) => join(path, name)).toSorted()
}

/** Expands `*`, `?`, `[…]` and `{a,b}`, segment by segment. */
async function glob(pattern: string): Promise<readonly string[]> {
  const segments = pattern.split('/')
  let places = [segments[0] === '' ? '/' : '.']
  const isRelative = segments[0] !== ''
  for (const segment of isRelative ? segments : segments.slice(1)) {
    if (segment === '') continue
    if (!isPattern(segment)) {
      places = places.map((place) => join(place, segment))
      continue
    }
    const isMatch = globMatcher(segment)
    const next: string[] = []
    for (const place of places) {
      if (kindOf(place) !== 'directory') continue
      for (const { name } of await visibleEntries(place)) if (isMatch(name)) next.push(join(place, name))
      if (next.length > MAX_GLOB_ENTRIES) throw failedRead(pattern, `it matches more than ${MAX_GLOB_ENTRIES} names`)
    }
    places = next
  }
  // What a listing has must be there; a name behind a pattern need not be everywhere.
  return (isPattern(basename(pattern)) ? places : places.filter((place) => kindOf(place) !== undefined)).toSorted()
}
