/** What ASN.1 values are in DER, as far as certificates need them. */

const INTEGER = 0x02
const BIT_STRING = 0x03
const OCTET_STRING = 0x04
const OBJECT_IDENTIFIER = 0x06
const UTF8_STRING = 0x0c
const UTC_TIME = 0x17
const GENERALIZED_TIME = 0x18
const SEQUENCE = 0x30
const SET = 0x31
/** Until then two digits are a year. */
const UTC_TIME_UNTIL = 2050

export const TRUE = Buffer.from([0x01, 1, 0xff])

/** A tag, the length, and what it holds. */
export function tagged(tag: number, ...parts: readonly Buffer[]): Buffer {
  const body = Buffer.concat(parts)
  if (body.length < 0x80) return Buffer.concat([Buffer.from([tag, body.length]), body])
  // Without zeros in front.
  const digits = body.length.toString(16)
  const length = Buffer.from(digits.length % 2 === 0 ? digits : `0${digits}`, 'hex')
  return Buffer.concat([Buffer.from([tag, 0x80 | length.length]), length, body])
}

export const sequence = (...parts: readonly Buffer[]): Buffer => tagged(SEQUENCE, ...parts)
export const setOf = (part: Buffer): Buffer => tagged(SET, part)
export const octets = (bytes: Buffer): Buffer => tagged(OCTET_STRING, bytes)
export const utf8 = (text: string): Buffer => tagged(UTF8_STRING, Buffer.from(text))

/** Bits from the first one, of which so many at the end are none. */
export const bits = (bytes: Buffer, unused = 0): Buffer => tagged(BIT_STRING, Buffer.from([unused]), bytes)

/** A positive number, the highest byte first. */
export const unsigned = (bytes: Buffer): Buffer =>
  tagged(INTEGER, bytes[0]! >= 0x80 ? Buffer.concat([Buffer.from([0]), bytes]) : bytes)

/** Written with dots. */
export function identifier(text: string): Buffer {
  const [first = 0, second = 0, ...others] = text.split('.').map(Number)
  return tagged(OBJECT_IDENTIFIER, Buffer.from([40 * first + second, ...others.flatMap(base128)]))
}

function base128(value: number): readonly number[] {
  const digits = [value & 0x7f]
  for (let rest = value >> 7; rest > 0; rest >>= 7) digits.unshift(0x80 | (rest & 0x7f))
  return digits
}

export function time(at: Date): Buffer {
  const digits = `${at.toISOString().slice(0, 19).replaceAll(/\D/g, '')}Z`
  return at.getUTCFullYear() < UTC_TIME_UNTIL
    ? tagged(UTC_TIME, Buffer.from(digits.slice(2)))
    : tagged(GENERALIZED_TIME, Buffer.from(digits))
}
