import { constants } from 'node:fs'
import { open } from 'node:fs/promises'
import { MillraceError } from '../../common/errors/millrace-error.js'

/** Writes a new file and forces it to the disk before returning. */
export async function writeDurably(path: string, text: string): Promise<void> {
  const file = await open(path, 'wx')
  try {
    await file.writeFile(text)
    await file.sync()
  } finally {
    await file.close()
  }
}

/** Forces the names in a directory to the disk. */
export async function syncDirectory(path: string): Promise<void> {
  const directory = await open(path, constants.O_RDONLY)
  try {
    await directory.sync()
  } finally {
    await directory.close()
  }
}

export const failedWrite = (path: string, cause: unknown): MillraceError =>
  new MillraceError('FAILED_WRITE_FILE', { path, reason: messageOf(cause) }, { cause })

export const isCode = (error: unknown, code: string): boolean =>
  error instanceof Error && 'code' in error && error.code === code

export function unlessMissing(error: unknown): undefined {
  if (!isCode(error, 'ENOENT')) throw error
}

export const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))
