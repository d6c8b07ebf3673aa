import { randomUUID } from 'node:crypto'
import { link, lstat, open, rmdir, unlink } from 'node:fs/promises'
import { basename, dirname, join, resolve } from 'node:path'
import { MillraceError } from '../../../common/errors/millrace-error.js'
import { makeFolders } from '../../../common/make-folders.js'
import { hasCode } from '../../../common/system-errors.js'
import { failedWrite } from '../file-errors.js'

/** How files that are still being written by `addExclusively` are named, beside the file they become. */
export const ASIDE = /^\.(.+)\.[0-9a-f-]{36}\.tmp$/

/**
 * Makes a file that is there whole or not at all and never replaces another: written aside, flushed, then linked into place.
 * @returns false when the file exists
 */
export async function addExclusively(path: string, text: string): Promise<boolean> {
  const aside = join(dirname(path), `.${basename(path)}.${randomUUID()}.tmp`)
  try {
    const handle = await open(aside, 'wx')
    try {
      await handle.writeFile(text)
      await handle.sync()
    } finally {
      await handle.close()
    }
    await link(aside, path)
  } catch (error) {
    if (hasCode(error, 'EEXIST')) return false
    throw error
  } finally {
    await unlink(aside).catch(() => undefined)
  }
  await syncDirectory(dirname(path))
  return true
}

/** Flushes a directory's entries to disk, so that a new or renamed file survives a crash. */
export async function syncDirectory(path: string): Promise<void> {
  const handle = await open(path, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}

/**
 * Makes a directory, and those above it, but refuses a symbolic link in its place, which would lead output elsewhere.
 * @param survival whether it must survive a crash of the machine
 * @throws FAILED_WRITE_FILE
 */
export async function makeRealDirectory(path: string, survival: 'flushed' | 'temporary'): Promise<void> {
  try {
    const first = await makeFolders(path)
    if (!(await lstat(path)).isDirectory()) throw failedWrite(path, 'it is a symbolic link, not a directory')
    if (first === undefined || survival === 'temporary') return
    for (let made = resolve(path); made.length >= first.length; made = dirname(made)) await syncDirectory(dirname(made))
  } catch (error) {
    if (hasCode(error, 'EEXIST', 'ENOTDIR')) throw failedWrite(path, 'a file is in the place of a directory')
    throw MillraceError.is(error) ? error : failedWrite(path, error)
  }
}

/** Removes a directory unless something is in it: of another job that writes there, for example. */
export async function removeEmpty(directory: string): Promise<void> {
  try {
    await rmdir(directory)
  } catch (error) {
    if (!hasCode(error, 'ENOTEMPTY', 'EEXIST', 'ENOENT')) throw failedWrite(directory, error)
  }
}
