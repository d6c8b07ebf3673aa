import { accessSync, constants, existsSync, mkdirSync } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { dirname } from 'node:path'
import { hasCode } from './system-errors.js'

interface FolderOptions {
  readonly mode?: number
}

/** Makes a folder and those that it lies in, as far as they are not there. @returns the first of them that was not */
export async function makeFolders(folder: string, options: FolderOptions = {}): Promise<string | undefined> {
  try {
    return await mkdir(folder, { ...options, recursive: true })
  } catch (error) {
    throw reasonOf(folder, error)
  }
}

/** The same, while nothing else goes on. */
export function makeFoldersNow(folder: string, options: FolderOptions = {}): string | undefined {
  try {
    return mkdirSync(folder, { ...options, recursive: true })
  } catch (error) {
    throw reasonOf(folder, error)
  }
}

/** Of a disk that is read-only Node (20, at least) says that the folder, which is to be made, is not there. The system says why. */
function reasonOf(folder: string, error: unknown): unknown {
  if (!hasCode(error, 'ENOENT')) return error
  let there = dirname(folder)
  while (!existsSync(there) && there !== dirname(there)) there = dirname(there)
  try {
    accessSync(there, constants.W_OK)
    return error
  } catch (reason) {
    return reason
  }
}
