/*
 * Notes what this process opens by `open` of `node:fs/promises`, from when this module is loaded: Node closes some time what nobody closed, and complains of it.
 */
import fs, { type FileHandle } from 'node:fs/promises'
import { syncBuiltinESMExports } from 'node:module'

const opened = new Map<FileHandle, string>()
const open = fs.open

async function noted(...args: Parameters<typeof fs.open>): ReturnType<typeof fs.open> {
  const handle = await open(...args)
  opened.set(handle, String(args[0]))
  return handle
}

Object.assign(fs, { open: noted })
syncBuiltinESMExports()

/** The paths, below a folder, of what is open still. A handle that was closed has no descriptor. */
export const openHandles = (folder = ''): readonly string[] =>
  [...opened].flatMap(([{ fd }, path]) => (fd >= 0 && path.startsWith(folder) ? [path] : []))
