import type { Random } from '../../random.js'

const MOST_CHANGES = 6
const MOST_COPIED = 64
/** Bytes at which decoders decide otherwise: ends of ranges, signs of texts, lengths and codes. */
const BYTES = [0x00, 0x01, 0x0a, 0x0d, 0x20, 0x22, 0x2c, 0x2d, 0x2e, 0x30, 0x5c, 0x7f, 0x80, 0xc0, 0xef, 0xff]
const TOKENS = [
  '"',
  '""',
  ',',
  '\\',
  '\\u12',
  '\\ud800',
  '\r\n',
  '{',
  '[',
  '}',
  ']',
  ':',
  'null',
  '-',
  '1e999',
  '9'.repeat(40),
  '0.'.padEnd(30, '7'),
  'NaN',
  '2026-13-45',
  '2026-01-02T03:04:05.123456789+99:99',
  '['.repeat(1200),
  '{"a":'.repeat(1200),
]

/** A sample of some decoder with a few changes: bytes, numbers, pieces that are missing, twice, of another sample or of a text. */
export function mutated(random: Random, samples: readonly Uint8Array[]): Buffer {
  let bytes = Buffer.from(random.pick(samples))
  const changes = random.integer(1, MOST_CHANGES)
  for (let i = 0; i < changes; i++) bytes = changed(random, bytes, samples)
  return bytes
}

function changed(random: Random, bytes: Buffer<ArrayBuffer>, samples: readonly Uint8Array[]): Buffer<ArrayBuffer> {
  const at = random.integer(0, bytes.length)
  const until = Math.min(bytes.length, at + random.integer(0, MOST_COPIED))
  switch (random.integer(0, 8)) {
    case 0:
      return Buffer.concat([bytes.subarray(0, at)])
    case 1:
      return Buffer.concat([bytes.subarray(0, at), bytes.subarray(until)])
    case 2:
      return Buffer.concat([bytes.subarray(0, until), bytes.subarray(at)])
    case 3:
      return Buffer.concat([bytes.subarray(0, at), Buffer.from(random.pick(TOKENS)), bytes.subarray(at)])
    case 4: {
      const other = random.pick(samples)
      const from = random.integer(0, other.length)
      const piece = other.subarray(from, from + random.integer(0, MOST_COPIED))
      return Buffer.concat([bytes.subarray(0, at), piece, bytes.subarray(until)])
    }
    case 5:
      return withNumber(random, bytes)
    default:
      if (bytes.length > 0) bytes[Math.min(at, bytes.length - 1)] = anyByte(random)
      return bytes
  }
}

const anyByte = (random: Random): number => (random.chance(0.5) ? random.pick(BYTES) : random.integer(0, 255))

/** A number where one may have been: a length, a count or an offset. */
function withNumber(random: Random, bytes: Buffer<ArrayBuffer>): Buffer<ArrayBuffer> {
  const width = random.pick([2, 4, 8])
  if (bytes.length < width) return bytes
  const at = random.integer(0, bytes.length - width)
  const value = random.pick([-1n, 1n << 31n, 1n << 63n, 1n << 15n, BigInt(bytes.length), 1n << 28n, 0n])
  const isTold = random.chance(0.5)
  for (let i = 0; i < width; i++)
    bytes[at + (isTold ? i : width - 1 - i)] = Number(BigInt.asUintN(8, BigInt.asUintN(64, value) >> BigInt(8 * i)))
  return bytes
}
