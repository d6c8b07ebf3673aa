import type { Encoding } from '../encoding.js'

/** Decodes the bytes of a text piece by piece, which may end within a character. */
export interface TextPieces {
  next(bytes: Buffer): string
  /** What the last piece left behind. */
  end(): string
}

const REPLACEMENT = '\ufffd'
const NO_ASCII = /[\u0080-\u00ff]/g
const LITTLE_MARK = Buffer.from([0xff, 0xfe])

export function textPieces(encoding: Exclude<Encoding, 'UTF-8'>): TextPieces {
  switch (encoding) {
    case 'ISO-8859-1':
      return { next: (bytes) => bytes.toString('latin1'), end: () => '' }
    case 'US-ASCII':
      return { next: (bytes) => bytes.toString('latin1').replaceAll(NO_ASCII, REPLACEMENT), end: () => '' }
    case 'WINDOWS-1252':
      return decoded('windows-1252')
    case 'UTF-16LE':
      return decoded('utf-16le')
    case 'UTF-16BE':
      return decoded('utf-16be')
    case 'UTF-16':
      return byMark(2, (mark) => decoded(mark.equals(LITTLE_MARK) ? 'utf-16le' : 'utf-16be'))
    case 'UTF-32LE':
      return inWords((bytes, at) => bytes.readUInt32LE(at))
    case 'UTF-32BE':
      return inWords((bytes, at) => bytes.readUInt32BE(at))
    case 'UTF-32':
      return byMark(4, (mark) =>
        mark.subarray(0, 2).equals(LITTLE_MARK)
          ? inWords((bytes, at) => bytes.readUInt32LE(at))
          : inWords((bytes, at) => bytes.readUInt32BE(at)),
      )
  }
}

/** A mark of byte order stays, as that of UTF-8 does: whoever reads lines passes over it. */
function decoded(label: string): TextPieces {
  const decoder = new TextDecoder(label, { ignoreBOM: true })
  return { next: (bytes) => decoder.decode(bytes, { stream: true }), end: () => decoder.decode() }
}

/** Chooses by the first bytes, which are the highest first where there is no mark. */
function byMark(length: number, choose: (mark: Buffer) => TextPieces): TextPieces {
  let chosen: TextPieces | undefined
  let held: Buffer = Buffer.alloc(0)
  return {
    next(bytes) {
      if (chosen) return chosen.next(bytes)
      held = Buffer.concat([held, bytes])
      if (held.length < length) return ''
      chosen = choose(held.subarray(0, length))
      return chosen.next(held)
    },
    end: () => (chosen ? chosen.end() : held.length > 0 ? REPLACEMENT : ''),
  }
}

const WORD_BYTES = 4
const MOST_CODE = 0x10ffff
const isCode = (code: number): boolean => code <= MOST_CODE && (code < 0xd800 || code > 0xdfff)

/** Characters of four bytes. */
function inWords(read: (bytes: Buffer, at: number) => number): TextPieces {
  let held: Buffer = Buffer.alloc(0)
  return {
    next(bytes) {
      held = held.length > 0 ? Buffer.concat([held, bytes]) : bytes
      const whole = held.length - (held.length % WORD_BYTES)
      let text = ''
      for (let at = 0; at < whole; at += WORD_BYTES) {
        const code = read(held, at)
        text += isCode(code) ? String.fromCodePoint(code) : REPLACEMENT
      }
      held = Buffer.from(held.subarray(whole))
      return text
    },
    end: () => (held.length > 0 ? REPLACEMENT : ''),
  }
}
