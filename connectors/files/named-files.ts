import type { Schema } from '../../columnar/types.js'
import { append } from '../../common/append.js'
import { MillraceError } from '../../common/errors/millrace-error.js'
import type { KnownPartitions, Options, PartitionedPaths } from '../api.js'
import { fileSelection } from './file-selection.js'
import { fileSystemOf, plannedFiles } from './file-systems.js'
import { partitionsOf } from './partition-values.js'
import type { FoundFile } from './paths.js'

/** The files of a source, and what their folders are named after. */
export interface NamedFiles {
  /** As they were written: the paths, or the option `path`. */
  readonly named: readonly string[]
  readonly paths: readonly string[]
  readonly partitions: PartitionedPaths | undefined
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
  throw new MillraceError('UNABLE_TO_INFER_SCHEMA', { format, path: files.named.join(', ') })
}

/** Finds what paths or the option `path` name. @throws PATH_NOT_FOUND, FAILED_READ_FILE, INVALID_OPTION, UNSUPPORTED_FEATURE, CONFLICTING_PARTITION_COLUMN_NAMES */
export async function namedFiles(
  options: Options,
  given: readonly string[],
  schema: Schema | undefined,
  known: KnownPartitions | undefined,
): Promise<NamedFiles> {
  const named = given.length > 0 ? given : options['path'] === undefined ? [] : [options['path']]
  const { isRecursive, isWanted, isOfTime } = fileSelection(options)
  const listed: FoundFile[] = []
  for (const paths of bySystem(named)) {
    const files = await fileSystemOf(paths[0]!).list(paths, { folders: known?.folders, isRecursive })
    append(
      listed,
      files.filter((file) => isWanted(file.path)),
    )
  }
  const found = isOfTime ? await ofTime(listed, isOfTime) : listed
  return { named, paths: found.map(({ path }) => path), partitions: partitionsOf(found, schema, known) }
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

async function ofTime(
  files: readonly FoundFile[],
  isOfTime: (modifiedMs: number) => boolean,
): Promise<readonly FoundFile[]> {
  const planned = await plannedFiles(files.map(({ path }) => path))
  return files.filter((_, i) => isOfTime(planned[i]!.modifiedMs))
}
