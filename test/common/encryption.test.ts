import { mkdtemp, readFile, rm, truncate, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import test, { type ExecutionContext } from 'ava'
import { localCheckpointFiles } from '../../common/checkpoint-files.js'
import { newStateKey, stateKeyOf } from '../../common/encryption/file-protection.js'
import { PieceCipher, SEAL_BYTES } from '../../common/encryption/piece-cipher.js'
import { sealed, unsealed } from '../../common/encryption/sealed.js'
import { stateFiles } from '../../common/encryption/state-files.js'

const CHUNK = 64 * 1024
const KEY = stateKeyOf(Buffer.alloc(32, 'key'))
const files = stateFiles(localCheckpointFiles, [KEY], KEY.id)

async function inFolder(t: ExecutionContext, body: (path: string) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'millrace-encryption-'))
  t.teardown(() => rm(folder, { recursive: true, force: true }))
  await body(join(folder, 'file'))
}

/** Bytes that tell where they are. */
const bytesOf = (length: number): Buffer => {
  const bytes = Buffer.alloc(length)
  for (let i = 0; i + 4 <= length; i += 4) bytes.writeUInt32LE(i, i)
  return bytes
}

async function write(path: string, pieces: readonly Uint8Array[], by = files): Promise<void> {
  await rm(path, { force: true })
  const file = await by.create(path)
  for (const piece of pieces) await file.append(piece)
  await file.finish()
}

async function read(path: string, at: number, length: number, by = files): Promise<Buffer> {
  const file = await by.open(path)
  const bytes = Buffer.alloc(length)
  return bytes.subarray(0, await file.read(bytes, at).finally(() => file.close()))
}

test('what was sealed is read by who has the secret, and means the same by it', (t) => {
  const text = Buffer.from('a key')
  const bytes = sealed('secret', 'keys', text)
  t.deepEqual(unsealed('secret', 'keys', bytes), text)
  t.false(bytes.includes(text))
  t.notDeepEqual(sealed('secret', 'keys', text), bytes)
  t.deepEqual(unsealed('secret', 'keys', sealed('secret', 'keys', Buffer.of())), Buffer.of())
  const flipped = Buffer.from(bytes)
  flipped[bytes.length - 1]! ^= 1
  for (const [secret, purpose, given] of [
    ['other', 'keys', bytes],
    ['secret', 'others', bytes],
    ['secret', 'keys', flipped],
    ['secret', 'keys', bytes.subarray(0, 40)],
    ['secret', 'keys', Buffer.of()],
  ] as const)
    t.throws(() => unsealed(secret, purpose, given), { message: /SEALED_OTHERWISE/ }, `${secret} ${purpose}`)
})

test('files of state come back from any place, however they were written, and nobody else can read them', (t) =>
  inFolder(t, async (path) => {
    for (const length of [0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 3 * CHUNK, 20 * CHUNK + 5]) {
      const bytes = bytesOf(length)
      for (const step of [length || 1, 5000]) {
        const pieces = Array.from({ length: Math.ceil(length / step) }, (_, i) =>
          bytes.subarray(i * step, (i + 1) * step),
        )
        await write(path, pieces)
        const file = await files.open(path)
        t.is(file.size, length)
        await file.close()
        t.true(bytes.equals(await read(path, 0, length + 10)), `${length} by ${step}`)
      }
      for (const at of [1, CHUNK - 2, CHUNK, 2 * CHUNK + 7])
        t.deepEqual(await read(path, at, 11), bytes.subarray(at, at + 11), `${length} from ${at}`)
      const onDisk = await readFile(path)
      t.is(length > 8 && onDisk.includes(bytes.subarray(0, 8)), false)
    }
  }))

test('a file of state that was changed, cut or put together anew is refused', (t) =>
  inFolder(t, async (path) => {
    const length = 2 * CHUNK + 100
    await write(path, [bytesOf(length)])
    const whole = await readFile(path)
    const [head, sealedChunk] = [48, CHUNK + 16]
    const chunk = (i: number): Buffer => whole.subarray(head + i * sealedChunk, head + (i + 1) * sealedChunk)
    const flipped = (at: number): Buffer => {
      const other = Buffer.from(whole)
      other[at]! ^= 1
      return other
    }
    const damaged: Readonly<Record<string, Buffer>> = {
      salt: flipped(head - 1),
      content: flipped(head + 5),
      code: flipped(head + sealedChunk - 1),
      'without its last chunk': whole.subarray(0, head + 2 * sealedChunk),
      'within its last chunk': whole.subarray(0, whole.length - 1),
      'of a code alone': whole.subarray(0, head + 2 * sealedChunk + 8),
      'of a head alone': whole.subarray(0, head),
      'of a head and less than a code': whole.subarray(0, head + 15),
      'with chunks exchanged': Buffer.concat([whole.subarray(0, head), chunk(1), chunk(0), chunk(2)]),
    }
    for (const [what, bytes] of Object.entries(damaged)) {
      await writeFile(path, bytes)
      await t.throwsAsync(read(path, 0, length), { message: /not what was encrypted|cut short/ }, what)
    }
  }))

test('files tell which key they need, and plain ones are read as they are', (t) =>
  inFolder(t, async (path) => {
    const [old, other] = [newStateKey(), newStateKey()]
    await write(path, [bytesOf(100)], stateFiles(localCheckpointFiles, [old], old.id))
    t.deepEqual(await read(path, 0, 100, stateFiles(localCheckpointFiles, [other, old], other.id)), bytesOf(100))
    const unknown = { condition: 'STATE_KEY_UNKNOWN', parameters: { path, key: old.id } }
    t.like(await t.throwsAsync(read(path, 0, 100, stateFiles(localCheckpointFiles, [other], other.id))), {
      ...unknown,
      message: `[STATE_KEY_UNKNOWN] The state ${path} is encrypted by the key ${old.id}: those that are given are ${other.id}. Name a file that has this key by checkpoint.encryption.keyFile. SQLSTATE: 42K03`,
    })
    t.like(await t.throwsAsync(read(path, 0, 100, stateFiles(localCheckpointFiles, []))), unknown)
    t.like(await t.throwsAsync(stateFiles(localCheckpointFiles, [], 'gone').create(path)), {
      condition: 'STATE_KEY_UNKNOWN',
    })

    await write(path, [bytesOf(100)], stateFiles(localCheckpointFiles, [KEY]))
    t.deepEqual(await readFile(path), bytesOf(100), 'without a key to write by it is plain')
    t.deepEqual(await read(path, 0, 100), bytesOf(100))
    await truncate(path, 3)
    t.deepEqual(await read(path, 0, 100), bytesOf(100).subarray(0, 3))
  }))

test('a file of state is read a bounded part at a time, and closed when its key is not there', (t) =>
  inFolder(t, async (path) => {
    const length = 40 * CHUNK
    await write(path, [bytesOf(length)])
    let [open, most] = [0, 0]
    const counted: typeof localCheckpointFiles = {
      ...localCheckpointFiles,
      open: async (name) => {
        const file = await localCheckpointFiles.open(name)
        open++
        return {
          size: file.size,
          read: (bytes, at) => {
            most = Math.max(most, bytes.length)
            return file.read(bytes, at)
          },
          close: () => {
            open--
            return file.close()
          },
        }
      },
    }
    t.true(bytesOf(length).equals(await read(path, 0, length, stateFiles(counted, [KEY]))))
    t.is(most, 16 * (CHUNK + 16))
    await t.throwsAsync(stateFiles(counted, []).open(path), { message: /STATE_KEY_UNKNOWN/ })
    t.is(open, 0)
  }))

test('a piece of a file is known by its place, its number and its bytes, and no number is used twice', (t) => {
  const cipher = new PieceCipher(256)
  const content = Buffer.from('some rows')
  const seal = (): Buffer => Buffer.concat(cipher.seal(64, [content.subarray(0, 4), content.subarray(4)]))
  const [first, second] = [seal(), seal()]
  const unsealed = (by: PieceCipher, offset: number, piece: Uint8Array): string | undefined => {
    const into = Buffer.alloc(content.length)
    return by.unseal(offset, piece, into) ? String(into) : undefined
  }
  t.deepEqual(
    [first, second].map((piece) => unsealed(cipher, 64, piece)),
    ['some rows', 'some rows'],
  )
  t.notDeepEqual(first.subarray(SEAL_BYTES), second.subarray(SEAL_BYTES))
  t.is(unsealed(cipher, 65, first), undefined)
  t.is(unsealed(new PieceCipher(256), 64, first), undefined)
  for (let at = 0; at < first.length; at++) {
    const changed = Buffer.from(first)
    changed[at]! ^= 1
    t.is(unsealed(cipher, 64, changed), undefined, String(at))
  }
})
