import fs, {
  closeSync,
  existsSync,
  openSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  statSync,
  writeSync,
} from 'node:fs'
import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { syncBuiltinESMExports } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import test from 'ava'
import { SEAL_BYTES } from '../../common/encryption/piece-cipher.js'
import { ScratchFile } from '../../executor/spill/scratch-file.js'
import { useProtection } from '../../executor/thread-protection.js'

test('what was put on disk comes back, however it was cut, and the file has no name', async (t) => {
  const directory = await mkdtemp(join(tmpdir(), 'millrace-scratch-'))
  const file = new ScratchFile(directory)
  try {
    const first = file.append(Uint8Array.of(1, 2, 3), Uint8Array.of(), Uint8Array.of(4))
    const second = file.append(Uint8Array.of(5))
    t.is(file.size, 5)
    t.deepEqual(await readdir(directory), [])
    const bytes = new Uint8Array(4)
    file.read(first, bytes)
    t.deepEqual([...bytes], [1, 2, 3, 4])
    const one = new Uint8Array(1)
    file.read(second, one)
    t.deepEqual([...one], [5])
    t.throws(() => file.read({ ...second, checksum: second.checksum ^ 1 }, one), { message: /BLOCK_CORRUPT/ })
    t.throws(() => file.read({ ...second, offset: 5 }, one), { message: /BLOCK_CORRUPT.*cut short/ })
  } finally {
    file.close()
    await rm(directory, { recursive: true })
  }
})

test.serial('extents come back where the system writes and reads only a part of what it is given', (t) => {
  const { writeSync, readSync } = fs
  t.teardown(() => {
    Object.assign(fs, { writeSync, readSync })
    syncBuiltinESMExports()
  })
  type Place = [fd: number, bytes: Uint8Array, offset: number, length: number, position: number]
  const few =
    (call: (...place: Place) => number) =>
    (...[fd, bytes, offset, length, position]: Place): number =>
      call(fd, bytes, offset, Math.min(3, length), position)
  Object.assign(fs, { writeSync: few(writeSync), readSync: few(readSync) })
  syncBuiltinESMExports()
  const file = new ScratchFile()
  const written = Uint8Array.from({ length: 50 }, (_, i) => i)
  const [first, second] = [file.append(written.subarray(0, 20), written.subarray(20)), file.append(written)]
  const other = file.overwrite(first, written.with(9, 99), 10)
  const read = new Uint8Array(50)
  file.read(other, read)
  t.deepEqual(read, written.with(9, 99))
  file.read(second, read)
  t.deepEqual(read, written)
  file.close()
})

;(existsSync('/proc/self/fd') ? test.serial : test.serial.skip)(
  'nobody else may read what is put on disk',
  async (t) => {
    const directory = await mkdtemp(join(tmpdir(), 'millrace-scratch-'))
    const file = new ScratchFile(directory)
    file.append(Uint8Array.of(1))
    const modes = readdirSync('/proc/self/fd').flatMap((fd) => {
      const path = join('/proc/self/fd', fd)
      return linkOf(path).startsWith(directory) ? [statSync(path).mode & 0o777] : []
    })
    t.deepEqual(modes, [0o600])
    file.close()
    await rm(directory, { recursive: true })
  },
)

function linkOf(path: string): string {
  try {
    return readlinkSync(path)
  } catch {
    return ''
  }
}

test('a directory that is not there fails with a condition that names it', (t) => {
  const file = new ScratchFile('/nowhere/at/all')
  t.throws(() => file.append(Uint8Array.of(1)), { message: /FAILED_WRITE_FILE.*\/nowhere\/at\/all/ })
  file.close()
})

/** Where a file without a name is open. */
const openPath = (directory: string): string | undefined =>
  readdirSync('/proc/self/fd')
    .map((fd) => `/proc/self/fd/${fd}`)
    .find((path) => linkOf(path).startsWith(directory))

const onLinux = process.platform === 'linux' ? test.serial : test.serial.skip

onLinux('a file that is closed takes no descriptor', async (t) => {
  const directory = await mkdtemp(join(tmpdir(), 'millrace-scratch-'))
  const file = new ScratchFile(directory)
  file.append(Uint8Array.of(1))
  t.true(openPath(directory) !== undefined)
  file.close()
  t.is(openPath(directory), undefined)
  file.close()
  await rm(directory, { recursive: true })
})

for (const keyBits of [128, 192, 256] as const)
  onLinux(
    `with keys of ${keyBits} bits nothing that was put on disk can be read there, and it comes back`,
    async (t) => {
      const directory = await mkdtemp(join(tmpdir(), 'millrace-scratch-'))
      useProtection({ keyBits, stateKeys: [] })
      const file = new ScratchFile(directory)
      try {
        const text = Buffer.from('a text that nobody is to read, '.repeat(50))
        const extents = [file.append(text), file.append(text.subarray(0, 40), text.subarray(40)), file.append()]
        t.deepEqual(
          extents.map(({ length }) => length),
          [text.length, text.length, 0],
        )
        t.is(file.size, 2 * text.length + 3 * SEAL_BYTES)
        const into = new Uint8Array(text.length)
        const read = (i: number): string => {
          file.read(extents[i]!, into)
          return Buffer.from(into).toString()
        }
        t.is(read(0), text.toString())
        t.is(read(1), text.toString())
        file.read(extents[2]!, into.subarray(0, 0))
        const before = readFileSync(openPath(directory)!)
        t.false(before.includes('nobody'))
        const contentAt = (offset: number): Buffer => before.subarray(offset + SEAL_BYTES, offset + 200)
        t.notDeepEqual(contentAt(0), contentAt(extents[1]!.offset), 'the same bytes are others in another place')

        const changed = Buffer.from(text)
        changed.write('A TEXT')
        extents[0] = file.overwrite(extents[0]!, changed, 6)
        t.is(read(0), changed.toString())
        t.is(read(1), text.toString(), 'what lies behind is as it was')
        const after = readFileSync(openPath(directory)!)
        t.false(after.subarray(40, 140).equals(before.subarray(40, 140)), 'all of it is encrypted anew')
      } finally {
        useProtection(undefined)
        file.close()
        await rm(directory, { recursive: true })
      }
    },
  )

onLinux(
  'bytes of an encrypted file that change are found, also where others of the file are in their place',
  async (t) => {
    const directory = await mkdtemp(join(tmpdir(), 'millrace-scratch-'))
    useProtection({ keyBits: 256, stateKeys: [] })
    const file = new ScratchFile(directory)
    try {
      const bytes = Buffer.alloc(500, 'x')
      const [first, second] = [file.append(bytes), file.append(bytes)]
      const into = new Uint8Array(bytes.length)
      const original = readFileSync(openPath(directory)!)
      const put = (at: number, given: Uint8Array): void => {
        const fd = openSync(openPath(directory)!, 'r+')
        writeSync(fd, given, 0, given.length, at)
        closeSync(fd)
      }
      for (const at of [0, 7, 8, SEAL_BYTES - 1, SEAL_BYTES, SEAL_BYTES + 499]) {
        put(at, Uint8Array.of(original[at]! ^ 1))
        t.throws(() => file.read(first, into), { message: /BLOCK_CORRUPT.*not what was encrypted/ }, `byte ${at}`)
        put(at, original.subarray(at, at + 1))
      }
      file.read(first, into)
      // The same bytes, written in another place.
      put(0, original.subarray(second.offset))
      t.throws(() => file.read(first, into), { message: /BLOCK_CORRUPT.*not what was encrypted/ })
      put(0, original)
      // What was there before is known by its checksum.
      const changed = file.overwrite(first, Buffer.alloc(500, 'y'), 500)
      put(0, original)
      t.throws(() => file.read(changed, into), { message: /BLOCK_CORRUPT.*checksum/ })
    } finally {
      useProtection(undefined)
      file.close()
      await rm(directory, { recursive: true })
    }
  },
)
