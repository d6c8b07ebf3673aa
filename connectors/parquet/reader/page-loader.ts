import { MillraceError } from '../../../common/errors/millrace-error.js'
import type { Kernels } from '../../../executor/kernels/interface/generated.js'
import type { Memory } from '../../api.js'
import { ENCODINGS } from '../metadata.js'
import type { ValuesSource } from '../split.js'
import type { ChunkPages, RawPage } from './chunk-pages.js'
import { type Codec, decompress, isPlausible } from './decompress.js'
import type { PageBuffers } from './page-buffers.js'
import { type Range, toPlain } from './to-plain.js'

/** A page ready to be decoded. The cursors for levels and for indices or bits were set when it was loaded. */
export interface LoadedPage {
  readonly kind: 'plain' | 'bits' | 'dictionary'
  /** False when the column has no NULLs by its type. */
  readonly hasLevels: boolean
  /** Of PLAIN values: the next one. */
  position: number
  readonly end: number
}

/** Where decoders of levels keep their places. */
interface LevelCursors {
  readonly levels: number
  readonly repetitions: number
}

const MAX_PAGE_BYTES = 512 * 1024 * 1024
const RLE = 3

/** Decompresses pages and finds levels and values in them. */
export class PageLoader {
  readonly #source: ValuesSource
  readonly #codec: Codec
  readonly #pages: ChunkPages
  readonly #memory: Memory
  readonly #kernels: Kernels
  readonly #buffers: PageBuffers

  constructor(
    source: ValuesSource,
    codec: Codec,
    pages: ChunkPages,
    memory: Memory,
    kernels: Kernels,
    buffers: PageBuffers,
  ) {
    this.#source = source
    this.#codec = codec
    this.#pages = pages
    this.#memory = memory
    this.#kernels = kernels
    this.#buffers = buffers
  }

  /** Decompresses a dictionary page into buffers that live as long as the chunk. */
  dictionary(raw: RawPage, buffers: PageBuffers): { address: number; bytes: number } {
    const { uncompressedBytes } = raw
    this.#pages.verify(raw)
    return {
      address: this.#inflate(raw.address, raw.compressedBytes, uncompressedBytes, buffers),
      bytes: uncompressedBytes,
    }
  }

  /** Makes a data page ready; `levels`, `indices` and `repetitions` are the cursors to set. */
  load(raw: RawPage, levels: number, indices: number, repetitions: number): LoadedPage {
    this.#pages.verify(raw)
    const cursors = { levels, repetitions }
    const values = raw.kind === 'dataV2' ? this.#loadV2(raw, cursors) : this.#loadV1(raw, cursors)
    const hasLevels = this.#source.level > 0
    return { ...this.#openValues(raw, values, indices), hasLevels }
  }

  #loadV1(raw: RawPage, { levels, repetitions }: LevelCursors): Range {
    const { level, repetition } = this.#source
    const bytes = raw.uncompressedBytes
    const start = this.#inflate(raw.address, raw.compressedBytes, bytes, this.#buffers)
    const end = start + bytes
    const definitions = this.#startLevelsV1(repetitions, start, end, repetition, raw.repetitionEncoding)
    return { start: this.#startLevelsV1(levels, definitions, end, level, raw.definitionEncoding), end }
  }

  /** @returns where the levels end: at once when they can only be 0 */
  #startLevelsV1(cursor: number, start: number, end: number, most: number, encoding: number): number {
    if (most === 0) return start
    if (encoding !== RLE) throw this.#unsupported(encoding, 'levels')
    if (end - start < 4) throw this.#pages.corrupt('its levels are missing')
    const length = this.#memory.view.getUint32(start, true)
    if (length > end - start - 4) throw this.#pages.corrupt('its levels are longer than the page')
    this.#startLevels(cursor, start + 4, length, most)
    return start + 4 + length
  }

  #loadV2(raw: RawPage, { levels, repetitions }: LevelCursors): Range {
    const { level, repetition } = this.#source
    const levelBytes = raw.repetitionBytes + raw.definitionBytes
    if (levelBytes > raw.compressedBytes || levelBytes > raw.uncompressedBytes) {
      throw this.#pages.corrupt('its levels are longer than the page')
    }
    if (repetition > 0) this.#startLevels(repetitions, raw.address, raw.repetitionBytes, repetition)
    if (level > 0) this.#startLevels(levels, raw.address + raw.repetitionBytes, raw.definitionBytes, level)
    const stored = raw.compressedBytes - levelBytes
    const bytes = raw.uncompressedBytes - levelBytes
    const codec = raw.isCompressed ? this.#codec : 'UNCOMPRESSED'
    const start = this.#inflate(raw.address + levelBytes, stored, bytes, this.#buffers, codec)
    return { start, end: start + bytes }
  }

  #startLevels(cursor: number, position: number, length: number, most: number): void {
    this.#kernels.parquetHybridStart(cursor, position, position + length, 32 - Math.clz32(most))
  }

  #inflate(
    address: number,
    bytes: number,
    uncompressedBytes: number,
    buffers: PageBuffers,
    codec = this.#codec,
  ): number {
    if (uncompressedBytes > MAX_PAGE_BYTES || !isPlausible(codec, { bytes, uncompressedBytes })) {
      throw this.#pages.corrupt(`${bytes} bytes cannot hold ${uncompressedBytes} in ${codec}`)
    }
    const target = buffers.take(uncompressedBytes)
    if (bytes === 0 && uncompressedBytes === 0) return target
    const input = { address, bytes, uncompressedBytes }
    const fault = decompress(codec, input, target, this.#memory, this.#kernels)
    if (fault !== undefined) throw this.#pages.corrupt(fault)
    return target
  }

  #openValues(raw: RawPage, { start, end }: Range, indices: number): Omit<LoadedPage, 'hasLevels'> {
    const encoding = ENCODINGS[raw.encoding]
    const isBoolean = this.#source.conversion < 0
    switch (encoding) {
      case 'PLAIN':
        if (!isBoolean) return { kind: 'plain', position: start, end }
        this.#kernels.parquetPackedStart(indices, start, end, 1)
        return { kind: 'bits', position: start, end }
      case 'RLE': {
        if (!isBoolean) throw this.#unsupported(raw.encoding, 'values')
        const length = end - start >= 4 ? this.#memory.view.getUint32(start, true) : 0
        if (length > end - start - 4) throw this.#pages.corrupt('its booleans are longer than the page')
        this.#kernels.parquetHybridStart(indices, start + 4, start + 4 + length, 1)
        return { kind: 'bits', position: start, end }
      }
      case 'PLAIN_DICTIONARY':
      case 'RLE_DICTIONARY': {
        // A page of NULLs may lack even the width.
        const width = start < end ? this.#memory.bytes[start]! : 0
        if (width > 32) throw this.#pages.corrupt(`dictionary indices of ${width} bits`)
        this.#kernels.parquetHybridStart(indices, Math.min(start + 1, end), end, width)
        return { kind: 'dictionary', position: start, end }
      }
      case 'DELTA_BINARY_PACKED':
      case 'DELTA_LENGTH_BYTE_ARRAY':
      case 'DELTA_BYTE_ARRAY':
      case 'BYTE_STREAM_SPLIT': {
        const tools = { memory: this.#memory, kernels: this.#kernels, buffers: this.#buffers }
        const plain = toPlain(encoding, this.#source, { start, end }, raw.values, tools)
        if (plain === undefined) throw this.#unsupported(raw.encoding, `values of type ${this.#source.physical}`)
        if (typeof plain === 'string') throw this.#pages.corrupt(plain)
        return { kind: 'plain', position: plain.start, end: plain.end }
      }
      default:
        throw this.#unsupported(raw.encoding, 'values')
    }
  }

  #unsupported(encoding: number, what: string): MillraceError {
    const name = ENCODINGS[encoding] ?? `number ${encoding}`
    return new MillraceError('UNSUPPORTED_FEATURE', {
      feature: `the Parquet encoding ${name} for ${what} (column ${this.#source.name})`,
    })
  }
}
