import { crc32 } from 'node:zlib'

const HEAD = /^(\S+) ([0-9a-f]{8})$/

/** A file of a log: its version and a checksum of the rest, then a line of JSON for each value. */
export function checkedText(version: string, values: readonly unknown[]): string {
  const body = values.map((value) => `${JSON.stringify(value)}\n`).join('')
  return `${version} ${checksum(body)}\n${body}`
}

/** The values of such a file. @throws what `fault` makes of the words for what is wrong */
export function checkedLines(
  version: string,
  text: string,
  fault: (reason: string, cause?: unknown) => Error,
): readonly unknown[] {
  const end = text.indexOf('\n')
  const [, written, sum] = HEAD.exec(text.slice(0, Math.max(end, 0))) ?? []
  if (written !== version) throw fault(`has a version other than ${version}`)
  const body = text.slice(end + 1)
  if (checksum(body) !== sum) throw fault('is damaged: its checksum is wrong')
  try {
    const lines = body.split('\n').slice(0, -1)
    return lines.map((line) => JSON.parse(line) as unknown)
  } catch (error) {
    throw fault('is damaged', error)
  }
}

const checksum = (text: string): string => crc32(text).toString(16).padStart(8, '0')
