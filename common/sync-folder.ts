import { closeSync, fsyncSync, openSync } from 'node:fs'

/** Has the names in a folder outlive a power failure. */
export function syncFolder(path: string): void {
  const folder = openSync(path, 'r')
  try {
    fsyncSync(folder)
  } finally {
    closeSync(folder)
  }
}
