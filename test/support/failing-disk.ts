/*
 * Loaded before a program (`--import`): as long as the file FAIL_WHEN exists, files below the folder FAIL_BELOW cannot be written, as on a disk that is
 * full (FAIL_WITH=ENOSPC: new files can be made, and hold nothing) or read-only (EROFS).
 */
import now, { existsSync } from 'node:fs'
import fs, { type FileHandle } from 'node:fs/promises'
import { syncBuiltinESMExports } from 'node:module'

const when = process.env['FAIL_WHEN'] ?? ''
const below = process.env['FAIL_BELOW'] ?? ''
const code = process.env['FAIL_WITH'] ?? ''
const MEANINGS: Readonly<Record<string, string>> = {
  ENOSPC: 'no space left on device',
  EROFS: 'read-only file system',
}

const fails = (path: unknown): boolean => String(path).startsWith(below) && existsSync(when)
const failure = (call: string): Error => Object.assign(new Error(`${code}: ${MEANINGS[code]}, ${call}`), { code })

const isReading = (flags: unknown): boolean => flags === undefined || flags === 'r' || flags === 0

/** Calls that change a folder: they need no room, but a disk that may be written. */
const CHANGES = ['link', 'rename', 'unlink', 'rm', 'mkdir'] as const
const CHANGES_NOW = ['linkSync', 'renameSync', 'unlinkSync', 'rmSync', 'mkdirSync'] as const
const WRITES = ['write', 'writev', 'writeFile', 'sync', 'datasync'] as const
const WRITES_NOW = ['writeSync', 'writevSync', 'fsyncSync', 'fdatasyncSync'] as const

type Call = (...args: unknown[]) => unknown

if (code === 'EROFS') {
  for (const name of CHANGES) {
    const original = fs[name] as Call
    const checked = async (...args: unknown[]): Promise<unknown> => {
      if (fails(args[0])) throw failure(name)
      return original(...args)
    }
    Object.assign(fs, { [name]: checked })
  }
  for (const name of CHANGES_NOW) {
    const original = now[name] as Call
    const checked = (...args: unknown[]): unknown => {
      if (fails(args[0])) throw failure(name)
      return original(...args)
    }
    Object.assign(now, { [name]: checked })
  }
}

const open = fs.open as (...args: unknown[]) => Promise<FileHandle>
const opened = async (...args: unknown[]): Promise<FileHandle> => {
  const [path, flags] = args
  if (code === 'EROFS' && !isReading(flags) && fails(path)) throw failure('open')
  const handle = await open(...args)
  if (isReading(flags) || !String(path).startsWith(below)) return handle
  for (const name of WRITES) {
    const original = (handle[name] as Call).bind(handle)
    const checked = async (...given: unknown[]): Promise<unknown> => {
      if (fails(path)) throw failure(name)
      return original(...given)
    }
    Object.assign(handle, { [name]: checked })
  }
  return handle
}
Object.assign(fs, { open: opened })

/** Of descriptors that write below the folder, their paths. */
const paths = new Map<number, string>()
const openNow = now.openSync as (...args: unknown[]) => number
const openedNow = (...args: unknown[]): number => {
  const [path, flags] = args
  if (code === 'EROFS' && !isReading(flags) && fails(path)) throw failure('open')
  const descriptor = openNow(...args)
  if (isReading(flags)) paths.delete(descriptor)
  else paths.set(descriptor, String(path))
  return descriptor
}
Object.assign(now, { openSync: openedNow })
for (const name of WRITES_NOW) {
  const original = now[name] as Call
  const checked = (...args: unknown[]): unknown => {
    if (fails(paths.get(args[0] as number) ?? '')) throw failure(name)
    return original(...args)
  }
  Object.assign(now, { [name]: checked })
}
syncBuiltinESMExports()
