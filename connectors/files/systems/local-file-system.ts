import { statSync } from 'node:fs'
import { failedBySystem } from '../file-errors.js'
import type { FileSystem } from './file-system.js'
import { LocalFile } from './local-file.js'
import type { PlannedFile } from './open-file.js'
import { resolvePaths } from './paths.js'

/** The disks of this machine. */
export const localFileSystem: FileSystem = {
  list: resolvePaths,

  /** Synchronous: a hop through Node's thread pool takes many times as long, and every query asks for its files. */
  stat(path): PlannedFile {
    try {
      const { size, mtimeMs } = statSync(path)
      return { path, size, version: String(mtimeMs), modifiedMs: mtimeMs }
    } catch (error) {
      throw failedBySystem(path, error)
    }
  },

  open: (file) => new LocalFile(file),
}
