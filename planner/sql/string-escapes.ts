const SINGLE: Readonly<Record<string, string>> = {
  n: '\n',
  t: '\t',
  r: '\r',
  b: '\b',
  '0': '\0',
  Z: '\x1a',
  // Left to LIKE, for which a backslash has a meaning of its own before these.
  '%': '\\%',
  _: '\\_',
}
const ESCAPE = /\\u([0-9a-fA-F]{4})|\\U([0-9a-fA-F]{8})|\\([01][0-7]{2})|\\(.)|(['"])\5/gsu
const MAX_CODE_POINT = 0x10ffff

/**
 * The value of a string literal: what stands between its quotes, with `\n`, `\101` (octal, up to `\177`), `\u0041`, `\U0001F600` and a doubled quote
 * read as what they mean.
 */
export function unescapeString(written: string, quote: string): string {
  return written.replace(
    ESCAPE,
    (whole: string, short?: string, long?: string, octal?: string, char?: string, doubled?: string) => {
      const code = short ?? long
      if (code !== undefined) {
        const point = Number.parseInt(code, 16)
        return point > MAX_CODE_POINT ? whole.slice(1) : String.fromCodePoint(point)
      }
      if (octal !== undefined) return String.fromCharCode(Number.parseInt(octal, 8))
      if (doubled !== undefined) return doubled === quote ? quote : whole
      return SINGLE[char!] ?? char!
    },
  )
}
