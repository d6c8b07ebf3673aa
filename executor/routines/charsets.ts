import { MillraceError } from '../../common/errors/millrace-error.js'
import type { HostRoutine } from './routine.js'

/** Texts as code points in bytes of a character set; `undefined` for what it does not have. */
interface Charset {
  encode(text: string): Uint8Array | undefined
  decode(bytes: Uint8Array): string | undefined
}

/** One byte for each code point below a limit. */
const bytewise = (limit: number): Charset => ({
  encode(text) {
    for (let i = 0; i < text.length; i++) if (text.charCodeAt(i) >= limit) return undefined
    return Buffer.from(text, 'latin1')
  },
  decode: (bytes) => (bytes.every((byte) => byte < limit) ? Buffer.from(bytes).toString('latin1') : undefined),
})

const swapped = (bytes: Uint8Array): Buffer => Buffer.from(bytes).swap16()

function decodeUtf16(bytes: Uint8Array, isBig: boolean): string | undefined {
  if (bytes.length % 2 !== 0) return undefined
  const text = (isBig ? swapped(bytes) : Buffer.from(bytes)).toString('utf16le')
  return /\p{Surrogate}/u.test(text) ? undefined : text
}

const utf16 = (isBig: boolean): Charset => ({
  encode: (text) => (isBig ? swapped(Buffer.from(text, 'utf16le')) : Buffer.from(text, 'utf16le')),
  decode: (bytes) => decodeUtf16(bytes, isBig),
})

const hasMark = (bytes: Uint8Array, ...mark: readonly number[]): boolean => mark.every((byte, i) => bytes[i] === byte)

/** With a mark of the order of bytes before it; without one, the higher byte comes first. */
const UTF16: Charset = {
  encode: (text) =>
    text === '' ? new Uint8Array() : Buffer.concat([Uint8Array.of(0xfe, 0xff), utf16(true).encode(text)!]),
  decode(bytes) {
    if (hasMark(bytes, 0xff, 0xfe)) return decodeUtf16(bytes.subarray(2), false)
    return decodeUtf16(hasMark(bytes, 0xfe, 0xff) ? bytes.subarray(2) : bytes, true)
  },
}

const UTF32: Charset = {
  encode(text) {
    const bytes = Buffer.alloc(text.length * 4)
    let end = 0
    for (let i = 0; i < text.length; i++) {
      const point = text.codePointAt(i)!
      if (point > 0xffff) i++
      end = bytes.writeUInt32BE(point, end)
    }
    return bytes.subarray(0, end)
  },
  decode(bytes) {
    if (bytes.length % 4 !== 0) return undefined
    const isLittle = hasMark(bytes, 0xff, 0xfe, 0, 0)
    const from = isLittle || hasMark(bytes, 0, 0, 0xfe, 0xff) ? 4 : 0
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    // At most two units of UTF-16 are a point.
    const units = Buffer.alloc(bytes.length)
    let end = 0
    for (let at = from; at < bytes.length; at += 4) {
      const point = view.getUint32(at, isLittle)
      if (point > 0x10ffff || (point >= 0xd800 && point < 0xe000)) return undefined
      if (point > 0xffff) {
        end = units.writeUInt16LE(0xd7c0 + (point >> 10), end)
        end = units.writeUInt16LE(0xdc00 + (point & 0x3ff), end)
      } else end = units.writeUInt16LE(point, end)
    }
    return units.toString('utf16le', 0, end)
  },
}

const UTF8: Charset = {
  encode: (text) => Buffer.from(text, 'utf8'),
  decode(bytes) {
    const text = Buffer.from(bytes).toString('utf8')
    return Buffer.from(text, 'utf8').equals(bytes) ? text : undefined
  },
}

const CHARSETS: ReadonlyMap<string, Charset> = new Map([
  ['iso-8859-1', bytewise(0x100)],
  ['us-ascii', bytewise(0x80)],
  ['utf-16', UTF16],
  ['utf-16be', utf16(true)],
  ['utf-16le', utf16(false)],
  ['utf-32', UTF32],
  ['utf-8', UTF8],
])

function charsetNamed(charset: string, name: string): Charset {
  const found = CHARSETS.get(charset.toLowerCase())
  if (found) return found
  throw new MillraceError('INVALID_PARAMETER_VALUE.CHARSET', {
    functionName: `\`${name}\``,
    parameter: '`charset`',
    charset,
    charsets: [...CHARSETS.keys()].join(', '),
  })
}

const notIn = (charset: string, name: string): MillraceError =>
  new MillraceError('MALFORMED_CHARACTER_CODING', { function: `\`${name}\``, charset })

export const encode: HostRoutine = ([text, charset]) => {
  const bytes = charsetNamed(charset as string, 'encode').encode(text as string)
  if (!bytes) throw notIn(charset as string, 'encode')
  return bytes
}

export const decode: HostRoutine = ([bytes, charset]) => {
  const text = charsetNamed(charset as string, 'decode').decode(bytes as Uint8Array)
  if (text === undefined) throw notIn(charset as string, 'decode')
  return text
}
