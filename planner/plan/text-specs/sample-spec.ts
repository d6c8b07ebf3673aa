import * as codes from '../../../executor/kernels/interface/text-shapes.js'
import type { TextOptions } from '../expression/text-options.js'
import { CSV_READING_SIGNS, encodeCsvSigns } from './csv-signs.js'
import { jsonFlags } from './json-flags.js'
import { encodeTimeFormats } from './time-formats.js'

const ALL = '1.0'
const LENGTH_AT = 4

/** What kernels are told to find the columns of lines (executor/kernels/interface/text-shapes.ts). */
class SampleSpec {
  readonly #header = Buffer.alloc(codes.SAMPLE_BYTES)
  readonly #chunks: Uint8Array[] = [this.#header]
  #end = codes.SAMPLE_BYTES

  constructor(flags: number, ratio = ALL) {
    this.put(codes.SAMPLE_FLAGS, flags)
    this.#header.writeDoubleLE(Number(ratio), codes.SAMPLE_RATIO)
  }

  put(at: number, value: number): void {
    this.#header.writeUInt32LE(value, at)
  }

  /** Notes at a place where the bytes are. */
  add(at: number, bytes: Uint8Array): void {
    const padded = Buffer.alloc((bytes.length + 7) & ~7)
    padded.set(bytes)
    this.put(at, this.#end)
    this.#chunks.push(padded)
    this.#end += padded.length
  }

  get bytes(): Buffer {
    return Buffer.concat(this.#chunks)
  }
}

const flagsOf = (options: TextOptions, flags: readonly (readonly [string, string, number])[]): number =>
  flags.reduce((sum, [option, value, flag]) => (options[option] === value ? sum | flag : sum), 0)

/** Which timestamps are meant where a text does not tell. */
const zoneFlag = (isWithoutZone: boolean): number => (isWithoutZone ? codes.SAMPLE_WITHOUT_ZONE : 0)

/** For rows of CSV with so many columns. @param header the line that is no row where it comes again */
export function encodeCsvSample(
  options: TextOptions,
  columns: number,
  header: string | undefined,
  isWithoutZone: boolean,
): Buffer {
  const flags = options['preferDate'] === 'false' ? 0 : codes.SAMPLE_PREFERS_DATES
  const spec = new SampleSpec(flags | zoneFlag(isWithoutZone), options['samplingRatio'])
  spec.put(codes.SAMPLE_COLUMNS, columns)
  if (header !== undefined) {
    const line = Buffer.from(header)
    spec.add(codes.SAMPLE_HEADER, line)
    spec.put(codes.SAMPLE_HEADER + LENGTH_AT, line.length)
  }
  spec.add(
    codes.SAMPLE_CSV,
    encodeCsvSigns({ ...CSV_READING_SIGNS, ...options }, encodeTimeFormats(options, 'reading')),
  )
  return spec.bytes
}

const OF_JSON = [
  ['inferTimestamp', 'true', codes.SAMPLE_TIMES],
  ['primitivesAsString', 'true', codes.SAMPLE_ONLY_STRINGS],
  ['prefersDecimal', 'true', codes.SAMPLE_PREFERS_DECIMALS],
] as const

/** For objects of JSON. */
export function encodeJsonSample(options: TextOptions, isWithoutZone: boolean): Buffer {
  const spec = new SampleSpec(flagsOf(options, OF_JSON) | zoneFlag(isWithoutZone), options['samplingRatio'])
  spec.put(codes.SAMPLE_JSON_FLAGS, jsonFlags(options))
  spec.add(codes.SAMPLE_FORMATS, encodeTimeFormats(options, 'reading'))
  return spec.bytes
}
