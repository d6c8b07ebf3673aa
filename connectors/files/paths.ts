import { statSync } from 'node:fs'
import { readdir } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { MillraceError } from '../../common/errors/millrace-error.js'
import { committedFiles } from './commit-log-reader.js'
import { failedRead, hasCode, reasonOf } from './file-errors.js'
import { globMatcher, isPattern } from './glob.js'

const MAX_GLOB_ENTRIES = 1_000_000

/**
 * The files that a list of paths names: a file is itself, a directory its files, a pattern what matches. Sorted by path within each. Files
 * of a streaming query that it did not commit are not there.
 */
export async function resolvePaths(paths: readonly string[]): Promise<readonly string[]> {
  const found: string[] = []
  const committed = new Committed()
  for (const path of paths) {
    const local = localPath(path)
    // A name that exists is taken as it is, also with characters of a pattern in it.
    const kind = kindOf(local)
    if (kind === undefined && isPattern(local)) {
      const matches = await glob(local)
      if (matches.length === 0) throw new MillraceError('PATH_NOT_FOUND', { path })
      for (const match of matches) {
        const matched = kindOf(match)
        if (matched === 'file' && !(await committed.has(match))) continue
        for (const file of await filesAt(match, matched)) found.push(file)
      }
    } else if (kind === 'file' && !(await committed.has(local))) {
      throw failedRead(path, 'the streaming query that writes its directory has not committed it')
    } else for (const file of await filesAt(local, kind)) found.push(file)
  }
  return found
}

/** @throws UNSUPPORTED_FEATURE for what is not on this machine */
export function localPath(path: string): string {
  if (path.startsWith('file:')) return fileURLToPath(path.replace(/^file:\/*/, 'file:///'))
  if (/^[a-z][a-z0-9+.-]*:\/\//i.test(path))
    throw new MillraceError('UNSUPPORTED_FEATURE', { feature: `paths other than of local files (${path})` })
  return path
}

/** Whether a file of a directory holds data, as Spark and Hive have it. */
function isData(name: string): boolean {
  return !name.startsWith('_') && !name.startsWith('.')
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
  const listed = await committedFiles(path)
  if (listed !== undefined) return listed.map((name) => join(path, name))
  const entries = (await readdir(path, { withFileTypes: true })).filter((entry) => isData(entry.name))
  const partition = entries.find((entry) => entry.isDirectory() && entry.name.includes('='))
  if (partition !== undefined) {
    throw new MillraceError('UNSUPPORTED_FEATURE', {
      feature: `partitioned directories (${join(path, partition.name)})`,
    })
  }
  return entries
    .filter((entry) => !entry.isDirectory())
    .map((entry) => join(path, entry.name))
    .toSorted()
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
      const names = (await readdir(place)).filter((name) => isData(name) && isMatch(name))
      for (const name of names) next.push(join(place, name))
      if (next.length > MAX_GLOB_ENTRIES) throw failedRead(pattern, `it matches more than ${MAX_GLOB_ENTRIES} names`)
    }
    places = next
  }
  return places.filter((place) => kindOf(place) !== undefined).toSorted()
}

/** Tells files of a streaming query that were not committed; each log is read once. */
class Committed {
  readonly #known = new Map<string, ReadonlySet<string> | undefined>()

  async has(file: string): Promise<boolean> {
    const folder = dirname(file)
    if (!this.#known.has(folder)) {
      const names = await committedFiles(folder)
      this.#known.set(folder, names && new Set(names))
    }
    return this.#known.get(folder)?.has(basename(file)) ?? true
  }
}
