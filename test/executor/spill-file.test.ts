import fs, { existsSync, mkdtempSync, readdirSync, readlinkSync, rmSync, statSync } from 'node:fs'
import { type FileHandle, open } from 'node:fs/promises'
import { syncBuiltinESMExports } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import test, { type ExecutionContext } from 'ava'
import { SpillFile } from '../../executor/spill/spill-file.js'

const directory = mkdtempSync(join(tmpdir(), 'millrace-spill-file-'))
test.after.always(() => rmSync(directory, { recursive: true }))

const bytesOf = (value: number, length: number): Uint8Array => new Uint8Array(new SharedArrayBuffer(length)).fill(value)

type Place = [bytes: Uint8Array, offset: number, length: number, position: number]

interface Patched {
  write(this: FileHandle, ...place: Place): Promise<unknown>
  read(this: FileHandle, ...place: Place): Promise<unknown>
}

/** Puts others in place of methods that all handles of files have, until the test ends. */
async function withHandles(t: ExecutionContext, change: (own: Patched) => Partial<Patched>): Promise<void> {
  const handle = await open(join(directory, 'any'), 'w')
  const handles = Object.getPrototypeOf(handle) as Patched
  await handle.close()
  const { write, read } = handles
  t.teardown(() => Object.assign(handles, { write, read }))
  Object.assign(handles, change({ write, read }))
}

test.serial('blocks come back where the system writes and reads only a part of what it is given', async (t) => {
  await withHandles(t, ({ write, read }) => ({
    write(...[bytes, offset, length, position]: Place) {
      return write.call(this, bytes, offset, Math.min(7, length), position)
    },
    read(...[bytes, offset, length, position]: Place) {
      return read.call(this, bytes, offset, Math.min(5, length), position)
    },
  }))
  const file = await SpillFile.create(directory)
  const [first, second] = await Promise.all([file.append(1, bytesOf(1, 40)), file.append(2, bytesOf(2, 33))])
  t.deepEqual((await file.read(second)).bytes, bytesOf(2, 33))
  t.deepEqual((await file.read(first)).bytes, bytesOf(1, 40))
  await file.close()
})

test.serial('a write that fails hinders neither the next one nor the end of the file', async (t) => {
  let fails = true
  await withHandles(t, ({ write }) => ({
    write(...place: Place) {
      return fails ? Promise.reject(new Error('no space left on device')) : write.call(this, ...place)
    },
  }))
  const file = await SpillFile.create(directory)
  await t.throwsAsync(file.append(1, bytesOf(1, 10)), { message: /FAILED_WRITE_FILE.*no space left/ })
  fails = false
  t.deepEqual((await file.read(await file.append(2, bytesOf(2, 10)))).bytes, bytesOf(2, 10))
  fails = true
  await t.throwsAsync(file.append(3, bytesOf(3, 10)), { message: /FAILED_WRITE_FILE/ })
  await file.close()
  t.deepEqual(openFiles(), [])
})

test.serial('a file ends behind the writes that wait for others', async (t) => {
  const file = await SpillFile.create(directory)
  const written = [1, 2, 3].map((value) => file.append(value, bytesOf(value, 1000)))
  await file.close()
  t.deepEqual(
    (await Promise.all(written)).map(({ offset }) => offset),
    [0, 1000, 2000],
  )
})

test.serial('a file whose name cannot be removed is closed', async (t) => {
  const { unlink } = fs.promises
  fs.promises.unlink = () => Promise.reject(new Error('not permitted'))
  syncBuiltinESMExports()
  t.teardown(() => {
    fs.promises.unlink = unlink
    syncBuiltinESMExports()
  })
  await t.throwsAsync(SpillFile.create(directory), { message: /FAILED_WRITE_FILE.*not permitted/ })
  t.deepEqual(openFiles(), [])
})

const hasDescriptors = existsSync('/proc/self/fd')

;(hasDescriptors ? test.serial : test.serial.skip)('nobody else may read what is put on disk', async (t) => {
  const file = await SpillFile.create(directory)
  t.deepEqual(
    openFiles().map((path) => statSync(path).mode & 0o777),
    [0o600],
  )
  await file.close()
})

/** The files of this process in the directory. They have no name; their descriptors still tell it. */
const openFiles = (): string[] =>
  (hasDescriptors ? readdirSync('/proc/self/fd') : [])
    .map((fd) => `/proc/self/fd/${fd}`)
    .filter((path) => linkOf(path).startsWith(directory))

const linkOf = (path: string): string => {
  try {
    return readlinkSync(path)
  } catch {
    return ''
  }
}

test.serial('blocks of an encrypted file lie behind one another, and each is read as it was', async (t) => {
  const file = await SpillFile.create(directory, 128)
  try {
    const places = await Promise.all([1, 2, 3].map((value) => file.append(value, bytesOf(value, 100 * value))))
    for (const [i, place] of places.entries()) {
      const { rows, bytes } = await file.read(place)
      t.is(rows, i + 1)
      t.deepEqual(bytes, bytesOf(i + 1, 100 * (i + 1)))
    }
  } finally {
    await file.close()
  }
})
