import { isUrl } from '../../../common/is-url.js'
import type { FileFaults } from '../file-faults.js'
import { HttpFileSystem } from '../http/http-file-system.js'
import type { FileSystem } from './file-system.js'
import { localFileSystem } from './local-file-system.js'
import type { FileReader, OpenFile, PlannedFile } from './open-file.js'

const httpFileSystem = new HttpFileSystem()

/** Where a path leads; object stores would have their schemes here. */
export const fileSystemOf = (path: string): FileSystem => (isUrl(path) ? httpFileSystem : localFileSystem)

/** Opens a file as it was planned. @throws PATH_NOT_FOUND, FAILED_READ_FILE also when the file is not the one that was planned */
export const openFile = (file: PlannedFile, reader: FileReader = {}): OpenFile =>
  fileSystemOf(file.path).open(file, reader)

/** Files as they are now, in order, but for those that are passed over. @throws PATH_NOT_FOUND, FAILED_READ_FILE */
export const plannedFiles = (paths: readonly string[], faults: FileFaults): Promise<readonly PlannedFile[]> =>
  faults.ofEach(paths, (path) => fileSystemOf(path).stat(path))
