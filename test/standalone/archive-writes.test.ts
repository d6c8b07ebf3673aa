import { createHash } from 'node:crypto'
import fs from 'node:fs'
import { syncBuiltinESMExports } from 'node:module'
import { join, relative } from 'node:path'
import { Readable } from 'node:stream'
import test from 'ava'
import { packFolder } from '../../standalone/archive/pack.js'
import { ArchiveStore } from '../../standalone/master/archive-store.js'
import { raised } from '../support/raised.js'
import { folderOf } from '../support/standalone.js'

test.serial(
  'an archive is on disk before it has its name, also where the system takes a part of what it is given',
  (t) => {
    const { fsyncSync, openSync, renameSync, writeSync } = fs
    t.teardown(() => {
      Object.assign(fs, { fsyncSync, openSync, renameSync, writeSync })
      syncBuiltinESMExports()
    })
    const folder = folderOf(t)
    const content = Buffer.from('some code of a driver')
    const digest = createHash('sha256').update(content).digest('hex')
    const paths = new Map<number, string>()
    const calls: string[] = []
    const named = (path: string): string => relative(folder, path).replace(/[^/]*\.part$/, 'draft')
    Object.assign(fs, {
      openSync: (path: string, flags: string, mode?: number) => {
        const descriptor = openSync(path, flags, mode)
        paths.set(descriptor, named(path))
        return descriptor
      },
      fsyncSync: (descriptor: number) => {
        calls.push(`sync ${paths.get(descriptor)}`)
        fsyncSync(descriptor)
      },
      renameSync: (from: string, to: string) => {
        calls.push(`rename ${named(from)}`)
        renameSync(from, to)
      },
      writeSync: (descriptor: number, bytes: Uint8Array, offset: number) => {
        calls.push('write')
        return writeSync(descriptor, bytes, offset, Math.min(8, bytes.length - offset))
      },
    })
    syncBuiltinESMExports()
    const store = new ArchiveStore(folder)
    const upload = store.begin(digest, content.length, new Set())
    t.true(upload.take(0, content))
    upload.close()
    t.deepEqual(calls, [...Array(3).fill('write'), 'sync archives/draft', 'rename archives/draft', 'sync archives'])
    t.deepEqual(Buffer.from(store.part(digest, 0)), content)
  },
)

test.serial('a file that becomes shorter while it is packed is refused by name', async (t) => {
  const { createReadStream } = fs
  t.teardown(() => {
    Object.assign(fs, { createReadStream })
    syncBuiltinESMExports()
  })
  const [code, out] = [folderOf(t), folderOf(t)]
  fs.writeFileSync(join(code, 'p.js'), 'some code')
  Object.assign(fs, { createReadStream: () => Readable.from([Buffer.from('some')]) })
  syncBuiltinESMExports()
  const packed = packFolder({ folder: code, withModules: false, left: [] }, join(out, 'archive'))
  t.regex((await raised(t, packed, 'ARCHIVE_REFUSED')).message, /p\.js changed while it was packed/)
})

test.serial('files that are gone, or cannot be read, when they are packed are told by name', async (t) => {
  const { lstat } = fs.promises
  t.teardown(() => {
    Object.assign(fs.promises, { lstat })
    syncBuiltinESMExports()
  })
  const [code, out] = [folderOf(t), folderOf(t)]
  fs.writeFileSync(join(code, 'p.js'), 'some code')
  for (const [errno, told] of [
    ['ENOENT', /the file p\.js changed while it was packed/],
    ['EACCES', /it cannot be packed: EACCES: .*p\.js/],
  ] as const) {
    const failing = (path: string): Promise<fs.Stats> =>
      Promise.reject(Object.assign(new Error(`${errno}: no, lstat '${path}'`), { code: errno, path }))
    Object.assign(fs.promises, { lstat: failing })
    syncBuiltinESMExports()
    const packed = packFolder({ folder: code, withModules: false, left: [] }, join(out, 'archive'))
    t.regex((await raised(t, packed, 'ARCHIVE_REFUSED')).message, told)
  }
})
