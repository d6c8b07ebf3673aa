import { statSync } from 'node:fs'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { append } from '../../common/append.js'
import { MillraceError } from '../../common/errors/millrace-error.js'
import { committedFiles } from './commit-log.js'
import { failedRead, reasonOf } from './failed-read.js'

const MAGIC = /[*?[{]/
const MAX_GLOB_ENTRIES = 1_000_000

/** The files that a list of paths names: a file is itself, a directory its files, a pattern what matches. Sorted by path within each. */
export async function resolvePaths(paths: readonly string[]): Promise<readonly string[]> {
  const found: string[] = []
  for (const path of paths) {
    const local = localPath(path)
    // A name that exists is taken as it is, also with characters of a pattern in it.
    const kind = kindOf(local)
    if (kind === undefined && MAGIC.test(local)) {
      const matches = await glob(local)
      if (matches.length === 0) throw new MillraceError('PATH_NOT_FOUND', { path })
      for (const match of matches) append(found, await filesAt(match, kindOf(match)))
    } else append(found, await filesAt(local, kind))
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
    if (['ENOENT', 'ENOTDIR'].includes((error as NodeJS.ErrnoException).code ?? '')) return undefined
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
    if (!MAGIC.test(segment)) {
      places = places.map((place) => join(place, segment))
      continue
    }
    const expression = segmentExpression(segment)
    const next: string[] = []
    for (const place of places) {
      if (kindOf(place) !== 'directory') continue
      const names = (await readdir(place)).filter((name) => isData(name) && expression.test(name))
      append(
        next,
        names.map((name) => join(place, name)),
      )
      if (next.length > MAX_GLOB_ENTRIES) throw failedRead(pattern, `it matches more than ${MAX_GLOB_ENTRIES} names`)
    }
    places = next
  }
  const kinds = await Promise.all(places.map(kindOf))
  return places.filter((_, i) => kinds[i] !== undefined).toSorted()
}

function segmentExpression(segment: string): RegExp {
  let depth = 0
  const source = segment.replace(/\*+|\?|\[[^\]]+\]|[{},]|[^*?[{},]/g, (token) => {
    if (token.startsWith('*')) return '.*'
    if (token === '?') return '.'
    if (token.startsWith('[')) return token.length > 1 ? token.replace(/^\[!/, '[^').replaceAll('\\', '\\\\') : '\\['
    if (token === '{') return depth++ >= 0 ? '(?:' : ''
    if (token === '}' && depth > 0) {
      depth--
      return ')'
    }
    if (token === ',' && depth > 0) return '|'
    return token.replace(/[\\^$.|+()[\]{}]/g, '\\$&')
  })
  return new RegExp(`^${source}${')'.repeat(depth)}$`)
}
