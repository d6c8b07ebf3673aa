import type { FileColumn } from './file-column.js'
import type { ChunkStatistics } from './metadata.js'

/** A bound as values are compared: integers, dates, timestamps (microseconds), times (nanoseconds) and unscaled decimals as bigint, text as UTF-8. */
export type Comparable = bigint | number | Uint8Array

/** No decimal has more, even with some sign bytes to spare. */
const MAX_DECIMAL_BYTES = 64

export type LeafColumn = Extract<FileColumn, { kind: 'leaf' }>

/** What is known of the values of a column in a row group; a bound that is absent may be anything. */
export interface Bounds {
  readonly min: Comparable | undefined
  readonly max: Comparable | undefined
}

const UNKNOWN: Bounds = { min: undefined, max: undefined }

/**
 * The bounds that statistics tell. Of a pair of which one is NaN neither holds: nothing is less or greater than NaN, so a writer that
 * compared with one kept what came first. Nor does a pair the wrong way round, of a writer that compared otherwise than values are here.
 */
export function boundsOf(column: LeafColumn, statistics: ChunkStatistics): Bounds {
  let bounds = known.get(statistics)
  if (!bounds) {
    bounds = readBounds(column, statistics)
    known.set(statistics, bounds)
  }
  return bounds
}

/** Of statistics that were read before: they are of one column. */
const known = new WeakMap<ChunkStatistics, Bounds>()

function readBounds(column: LeafColumn, { min, max, legacy }: ChunkStatistics): Bounds {
  const read = boundReader(column, legacy)
  if (read === undefined) return UNKNOWN
  const bounds = { min: min && read(min), max: max && read(max) }
  if (Number.isNaN(bounds.min) || Number.isNaN(bounds.max)) return UNKNOWN
  const isReversed = bounds.min !== undefined && bounds.max !== undefined && compare(bounds.min, bounds.max) > 0
  return isReversed ? UNKNOWN : bounds
}

/** Negative, 0 or positive. -0.0 equals 0.0, as in SQL, whichever of them a writer took for a bound. */
export function compare(a: Comparable, b: Comparable): number {
  if (a instanceof Uint8Array) return Buffer.compare(a, b as Uint8Array)
  return a < (b as bigint | number) ? -1 : a > (b as bigint | number) ? 1 : 0
}

/**
 * Reads a stored bound in the form values are compared in; undefined when bounds of this column mean nothing. Legacy bounds
 * were compared as signed, whatever the type, and INT96 has no defined order.
 */
function boundReader(
  { node, conversion }: LeafColumn,
  legacy: boolean,
): ((bytes: Uint8Array) => Comparable | undefined) | undefined {
  const { annotation } = node
  const isUnsigned = annotation.kind === 'integer' && !annotation.signed
  if (legacy ? isUnsigned : !node.isOrdered) return undefined
  const view = (bytes: Uint8Array): DataView => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const sized = (length: number, read: (bytes: Uint8Array) => Comparable | undefined) => (bytes: Uint8Array) =>
    bytes.length === length ? read(bytes) : undefined
  switch (node.physical) {
    case 'BOOLEAN':
      return sized(1, (bytes) => BigInt(bytes[0]!))
    case 'INT32':
      return sized(4, (bytes) => BigInt(isUnsigned ? view(bytes).getUint32(0, true) : view(bytes).getInt32(0, true)))
    case 'INT64':
      return sized(8, (bytes) => {
        const value = isUnsigned ? view(bytes).getBigUint64(0, true) : view(bytes).getBigInt64(0, true)
        if (annotation.kind === 'time') return annotation.unit === 'MICROS' ? value * 1000n : value - (value % 1000n)
        if (annotation.kind !== 'timestamp' || annotation.unit === 'MICROS') return value
        return annotation.unit === 'MILLIS' ? inRange(value * 1000n) : floorDivide(value, 1000n)
      })
    case 'FLOAT':
      return sized(4, (bytes) => view(bytes).getFloat32(0, true))
    case 'DOUBLE':
      return sized(8, (bytes) => view(bytes).getFloat64(0, true))
    case 'BYTE_ARRAY':
    case 'FIXED_LEN_BYTE_ARRAY':
      if (legacy) return undefined
      if (conversion.type.kind === 'decimal') return (bytes) => bigEndian(bytes, conversion.sourceBytes)
      return conversion.type.kind === 'string' ? (bytes) => bytes : undefined
    case 'INT96':
    case undefined:
      return undefined
  }
}

/** Microseconds that the engine can hold. */
const inRange = (value: bigint): bigint | undefined => (BigInt.asIntN(64, value) === value ? value : undefined)

function floorDivide(a: bigint, b: bigint): bigint {
  return a >= 0n ? a / b : -((-a + b - 1n) / b)
}

/** A decimal of `length` bytes, or of any number of them when that is 0. One of another length was cut. */
function bigEndian(bytes: Uint8Array, length: number): bigint | undefined {
  if (bytes.length === 0 || bytes.length > MAX_DECIMAL_BYTES || (length > 0 && bytes.length !== length))
    return undefined
  return BigInt.asIntN(bytes.length * 8, BigInt(`0x${Buffer.from(bytes).toString('hex')}`))
}
