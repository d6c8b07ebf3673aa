import { open, rename } from 'node:fs/promises'
import { dirname } from 'node:path'
import { syncDirectory } from '../../../files/commit/durable.js'

/** Puts a file in the place of another one. After a crash one of them is there whole. `beforeRename` is the last that is done while the old one is there. */
export async function replaceFile(
  path: string,
  text: string,
  beforeRename: () => Promise<void> = async () => undefined,
): Promise<void> {
  const draft = `${path}.tmp`
  const handle = await open(draft, 'w')
  try {
    await handle.writeFile(text)
    await handle.sync()
  } finally {
    await handle.close()
  }
  await beforeRename()
  await rename(draft, path)
  await syncDirectory(dirname(path))
}
