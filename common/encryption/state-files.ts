import type { CheckpointFiles, NewCheckpointFile, OpenCheckpointFile } from '../checkpoint-files.js'
import { MillraceError } from '../errors/millrace-error.js'
import type { StateKey } from './file-protection.js'
import {
  CHUNK_BYTES,
  HEAD_BYTES,
  headOf,
  keyIdOf,
  newHead,
  SEALED_CHUNK_BYTES,
  StateFileCipher,
} from './state-cipher.js'

/** What the files of a state are read and written by. */
export interface StateFiles extends Pick<CheckpointFiles, 'open' | 'create' | 'list' | 'remove' | 'makeFolder'> {
  /** Whether what it writes is encrypted. */
  readonly encrypts?: boolean
}

/** Chunks that are in memory at a time. */
const CHUNKS_AT_ONCE = 16

/**
 * Files of states as they are, of which new ones are encrypted when a key is named. Those that are read tell themselves whether they are, and by which key; so a stream
 * goes on from plain ones, and from those of an older key.
 */
export function stateFiles(files: CheckpointFiles, keys: readonly StateKey[], writeKey?: string): StateFiles {
  return {
    encrypts: writeKey !== undefined,
    open: (path) => opened(files, path, keys),
    create: async (path) => {
      const key = writeKey === undefined ? undefined : keyFor(path, writeKey, keys)
      const file = await files.create(path)
      return key ? new EncryptedFile(file, key) : file
    },
    list: (folder) => files.list(folder),
    remove: (path) => files.remove(path),
    makeFolder: (folder) => files.makeFolder(folder),
  }
}

/** @throws STATE_KEY_UNKNOWN */
function keyFor(path: string, id: string, keys: readonly StateKey[]): StateKey {
  const key = keys.find((one) => one.id === id)
  if (key) return key
  const known = keys.length === 0 ? 'none is given' : `those that are given are ${keys.map((one) => one.id).join(', ')}`
  throw new MillraceError('STATE_KEY_UNKNOWN', { path, key: id, known })
}

async function opened(files: CheckpointFiles, path: string, keys: readonly StateKey[]): Promise<OpenCheckpointFile> {
  const file = await files.open(path)
  try {
    const head = Buffer.alloc(HEAD_BYTES)
    const length = await file.read(head, 0)
    const known = length === HEAD_BYTES ? headOf(head) : undefined
    return known ? new DecryptedFile(path, file, new StateFileCipher(keyFor(path, keyIdOf(known), keys), known)) : file
  } catch (error) {
    await file.close()
    throw error
  }
}

/** Reads at any place of an encrypted file. */
class DecryptedFile implements OpenCheckpointFile {
  readonly size: number
  readonly #path: string
  readonly #file: OpenCheckpointFile
  readonly #cipher: StateFileCipher
  readonly #chunks: number

  /** @throws STREAMING_CHECKPOINT_CORRUPT */
  constructor(path: string, file: OpenCheckpointFile, cipher: StateFileCipher) {
    this.#path = path
    const sealed = file.size - HEAD_BYTES
    this.#file = file
    this.#cipher = cipher
    this.#chunks = Math.ceil(sealed / SEALED_CHUNK_BYTES)
    this.size = sealed - this.#chunks * (SEALED_CHUNK_BYTES - CHUNK_BYTES)
    // The last chunk has content, or nobody would look at its code, unless there is none at all.
    const least = this.#chunks === 1 ? 0 : (this.#chunks - 1) * CHUNK_BYTES + 1
    if (this.#chunks === 0 || this.size < least) throw damaged(path, 'it is cut short')
  }

  async read(bytes: Uint8Array, at: number): Promise<number> {
    const end = Math.min(this.size, at + bytes.length)
    let done = at
    while (done < end) {
      const chunk = Math.floor(done / CHUNK_BYTES)
      const wanted = Math.min(CHUNKS_AT_ONCE, Math.ceil(end / CHUNK_BYTES) - chunk)
      const content = await this.#read(chunk, wanted)
      const part = content.subarray(done - chunk * CHUNK_BYTES, end - chunk * CHUNK_BYTES)
      bytes.set(part, done - at)
      done += part.length
    }
    return Math.max(0, done - at)
  }

  close(): Promise<void> {
    return this.#file.close()
  }

  async #read(chunk: number, count: number): Promise<Buffer> {
    const from = HEAD_BYTES + chunk * SEALED_CHUNK_BYTES
    const sealed = Buffer.alloc(Math.min(count * SEALED_CHUNK_BYTES, this.#file.size - from))
    if ((await this.#file.read(sealed, from)) < sealed.length) throw damaged(this.#path, 'it is cut short')
    const content = Array.from({ length: count }, (_, i) => {
      const one = sealed.subarray(i * SEALED_CHUNK_BYTES, (i + 1) * SEALED_CHUNK_BYTES)
      const plain = this.#cipher.unseal(chunk + i, chunk + i === this.#chunks - 1, one)
      if (!plain) throw damaged(this.#path, 'it is not what was encrypted')
      return plain
    })
    return Buffer.concat(content)
  }
}

/** Writes what comes in chunks. The last one is known by the end alone, so that each is kept until more comes. */
class EncryptedFile implements NewCheckpointFile {
  readonly #file: NewCheckpointFile
  readonly #head: Buffer
  readonly #cipher: StateFileCipher
  readonly #chunk = Buffer.alloc(CHUNK_BYTES)
  #filled = 0
  #chunks = 0

  constructor(file: NewCheckpointFile, key: StateKey) {
    this.#file = file
    this.#head = newHead(key)
    this.#cipher = new StateFileCipher(key, this.#head)
  }

  async append(bytes: Uint8Array): Promise<void> {
    const sealed: Buffer[] = []
    for (let done = 0; done < bytes.length; ) {
      if (this.#filled === CHUNK_BYTES) sealed.push(this.#sealed(false))
      const part = bytes.subarray(done, done + CHUNK_BYTES - this.#filled)
      this.#chunk.set(part, this.#filled)
      this.#filled += part.length
      done += part.length
    }
    if (sealed.length > 0) await this.#file.append(Buffer.concat(sealed))
  }

  async finish(): Promise<void> {
    await this.#end()
    await this.#file.finish()
  }

  async publish(name: string): Promise<void> {
    await this.#end()
    await this.#file.publish(name)
  }

  close(): Promise<void> {
    return this.#file.close()
  }

  #end(): Promise<void> {
    return this.#file.append(this.#sealed(true))
  }

  #sealed(isLast: boolean): Buffer {
    const head = this.#chunks === 0 ? this.#head : Buffer.alloc(0)
    const content = this.#cipher.seal(this.#chunks++, isLast, this.#chunk.subarray(0, this.#filled))
    this.#filled = 0
    return Buffer.concat([head, content])
  }
}

const damaged = (path: string, reason: string): MillraceError =>
  new MillraceError('STREAMING_CHECKPOINT_CORRUPT', { path, reason })
