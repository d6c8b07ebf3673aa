import { MillraceError } from '../../../common/errors/millrace-error.js'
import type { Kernels } from '../../../executor/kernels/interface/generated.js'
import { PLAIN_BYTES_TO_REFS, PLAIN_FIXED_TO_REFS } from '../../../executor/kernels/interface/parquet.js'
import type { Memory } from '../../api.js'
import { ENCODINGS, type PageDetails } from '../metadata.js'
import type { ValuesSource } from '../split.js'
import type { ChunkPages, RawPage } from './chunk-pages.js'
import { type Codec, type Compressed, decompress, isPlausible, storedAsIs } from './decompress.js'
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

/** Whether values of a column refer to bytes of its pages. */
export function pointsToPages({ conversion }: ValuesSource): boolean {
  return conversion === PLAIN_BYTES_TO_REFS || conversion === PLAIN_FIXED_TO_REFS
}

function isDictionaryEncoding(encoding: number): boolean {
  const name = ENCODINGS[encoding]
  return name === 'PLAIN_DICTIONARY' || name === 'RLE_DICTIONARY'
}

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

  /** Decompresses a dictionary page into buffers that live as long as the chunk, with room for so many bytes at least. Returns where it is. */
  dictionary(raw: RawPage, buffers: PageBuffers, room: number): number {
    this.#pages.verify(raw)
    const { compressedBytes, uncompressedBytes } = raw.header
    const input = { address: raw.address, bytes: compressedBytes, uncompressedBytes }
    this.#checkSizes(this.#codec, input)
    return this.#inflate(this.#codec, input, buffers.take(Math.max(room, uncompressedBytes)))
  }

  /** Makes a data page ready; `levels`, `indices` and `repetitions` are the cursors to set. */
  load(raw: RawPage, levels: number, indices: number, repetitions: number): LoadedPage {
    this.#pages.verify(raw)
    const cursors = { levels, repetitions }
    const values = raw.header.kind === 'dataV2' ? this.#loadV2(raw, cursors) : this.#loadV1(raw, cursors)
    return this.#openValues(raw.header.details, values, indices)
  }

  #loadV1({ header, address }: RawPage, { levels, repetitions }: LevelCursors): Range {
    const { level, repetition } = this.#source
    const { compressedBytes, uncompressedBytes, details } = header
    const start = this.#plainBytes(details, this.#codec, { address, bytes: compressedBytes, uncompressedBytes })
    const end = start + uncompressedBytes
    const definitions = this.#startLevelsV1(repetitions, start, end, repetition, details.repetitionEncoding)
    return { start: this.#startLevelsV1(levels, definitions, end, level, details.definitionEncoding), end }
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

  #loadV2({ header, address }: RawPage, { levels, repetitions }: LevelCursors): Range {
    const { level, repetition } = this.#source
    const { compressedBytes, uncompressedBytes, details } = header
    const { definitionBytes, repetitionBytes } = details
    const levelBytes = repetitionBytes + definitionBytes
    if (levelBytes > compressedBytes || levelBytes > uncompressedBytes) {
      throw this.#pages.corrupt('its levels are longer than the page')
    }
    if (repetition > 0) this.#startLevels(repetitions, address, repetitionBytes, repetition)
    if (level > 0) this.#startLevels(levels, address + repetitionBytes, definitionBytes, level)
    const start = this.#plainBytes(details, details.isCompressed ? this.#codec : 'UNCOMPRESSED', {
      address: address + levelBytes,
      bytes: compressedBytes - levelBytes,
      uncompressedBytes: uncompressedBytes - levelBytes,
    })
    return { start, end: start + uncompressedBytes - levelBytes }
  }

  #startLevels(cursor: number, position: number, length: number, most: number): void {
    this.#kernels.parquetHybridStart(cursor, position, position + length, 32 - Math.clz32(most))
  }

  /**
   * Where the bytes of a data page are when they are decompressed. What does not get smaller is stored as it is, as codes of many values are.
   * It is read where it stands, which is until the next page is asked for: what refers to texts of a page does so for longer.
   */
  #plainBytes({ encoding }: PageDetails, codec: Codec, input: Compressed): number {
    this.#checkSizes(codec, input)
    const isReferred = pointsToPages(this.#source) && !isDictionaryEncoding(encoding)
    const inPlace = isReferred ? 0 : storedAsIs(codec, input, this.#kernels)
    return inPlace || this.#inflate(codec, input, this.#buffers.take(input.uncompressedBytes))
  }

  #checkSizes(codec: Codec, input: Compressed): void {
    const { bytes, uncompressedBytes } = input
    if (uncompressedBytes <= MAX_PAGE_BYTES && isPlausible(codec, input)) return
    throw this.#pages.corrupt(`${bytes} bytes cannot hold ${uncompressedBytes} in ${codec}`)
  }

  #inflate(codec: Codec, input: Compressed, target: number): number {
    if (input.bytes === 0 && input.uncompressedBytes === 0) return target
    const fault = decompress(codec, input, target, this.#memory, this.#kernels)
    if (fault !== undefined) throw this.#pages.corrupt(fault)
    return target
  }

  #openValues(details: PageDetails, { start, end }: Range, indices: number): LoadedPage {
    const encoding = ENCODINGS[details.encoding]
    const hasLevels = this.#source.level > 0
    const isBoolean = this.#source.conversion < 0
    switch (encoding) {
      case 'PLAIN':
        if (!isBoolean) return { kind: 'plain', hasLevels, position: start, end }
        this.#kernels.parquetPackedStart(indices, start, end, 1)
        return { kind: 'bits', hasLevels, position: start, end }
      case 'RLE': {
        if (!isBoolean) throw this.#unsupported(details.encoding, 'values')
        const length = end - start >= 4 ? this.#memory.view.getUint32(start, true) : 0
        if (length > end - start - 4) throw this.#pages.corrupt('its booleans are longer than the page')
        this.#kernels.parquetHybridStart(indices, start + 4, start + 4 + length, 1)
        return { kind: 'bits', hasLevels, position: start, end }
      }
      case 'PLAIN_DICTIONARY':
      case 'RLE_DICTIONARY': {
        // A page of NULLs may lack even the width.
        const width = start < end ? this.#memory.bytes[start]! : 0
        if (width > 32) throw this.#pages.corrupt(`dictionary indices of ${width} bits`)
        this.#kernels.parquetHybridStart(indices, Math.min(start + 1, end), end, width)
        return { kind: 'dictionary', hasLevels, position: start, end }
      }
      case 'DELTA_BINARY_PACKED':
      case 'DELTA_LENGTH_BYTE_ARRAY':
      case 'DELTA_BYTE_ARRAY':
      case 'BYTE_STREAM_SPLIT': {
        const tools = { memory: this.#memory, kernels: this.#kernels, buffers: this.#buffers }
        const plain = toPlain(encoding, this.#source, { start, end }, details.values, tools)
        if (plain === undefined) throw this.#unsupported(details.encoding, `values of type ${this.#source.physical}`)
        if (typeof plain === 'string') throw this.#pages.corrupt(plain)
        return { kind: 'plain', hasLevels, position: plain.start, end: plain.end }
      }
      default:
        throw this.#unsupported(details.encoding, 'values')
    }
  }

  #unsupported(encoding: number, what: string): MillraceError {
    const name = ENCODINGS[encoding] ?? `number ${encoding}`
    return new MillraceError('UNSUPPORTED_FEATURE', {
      feature: `the Parquet encoding ${name} for ${what} (column ${this.#source.name})`,
    })
  }
}
