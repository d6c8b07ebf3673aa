import { statSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { append } from '../../../common/append.js'
import { MillraceError } from '../../../common/errors/millrace-error.js'
import { hasCode } from '../../../common/system-errors.js'
import { committedFiles, LOG_FOLDER } from '../commit/commit-log-reader.js'
import { settled } from '../commit/unfinished-jobs.js'
import { failedRead, reasonOf } from '../file-errors.js'
import { visibleEntries, visibleFiles } from '../visible-files.js'
import { globMatcher, isPattern } from './glob.js'
import { localPath } from './local-path.js'

const MAX_GLOB_ENTRIES = 1_000_000

/** A file, and in which folders of partitions it lies below the path that was named: `a=1/b=x`, or nothing. */
export interface FoundFile {
  readonly path: string
  readonly folder: string
}

/** How directories are looked into. */
export interface Lookup {
  /** The only folders of partitions that are looked into. */
  readonly folders?: readonly string[] | undefined
  /** Whether all folders are looked into, none of which is one of partitions. */
  readonly isRecursive?: boolean
}

/**
 * The files of this machine that a list of paths names: a file is itself, a directory its files, with those in folders of partitions, a pattern what matches.
 * Sorted by path within each. Files that no job or streaming query has committed are not there.
 */
export async function resolvePaths(
  paths: readonly string[],
  { folders, isRecursive = false }: Lookup = {},
): Promise<readonly FoundFile[]> {
  const found: FoundFile[] = []
  const isVisible = visibleFiles()
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
      const files = folders ? await filesInFolders(place, folders) : await filesAt(place, placeKind, isRecursive)
      for (const file of files) found.push(file)
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

async function filesAt(path: string, kind: Kind, isRecursive: boolean): Promise<readonly FoundFile[]> {
  if (kind === undefined) throw new MillraceError('PATH_NOT_FOUND', { path })
  if (kind === 'file') return [{ path, folder: '' }]
  const below = () => (isRecursive ? allFilesBelow(path) : filesBelow(path, ''))
  return (await settled(path, below)).toSorted((a, b) => (a.path < b.path ? -1 : 1))
}

async function filesBelow(path: string, folder: string, listed?: readonly string[]): Promise<readonly FoundFile[]> {
  const here = join(path, folder)
  const entries = await visibleEntries(here, listed)
  const inner = entries.filter(({ isDirectory, name }) => isDirectory && name.includes('='))
  const files = entries
    .filter(({ isDirectory }) => !isDirectory)
    .map(({ name }) => ({ path: join(here, name), folder }))
  if (inner.length > 0 && files.length > 0) {
    const feature = `files beside folders of partitions (${files[0]!.path} beside ${inner[0]!.name})`
    throw new MillraceError('UNSUPPORTED_FEATURE', { feature })
  }
  const below: FoundFile[] = [...files]
  for (const { name, listed: inLog } of inner)
    append(below, await filesBelow(path, folder === '' ? name : `${folder}/${name}`, inLog))
  return below
}

/** Those of all folders below. */
async function allFilesBelow(path: string, listed?: readonly string[]): Promise<readonly FoundFile[]> {
  const found: FoundFile[] = []
  for (const { name, isDirectory, listed: inLog } of await visibleEntries(path, listed))
    if (isDirectory) append(found, await allFilesBelow(join(path, name), inLog))
    else found.push({ path: join(path, name), folder: '' })
  return found
}

/** Those of folders that a catalog knows, some of which may not be there: partitions without rows. */
const filesInFolders = (path: string, folders: readonly string[]): Promise<readonly FoundFile[]> =>
  settled(path, async ({ isHidden }) => {
    const log = isHidden(LOG_FOLDER) ? undefined : await committedFiles(path)
    if (log) return committedIn(path, log, new Set(folders))
    const found: FoundFile[] = []
    for (const folder of folders) {
      const here = join(path, folder)
      if (kindOf(here) !== 'directory') continue
      for (const { isDirectory, name } of (await visibleEntries(here)).toSorted((a, b) => (a.name < b.name ? -1 : 1)))
        if (!isDirectory) found.push({ path: join(here, name), folder })
    }
    return found
  })

/** Those that the log of a streaming query lists in such folders. */
const committedIn = (path: string, log: readonly string[], folders: ReadonlySet<string>): readonly FoundFile[] =>
  log
    .map((name) => ({ path: join(path, name), folder: dirname(name) }))
    .filter(({ folder }) => folders.has(folder))
    .toSorted((a, b) => (a.path < b.path ? -1 : 1))

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
