import { open } from 'node:fs/promises'
import { isCode } from '../../common/checkpoint-files.js'
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

export const failedWrite = (path: string, cause: unknown): MillraceError =>
  new MillraceError('FAILED_WRITE_FILE', { path, reason: messageOf(cause) }, { cause })

export function unlessMissing(error: unknown): undefined {
  if (!isCode(error, 'ENOENT')) throw error
}

export const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))
