import { randomUUID } from 'node:crypto'
import { closeSync, fsyncSync, linkSync, openSync, unlinkSync, writeFileSync } from 'node:fs'
import { basename, dirname, join, resolve } from 'node:path'
import { makeFoldersNow } from '../../../common/make-folders.js'
import { syncFolder } from '../../../common/sync-folder.js'
import { hasCode } from '../../../common/system-errors.js'
import { failedWrite } from '../file-errors.js'

/*
 * What `durable.ts` does, at once: for metadata, of which a statement writes a file or two of some hundred bytes.
 */

/**
 * Makes a file that is there whole or not at all and never replaces another: written aside, flushed, then linked into place.
 * @returns false when the file exists
 */
export function addExclusivelyNow(path: string, text: string): boolean {
  const aside = join(dirname(path), `.${basename(path)}.${randomUUID()}.tmp`)
  try {
    const descriptor = openSync(aside, 'wx')
    try {
      // Until all of it is written: the system may take a part of what it is given.
      writeFileSync(descriptor, text)
      fsyncSync(descriptor)
    } finally {
      closeSync(descriptor)
    }
    linkSync(aside, path)
  } catch (error) {
    if (hasCode(error, 'EEXIST')) return false
    throw error
  } finally {
    removeNow(aside)
  }
  syncFolder(dirname(path))
  return true
}

/** Removes a file, which may be gone already. */
export function removeNow(path: string): void {
  try {
    unlinkSync(path)
  } catch (error) {
    if (!hasCode(error, 'ENOENT')) throw error
  }
}

/** Makes a directory, and those above it, that survive a crash. @throws FAILED_WRITE_FILE */
export function makeDirectoryNow(path: string): void {
  try {
    const first = makeFoldersNow(path)
    if (first === undefined) return
    for (let made = resolve(path); made.length >= first.length; made = dirname(made)) syncFolder(dirname(made))
  } catch (error) {
    throw failedWrite(path, hasCode(error, 'EEXIST', 'ENOTDIR') ? 'a file is in the place of a directory' : error)
  }
}
