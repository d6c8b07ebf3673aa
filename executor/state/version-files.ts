import { join } from 'node:path'
import type { StateFiles } from '../../common/encryption/state-files.js'
import type { StateVersion } from '../../common/state-path.js'
import type { CountedMemory } from '../../connectors/api.js'
import type { Rebase } from '../pipelines/task.js'
import { corrupt, openStateFile, type StateFile } from './state-file.js'

/** Whose state it is. */
export interface StateOwner {
  readonly queryId: string
  readonly operatorId: number
  readonly partition: number
}

/**
 * The files that a version is made of, the newest first and the last one whole. @param held counts what is in memory of one of them
 * @throws STREAMING_CHECKPOINT_CORRUPT when a file is missing or damaged, UNABLE_TO_ACQUIRE_MEMORY
 */
export async function versionFiles(
  files: StateFiles,
  folder: string,
  owner: StateOwner,
  version: StateVersion,
  held: CountedMemory,
): Promise<StateFile[]> {
  const newestFirst: StateFile[] = []
  let rebase: Rebase | undefined
  for (let next: StateVersion | undefined = version; next; ) {
    const file = await readFile(files, folder, owner, next, held)
    newestFirst.push(file)
    rebase ??= file.header.rebase
    const { base } = file.header
    next = rebase && rebase.over.file === base?.file ? rebase.by : base
  }
  return newestFirst
}

async function readFile(
  files: StateFiles,
  folder: string,
  owner: StateOwner,
  version: StateVersion,
  held: CountedMemory,
): Promise<StateFile> {
  const path = join(folder, version.file)
  const file = await openStateFile(files, path, version, held)
  const { header } = file
  const isOwn = header.queryId === owner.queryId && header.operatorId === owner.operatorId
  if (!isOwn || header.partition !== owner.partition || header.file !== version.file)
    throw corrupt(path, 'it is the state of another query, operator, partition or batch')
  return file
}
