import { existsSync, renameSync, writeFileSync } from 'node:fs'
import { threadId } from 'node:worker_threads'

/** Writes a file that is not there yet. Who is stopped meanwhile leaves none of this name, as nobody would write a cut one anew. */
export function writeWhole(path, bytes) {
  if (existsSync(path)) return
  // Another thread may write the same one. Packages leave out what ends so.
  const beside = `${path}.${process.pid}-${threadId}.cache`
  writeFileSync(beside, bytes())
  renameSync(beside, path)
}
