import { closeSync, constants, fstatSync, openSync, type Stats } from 'node:fs'
import { failedBySystem, failedRead } from '../file-errors.js'

// Without O_NONBLOCK, opening a pipe that nobody writes to would wait for ever; for a file it changes nothing.
const READ = constants.O_RDONLY | constants.O_NONBLOCK

/** Opens a file for reading, and says what it is now. @throws PATH_NOT_FOUND, FAILED_READ_FILE when it is no file or may not be read */
export function openDescriptor(path: string): { readonly descriptor: number; readonly stats: Stats } {
  let descriptor: number
  try {
    descriptor = openSync(path, READ)
  } catch (error) {
    throw failedBySystem(path, error)
  }
  const stats = fstatSync(descriptor)
  if (stats.isFile()) return { descriptor, stats }
  closeSync(descriptor)
  throw failedRead(path, stats.isDirectory() ? 'it is a directory' : 'it is not a regular file')
}
