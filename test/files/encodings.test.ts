import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import test from 'ava'
import { Session } from '../../api/index.js'

let session: Session
let folder: string
test.before(async () => {
  session = await Session.builder().master('local[1]').config('log.level', 'silent').getOrCreate()
  folder = mkdtempSync(join(tmpdir(), 'millrace-encodings-'))
})
test.after.always(async () => {
  await session?.stop()
  rmSync(folder, { recursive: true })
})

const swapped = (bytes: Buffer): Buffer => Buffer.from(bytes).swap16()
const little = (text: string): Buffer => Buffer.from(text, 'utf16le')
const words = (text: string, isLittle: boolean): Buffer =>
  Buffer.concat(
    [...text].map((sign) => {
      const word = Buffer.alloc(4)
      if (isLittle) word.writeUInt32LE(sign.codePointAt(0)!)
      else word.writeUInt32BE(sign.codePointAt(0)!)
      return word
    }),
  )

const MARK = '\ufeff'
const ENCODED: readonly (readonly [encoding: string, text: string, encode: (text: string) => Buffer])[] = [
  ['US-ASCII', 'x', (text) => Buffer.from(text)],
  ['ISO-8859-1', 'ä\u0080', (text) => Buffer.from(text, 'latin1')],
  ['WINDOWS-1252', 'ä€', (text) => Buffer.from(text.replaceAll('€', '\u0080'), 'latin1')],
  ['utf-16le', 'ä€😀', little],
  ['UTF-16BE', 'ä€😀', (text) => swapped(little(text))],
  ['UTF-16', 'ä€😀', (text) => little(MARK + text)],
  ['UTF-16', 'ä€😀', (text) => swapped(little(MARK + text))],
  ['UTF-16', 'ä€😀', (text) => swapped(little(text))],
  ['UTF-32', 'ä€😀', (text) => words(text, false)],
  ['UTF-32', 'ä€😀', (text) => words(MARK + text, true)],
  ['UTF-32LE', 'ä€😀', (text) => words(text, true)],
  ['UTF-32BE', 'ä€😀', (text) => words(MARK + text, false)],
]
/** More than is transcoded at once, so that characters are cut. */
const ROWS = 9001

for (const [i, [encoding, text, encode]] of ENCODED.entries())
  test(`files of other encodings are read as those of UTF-8: ${encoding} ${i}`, async (t) => {
    const lines = Array.from({ length: ROWS }, (_, row) => `${'y'.repeat(row % 3)}${text}${row}`)
    const path = join(folder, `${i}`)
    writeFileSync(path, encode(`name,n\n${lines.map((line, row) => `${line},${row}\n`).join('')}`))
    const csv = session.read.format('csv').options({ encoding, header: 'true', inferSchema: 'true' }).load(path)
    t.deepEqual(
      await csv.orderBy('n').collect(),
      lines.map((name, n) => ({ name, n })),
    )
    writeFileSync(path, encode(lines.map((name) => JSON.stringify({ name })).join('\r\n')))
    const json = session.read.format('json').options({ charset: encoding }).load(path)
    t.deepEqual((await json.collect()).map(({ name }) => name).toSorted(), lines.toSorted())
    writeFileSync(path, encode(lines.join('|')))
    const plain = session.read.format('text').options({ encoding, lineSep: '|' }).load(path)
    t.deepEqual((await plain.collect()).map(({ value }) => value).toSorted(), lines.toSorted())
  })

test('what stands for no character becomes U+FFFD', async (t) => {
  const bytes: readonly (readonly [string, Buffer, string])[] = [
    ['US-ASCII', Buffer.from([0x61, 0xe4]), 'a\ufffd'],
    ['UTF-16LE', Buffer.concat([little('a\ud800'), little('b')]), 'a\ufffdb'],
    ['UTF-16BE', Buffer.from([0, 0x61, 0]), 'a\ufffd'],
    ['UTF-16', Buffer.from([0]), '\ufffd'],
    ['UTF-32BE', Buffer.from([0, 0, 0, 0x61, 0xff, 0, 0, 0, 0]), 'a\ufffd\ufffd'],
    // Halves of a pair, which are none of it in words of their own.
    ['UTF-32LE', Buffer.from([0x61, 0, 0, 0, 0x3d, 0xd8, 0, 0, 0, 0xde, 0, 0]), 'a\ufffd\ufffd'],
  ]
  for (const [encoding, content, wanted] of bytes) {
    const path = join(folder, `bad-${encoding}`)
    writeFileSync(path, content)
    const frame = session.read.format('text').options({ encoding }).load(path)
    t.deepEqual(await frame.collect(), [{ value: wanted }], encoding)
  }
})

test('encodings that there are not are refused by name', async (t) => {
  const path = join(folder, 'plain')
  writeFileSync(path, 'a')
  await t.throwsAsync(session.read.format('csv').options({ encoding: 'EBCDIC' }).load(path).collect(), {
    message: /expects one of the UTF-8, US-ASCII, .*, but got EBCDIC/,
  })
})
