import type { FileReader, OpenFile, PlannedFile } from './open-file.js'
import type { FoundFile, Lookup } from './paths.js'

/** Where files lie. All formats come to their files by one of these, which `fileSystemOf` chooses by the path. */
export interface FileSystem {
  /** The files that paths name, in order; of a folder those in it. @throws PATH_NOT_FOUND, FAILED_READ_FILE, UNSUPPORTED_FEATURE */
  list(paths: readonly string[], lookup: Lookup): Promise<readonly FoundFile[]>
  /** A file as it is now. @throws PATH_NOT_FOUND, FAILED_READ_FILE */
  stat(path: string): PlannedFile | Promise<PlannedFile>
  /** Opens a file as it was planned. @throws PATH_NOT_FOUND, FAILED_READ_FILE */
  open(file: PlannedFile, reader: FileReader): OpenFile
}
