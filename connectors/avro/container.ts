import { MillraceError } from '../../common/errors/millrace-error.js'
import { failedRead } from '../files/file-errors.js'
import { readRange } from '../files/read-range.js'
import { fileSystemOf, openFile } from '../files/systems/file-systems.js'
import type { OpenFile, PlannedFile } from '../files/systems/open-file.js'

export type AvroCodec = 'null' | 'deflate' | 'snappy' | 'zstandard' | 'bzip2'
const CODECS: readonly AvroCodec[] = ['null', 'deflate', 'snappy', 'zstandard', 'bzip2']

/** What the head of a file says. */
export interface AvroFile {
  readonly file: PlannedFile
  /** The schema of its rows, as it stands there. */
  readonly schema: string
  readonly codec: AvroCodec
  /** What stands behind the head and behind every block, in hexadecimal digits. */
  readonly sync: string
  readonly headBytes: number
}

export const MAGIC = Buffer.from('Obj\x01', 'latin1')
export const SYNC_BYTES = 16
const FIRST_HEAD_BYTES = 16 * 1024
/** Schemas of more than this are none. */
const MOST_HEAD_BYTES = 64 * 1024 ** 2

/** Reads the head of a file. @throws PATH_NOT_FOUND, FAILED_READ_FILE, UNSUPPORTED_FEATURE */
export async function avroFile(path: string): Promise<AvroFile> {
  const file = await fileSystemOf(path).stat(path)
  const open = openFile(file)
  try {
    return { file, ...(await headOf(open, file)) }
  } finally {
    open.close()
  }
}

async function headOf(open: OpenFile, { path, size }: PlannedFile): Promise<Omit<AvroFile, 'file'>> {
  for (let most = FIRST_HEAD_BYTES; ; most *= 8) {
    const bytes = Buffer.from(await readRange(open, 0, Math.min(most, size)))
    if (!bytes.subarray(0, MAGIC.length).equals(MAGIC)) throw failedRead(path, 'it is no file of Avro')
    const head = new Head(bytes).read()
    if (head) return checkedHead(path, head)
    if (most >= size || most >= MOST_HEAD_BYTES) throw failedRead(path, 'its head is cut or damaged')
  }
}

interface FoundHead {
  readonly entries: ReadonlyMap<string, string>
  readonly sync: string
  readonly headBytes: number
}

function checkedHead(path: string, { entries, sync, headBytes }: FoundHead): Omit<AvroFile, 'file'> {
  const schema = entries.get('avro.schema')
  if (schema === undefined) throw failedRead(path, 'its head has no schema')
  const name = entries.get('avro.codec') ?? 'null'
  const codec = CODECS.find((one) => one === name)
  if (!codec)
    throw new MillraceError('UNSUPPORTED_FEATURE', { feature: `reading Avro compressed by ${name} (${path})` })
  return { schema, codec, sync, headBytes }
}

/** The head of a file, of which maybe not all is there. */
class Head {
  readonly #bytes: Buffer
  #at = MAGIC.length

  constructor(bytes: Buffer) {
    this.#bytes = bytes
  }

  /** Undefined when it does not end within the bytes. */
  read(): FoundHead | undefined {
    const entries = new Map<string, string>()
    for (;;) {
      const count = this.#long()
      if (count === undefined) return undefined
      if (count === 0) break
      // A negative number is followed by the bytes of the entries.
      if (count < 0 && this.#long() === undefined) return undefined
      for (let i = 0; i < Math.abs(count); i++) {
        const [key, value] = [this.#text(), this.#text()]
        if (key === undefined || value === undefined) return undefined
        entries.set(key, value)
      }
    }
    const end = this.#at + SYNC_BYTES
    if (end > this.#bytes.length) return undefined
    return { entries, sync: this.#bytes.toString('hex', this.#at, end), headBytes: end }
  }

  #text(): string | undefined {
    const length = this.#long()
    if (length === undefined || length < 0 || this.#at + length > this.#bytes.length) return undefined
    this.#at += length
    return this.#bytes.toString('utf8', this.#at - length, this.#at)
  }

  #long(): number | undefined {
    const found = longAt(this.#bytes, this.#at, this.#bytes.length)
    if (!found) return undefined
    this.#at = found.end
    return found.value
  }
}

const MOST_LONG_BYTES = 10

/** A whole number at a place; undefined when it does not end within the bytes, or is no number that counts something. */
export function longAt(
  bytes: Uint8Array,
  at: number,
  until: number,
): { readonly value: number; readonly end: number } | undefined {
  let raw = 0n
  for (let i = 0; i < MOST_LONG_BYTES && at + i < until; i++) {
    const byte = bytes[at + i]!
    raw |= BigInt(byte & 0x7f) << BigInt(7 * i)
    if (byte < 0x80) {
      const value = Number((raw >> 1n) ^ -(raw & 1n))
      return Number.isSafeInteger(value) ? { value, end: at + i + 1 } : undefined
    }
  }
  return undefined
}
