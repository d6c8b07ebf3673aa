import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import test, { type ExecutionContext } from 'ava'
import { INT } from '../../columnar/types.js'
import type { ReadContext, Split } from '../../connectors/api.js'
import { constantOf } from '../../connectors/files/constant-column.js'
import { FileFaults } from '../../connectors/files/file-faults.js'
import { lineRules } from '../../connectors/text/options.js'
import { LineReader } from '../../connectors/text/reader/line-reader.js'
import { textSource } from '../../connectors/text/source.js'
import type { FileShare } from '../../connectors/text/split.js'
import { newContext } from '../parquet/support.js'
import { openHandles } from '../support/open-handles.js'
import { Random } from '../support/random.js'

let folder: string
test.before(() => {
  folder = mkdtempSync(join(tmpdir(), 'millrace-lines-'))
})
test.after.always(() => rmSync(folder, { recursive: true }))

function written(name: string, content: string | Uint8Array): Omit<FileShare, 'from' | 'until'> {
  const path = join(folder, name)
  writeFileSync(path, content)
  const { size, mtimeMs } = statSync(path)
  return { path, size, version: String(mtimeMs), modifiedMs: mtimeMs, columns: [{ kind: 'lines' }] }
}

/** The lines of shares, read by one reader each, or all by one, with little memory, of which nothing is left. */
async function linesOf(
  t: ExecutionContext,
  shares: readonly FileShare[],
  options: Readonly<Record<string, string>> = {},
  atOnce = false,
): Promise<readonly string[]> {
  const { live, ...context } = newContext()
  const lines: string[] = []
  for (const files of atOnce ? [shares] : shares.map((share) => [share])) {
    const memory = Object.create(context.memory, { share: { value: 4096 } }) as ReadContext['memory']
    const reader = new LineReader({ index: 0, files }, lineRules(options), new FileFaults(options), {
      ...context,
      memory,
    })
    for (let batch = await reader.next(); batch; batch = await reader.next()) {
      const { bytes, view } = context.memory
      for (let row = 0; row < batch.rows; row++) {
        const [at, length] = [0, 4].map((part) => view.getUint32(batch.columns[0]!.data + 8 * row + part, true))
        lines.push(Buffer.from(bytes.subarray(at!, at! + length!)).toString())
      }
    }
    await reader.close()
  }
  t.is(live.size, 0)
  t.deepEqual(openHandles(folder), [])
  return lines
}

const whole = (file: ReturnType<typeof written>): FileShare => ({ ...file, from: 0, until: file.size })

/** A text of lines of all lengths, beyond what a window holds, with all ends of lines. */
function randomText(random: Random, ends: readonly string[], lines: number): string {
  let text = ''
  for (let i = 0; i < lines; i++) {
    const length = random.pick([0, 1, 5, 15, 16, 17, random.integer(0, 200), random.integer(0, 9000)])
    text += 'ä'.repeat(random.integer(0, 1)) + 'x'.repeat(length) + (i < lines - 1 ? random.pick(ends) : '')
  }
  return text
}

test('lines are found whatever ends them, wherever a file is divided', async (t) => {
  const random = new Random(3)
  for (let round = 0; round < 20; round++) {
    const text = randomText(random, ['\n', '\r\n', '\r', '\n\n'], 30)
    const file = written(`divided-${round}`, text)
    const wanted = text.split(/\r\n|\r|\n/)
    if (wanted.at(-1) === '') wanted.pop()
    const cuts = [
      0,
      ...Array.from({ length: 12 }, () => random.integer(0, file.size)).toSorted((a, b) => a - b),
      file.size,
    ]
    const shares = cuts.slice(1).map((until, i) => ({ ...file, from: cuts[i]!, until }))
    t.deepEqual(
      await linesOf(
        t,
        shares.filter(({ from, until }) => from < until),
      ),
      wanted,
    )
  }
})

test('every byte may be the border between two shares, also within the end of a line', async (t) => {
  const text = 'a\r\nbc\n\n\rd\r\n\r\ne'
  const file = written('every-byte', text)
  for (let cut = 1; cut < text.length; cut++) {
    const shares = [0, cut].map((from, i) => ({ ...file, from, until: [cut, text.length][i]! }))
    t.deepEqual(await linesOf(t, shares), ['a', 'bc', '', '', 'd', '', 'e'], String(cut))
  }
})

test('an end of a line may lie at any place of a block, and lines that do not count at any other', async (t) => {
  for (let length = 0; length < 140; length++) {
    const x = 'x'.repeat(length)
    const text = `${x}\r\n${x}é\n\r\n \t\n#${x}\r${x}y\r\r\n${x}`
    const file = whole(written('blocks', text))
    const lines = text.split(/\r\n|\r|\n/)
    if (lines.at(-1) === '') lines.pop()
    t.deepEqual(await linesOf(t, [file]), lines, String(length))
    const counting = lines.filter((line) => line.trim() !== '' && !line.startsWith('#'))
    t.deepEqual(await linesOf(t, [file], { 'lines.skipBlank': 'true', 'lines.comment': '#' }), counting, String(length))
  }
})

test("a text of one's own ends lines, across borders as well", async (t) => {
  const text = 'a<>b<c><><>d'
  const file = written('separated', text)
  for (let cut = 1; cut < text.length; cut++) {
    const shares = [0, cut].map((from, i) => ({ ...file, from, until: [cut, text.length][i]! }))
    t.deepEqual(await linesOf(t, shares, { lineSep: '<>' }), ['a', 'b<c>', '', 'd'], String(cut))
  }
})

test('the end of a line may lie across the end of what is read at once', async (t) => {
  for (let length = 4090; length < 4100; length++) {
    const text = `${'x'.repeat(length)}\r\nb\r\n`
    t.deepEqual(await linesOf(t, [whole(written('across', text))]), ['x'.repeat(length), 'b'], String(length))
  }
})

test('compressed files are read as what they hold, however long it is', async (t) => {
  const text = randomText(new Random(5), ['\n'], 200)
  t.deepEqual(await linesOf(t, [whole(written('x.gz', gzipSync(text)))]), text.split('\n'))
})

test('a compressed file that is cut, and one of another compression, are refused by their names', async (t) => {
  const cut = written('cut.gz', gzipSync(randomText(new Random(6), ['\n'], 50)).subarray(0, 100))
  await t.throwsAsync(linesOf(t, [whole(cut)]), { message: /FAILED_READ_FILE.*cut\.gz/ })
  await t.throwsAsync(linesOf(t, [whole(written('x.xz', 'x'))]), { message: /UNSUPPORTED_FEATURE.*\.xz/ })
})

test('a file that changed after the query was planned is refused', async (t) => {
  const file = written('changed', 'a\nb\n')
  writeFileSync(file.path, 'a\nb\nc\n')
  await t.throwsAsync(linesOf(t, [whole(file)]), { message: /FAILED_READ_FILE.*changed after/ })
})

test('large files are divided, small ones packed together, and all of them read once', async (t) => {
  const sizes = [3_000_000, 10, 20, 0, 2_500_000]
  const paths = sizes.map(
    (size, i) =>
      written(
        `sized-${i}`,
        'y'
          .repeat(9)
          .concat('\n')
          .repeat(size / 10),
      ).path,
  )
  const source = await textSource.describe({}, paths, undefined)
  const splits = await textSource.planSplits({ source, columns: ['value'], filters: [], parallelism: 2 })
  const shares = (splits as readonly (Split & { data: { files: readonly FileShare[] } })[]).map(
    ({ data }) => data.files,
  )
  t.true(shares.length >= 5 && shares.length <= 8, String(shares.length))
  t.is((await linesOf(t, shares.flat())).length, sizes.reduce((sum, size) => sum + size, 0) / 10)
  const splitsOf = async (path: string, options: Readonly<Record<string, string>>): Promise<number> => {
    const described = await textSource.describe(options, [path], undefined)
    return (await textSource.planSplits({ source: described, columns: [], filters: [], parallelism: 8 })).length
  }
  // Where a line begins cannot be told in the middle of these.
  t.is(await splitsOf(written('whole.gz', gzipSync(randomBytes(3_000_000).toString('hex'))).path, {}), 1)
  t.is(await splitsOf(paths[0]!, { 'lines.quote': '"' }), 1)
  t.is(await splitsOf(paths[0]!, { wholetext: 'true' }), 1)
})

test('files that one task reads stand in one window as far as they fit, and what folders say of them is given back', async (t) => {
  const random = new Random(11)
  for (let round = 0; round < 20; round++) {
    const texts = Array.from(
      { length: 12 },
      () => `${'x'.repeat(random.pick([0, 1, 900, 1500, 2047, 2048, 4000, 5000]))}\n`,
    )
    const lines = texts.map((text) => text.slice(0, -1))
    const shares = texts.map((text, i) => whole(written(`small-${i}`, text)))
    t.deepEqual(await linesOf(t, shares, {}, true), lines)
    const year = { kind: 'constant', ...constantOf(INT, 2024) } as const
    const divided = shares.map((share) => ({ ...share, columns: [...share.columns, year] }))
    t.deepEqual(await linesOf(t, divided, {}, true), lines)
  }
})
