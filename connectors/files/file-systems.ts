import { setImmediate } from 'node:timers/promises'
import { append } from '../../common/append.js'
import type { FileSystem } from './file-system.js'
import { HttpFileSystem } from './http/http-file-system.js'
import { isUrl } from './http/url.js'
import { localFileSystem } from './local-file-system.js'
import type { FileReader, OpenFile, PlannedFile } from './open-file.js'

const httpFileSystem = new HttpFileSystem()

/** After so many files other work of the process gets its turn; of so many at once servers are asked. */
const FILES_AT_A_TIME = 16

/** Where a path leads; object stores would have their schemes here. */
export const fileSystemOf = (path: string): FileSystem => (isUrl(path) ? httpFileSystem : localFileSystem)

/** Opens a file as it was planned. @throws PATH_NOT_FOUND, FAILED_READ_FILE also when the file is not the one that was planned */
export const openFile = (file: PlannedFile, reader: FileReader = {}): OpenFile =>
  fileSystemOf(file.path).open(file, reader)

/** Files as they are now, in order. @throws PATH_NOT_FOUND, FAILED_READ_FILE */
export const plannedFiles = (paths: readonly string[]): Promise<readonly PlannedFile[]> =>
  ofEach(paths, (path) => fileSystemOf(path).stat(path))

/** Something of each file, in order: of files of this machine at once, of some others at the same time. */
export async function ofEach<T>(paths: readonly string[], look: (path: string) => T | Promise<T>): Promise<T[]> {
  const all: T[] = []
  for (let from = 0; from < paths.length; from += FILES_AT_A_TIME) {
    if (from > 0) await setImmediate()
    append(all, await Promise.all(paths.slice(from, from + FILES_AT_A_TIME).map(look)))
  }
  return all
}
