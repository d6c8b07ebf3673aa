import type { Schema } from '../../columnar/types.js'
import { append } from '../../common/append.js'
import { MillraceError } from '../../common/errors/millrace-error.js'
import type { KnownPartitions, ListedFiles, Options } from '../api.js'
import { FileFaults } from './file-faults.js'
import { fileSelection } from './file-selection.js'
import { partitionsOf } from './partitions/partition-values.js'
import { belowBase } from './systems/base-path.js'
import { fileSystemOf, plannedFiles } from './systems/file-systems.js'
import type { FoundFile } from './systems/paths.js'

/** The files of a source, and what their folders are named after. */
export interface NamedFiles extends ListedFiles {
  /** As they were written: the paths, or the option `path`. */
  readonly named: readonly string[]
}

/** The same for a format that finds its columns in its files: unless they are given, there must be a file. @throws UNABLE_TO_INFER_SCHEMA */
export async function namedFilesOf(
  format: string,
  options: Options,
  given: readonly string[],
  schema: Schema | undefined,
  known: KnownPartitions | undefined,
): Promise<NamedFiles> {
  const files = await namedFiles(options, given, schema, known)
  if (schema !== undefined || files.paths.length > 0) return files
  throw withoutColumns(format, files)
}

/** No file told which columns there are. */
export const withoutColumns = (format: string, { named }: Pick<NamedFiles, 'named'>): MillraceError =>
  new MillraceError('UNABLE_TO_INFER_SCHEMA', { format, path: named.join(', ') })

/** Finds what paths or the option `path` name. @throws PATH_NOT_FOUND, FAILED_READ_FILE, INVALID_OPTION, UNSUPPORTED_FEATURE, CONFLICTING_PARTITION_COLUMN_NAMES */
export async function namedFiles(
  options: Options,
  given: readonly string[],
  schema: Schema | undefined,
  known: KnownPartitions | undefined,
): Promise<NamedFiles> {
  const named = namesIn(options, given)
  const listed = await listedFiles(named, options, known?.folders)
  const { isOfTime } = fileSelection(options)
  const faults = new FileFaults(options)
  const found = isOfTime || faults.ignoresMissing ? await ofTime(listed, isOfTime ?? always, faults) : listed
  return { named, paths: found.map(({ path }) => path), partitions: partitionsOf(found, schema, known) }
}

/** The paths that are given, or else the option `path`. */
export const namesIn = (options: Options, given: readonly string[]): readonly string[] =>
  given.length > 0 ? given : options['path'] === undefined ? [] : [options['path']]

/** The files that paths name, of those whose names are wanted. @throws PATH_NOT_FOUND, FAILED_READ_FILE, INVALID_OPTION, UNSUPPORTED_FEATURE */
export async function listedFiles(
  named: readonly string[],
  options: Options,
  folders?: readonly string[],
): Promise<readonly FoundFile[]> {
  const { isRecursive, isWanted, basePath } = fileSelection(options)
  const listed: FoundFile[] = []
  for (const paths of bySystem(named)) {
    const files = await fileSystemOf(paths[0]!).list(paths, { folders, isRecursive })
    append(
      listed,
      files.filter((file) => isWanted(file.path)),
    )
  }
  return basePath === undefined || isRecursive ? listed : belowBase(listed, basePath)
}

/** Paths of one file system that stand one behind the other. */
function bySystem(paths: readonly string[]): readonly (readonly string[])[] {
  const runs: string[][] = []
  for (const path of paths) {
    const last = runs.at(-1)
    if (last && fileSystemOf(last[0]!) === fileSystemOf(path)) last.push(path)
    else runs.push([path])
  }
  return runs
}

const always = (): boolean => true

/** Those that are there, and were changed at such a time. */
async function ofTime(
  files: readonly FoundFile[],
  isOfTime: (modifiedMs: number) => boolean,
  faults: FileFaults,
): Promise<readonly FoundFile[]> {
  const planned = await plannedFiles(
    files.map(({ path }) => path),
    faults,
  )
  const wanted = new Set(planned.filter(({ modifiedMs }) => isOfTime(modifiedMs)).map(({ path }) => path))
  return files.filter(({ path }) => wanted.has(path))
}
