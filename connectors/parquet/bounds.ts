import type { FileColumn } from './columns.js'

/** A bound as values are compared: integers, dates, timestamps (microseconds) and unscaled decimals as bigint, text as UTF-8. */
export type Comparable = bigint | number | Uint8Array

export type LeafColumn = Extract<FileColumn, { kind: 'leaf' }>

/**
 * Reads a stored bound in the form values are compared in; undefined when bounds of this column mean nothing. Legacy bounds
 * were compared as signed, whatever the type, and INT96 has no defined order.
 */
export function boundReader(
  { node, conversion }: LeafColumn,
  legacy: boolean,
): ((bytes: Uint8Array) => Comparable | undefined) | undefined {
  const { annotation } = node
  const isUnsigned = annotation.kind === 'integer' && !annotation.signed
  if (legacy && isUnsigned) return undefined
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
        if (annotation.kind !== 'timestamp' || annotation.unit === 'MICROS') return value
        return annotation.unit === 'MILLIS' ? value * 1000n : floorDivide(value, 1000n)
      })
    case 'FLOAT':
      return sized(4, (bytes) => numberBound(view(bytes).getFloat32(0, true)))
    case 'DOUBLE':
      return sized(8, (bytes) => numberBound(view(bytes).getFloat64(0, true)))
    case 'BYTE_ARRAY':
    case 'FIXED_LEN_BYTE_ARRAY':
      if (legacy) return undefined
      if (conversion.type.kind === 'decimal') return bigEndian
      return conversion.type.kind === 'string' ? (bytes) => bytes : undefined
    case 'INT96':
    case undefined:
      return undefined
  }
}

const numberBound = (value: number): number | undefined => (Number.isNaN(value) ? undefined : value)

function floorDivide(a: bigint, b: bigint): bigint {
  return a >= 0n ? a / b : -((-a + b - 1n) / b)
}

function bigEndian(bytes: Uint8Array): bigint | undefined {
  if (bytes.length === 0) return undefined
  return BigInt.asIntN(bytes.length * 8, BigInt(`0x${Buffer.from(bytes).toString('hex')}`))
}
