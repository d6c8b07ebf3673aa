import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { tableFromIPC } from 'apache-arrow'
import test from 'ava'
import { columnsThatFit } from '../../cli/output/column-widths.js'
import { csv } from '../../cli/output/csv.js'
import { json } from '../../cli/output/json.js'
import { markdown } from '../../cli/output/markdown.js'
import type { OutputFormat } from '../../cli/output/output-format.js'
import { boundedTable } from '../../cli/output/table.js'
import { fitted, padded, textWidth } from '../../cli/output/text-width.js'
import { blockFromRows } from '../../columnar/blocks/block-from-rows.js'
import { field, INT, STRING, schema } from '../../columnar/types.js'
import { runCli } from '../support/cli.js'
import { withSession } from '../support/sessions.js'

test('the width of a text is the places it takes in a terminal', (t) => {
  for (const [text, width] of [
    ['abc', 3],
    ['日本語', 6],
    ['ｱ', 1],
    ['Ａ', 2],
    ['e\u0301', 1],
    ['👍', 2],
    ['👩‍👩‍👧', 2],
    ['🇩🇪', 2],
    ['한', 2],
    ['', 0],
  ] as const)
    t.is(textWidth(text), width, text)
})

test('a text that is too wide ends in an ellipsis, and wide letters are not cut in two', (t) => {
  t.is(fitted('abcd', 4), 'abcd')
  t.is(fitted('abcde', 4), 'abc…')
  t.is(fitted('日本語', 4), '日…')
  t.is(fitted('日本語', 6), '日本語')
  t.is(padded('日', 4, 'left'), '日  ')
  t.is(padded('日', 4, 'right'), '  日')
})

test('the widest columns are cut first, and when all are narrow those in the middle are left out', (t) => {
  t.deepEqual(columnsThatFit([3, 5], 11), { widths: [3, 5], gapAt: 0, leftOut: 0 })
  t.deepEqual(columnsThatFit([3, 50, 40], 50), { widths: [3, 21, 21], gapAt: 0, leftOut: 0 })
  const { widths, gapAt, leftOut } = columnsThatFit([20, 20, 20, 20, 20, 20], 40)
  t.deepEqual([gapAt, leftOut], [2, 3])
  t.deepEqual([widths[0], widths[5]], [10, 10])
})

test('however many columns a table has, none of its lines is wider than the window', async (t) => {
  for (let columns = 1; columns < 40; columns += 3) {
    const fields = Array.from({ length: columns }, (_, i) => field(`日本 ${i}`, i % 2 === 0 ? STRING : INT))
    const row = Object.fromEntries(fields.map(({ name }, i) => [name, i % 2 === 0 ? '漢字'.repeat(i % 7) : i]))
    const made = schema(fields)
    const blocks = async function* () {
      yield blockFromRows(made, [row])
    }
    for (const places of [20, 33, 80, 200]) {
      const table = await boundedTable(made, blocks(), { mostRows: 5, timeZone: 'UTC', columns: places })
      const lines = table.trimEnd().split('\n')
      t.true(
        lines.every((line) => textWidth(line) <= places),
        table,
      )
      t.is(new Set(lines.slice(0, 5).map(textWidth)).size, 1, 'lines are as wide as each other')
    }
  }
})

const ODD = `select * from values (1, 'a|b', 'say "hi"', cast(null as string)), (2, '<x>', 'two\\nlines', '') t(\`n,1\`, b, c, d)`

const written = async (format: string, sql: string): Promise<Buffer> => {
  const { code, err, out } = await runCli(['--master', 'local[1]', '--format', format, '-c', sql])
  if (code !== 0) throw new Error(err)
  return out
}

test('what would end a cell or a line is quoted in CSV, and escaped in Markdown', async (t) => {
  const texts = schema([field('s', STRING)])
  const lines = async (format: OutputFormat, ...values: readonly string[]): Promise<string> => {
    const blocks = async function* () {
      yield blockFromRows(
        texts,
        values.map((s) => ({ s })),
      )
    }
    let text = ''
    for await (const part of format.render(texts, blocks(), { timeZone: 'UTC', mostRows: 100 })) text += String(part)
    return text
  }
  t.is(await lines(csv, 'a', 'b\rc', 'd\ne', 'f,g', 'h"i', '', ' '), 's\na\n"b\rc"\n"d\ne"\n"f,g"\n"h""i"\n""\n \n')
  const empty = async function* () {
    for (const s of [[], ['a'], [], ['b'], []])
      yield blockFromRows(
        texts,
        s.map((one) => ({ s: one })),
      )
  }
  let divided = ''
  for await (const part of json.render(texts, empty(), { timeZone: 'UTC', mostRows: 100 })) divided += String(part)
  t.deepEqual(JSON.parse(divided), [{ s: 'a' }, { s: 'b' }], 'blocks without rows are nothing')
  const cell = '| a\\\\b\\|c&lt;d><br>e<br>f<br>g |\n'
  t.is(await lines(markdown, 'a\\b|c<d>\r\ne\nf\rg'), `| s |\n| --- |\n${cell}`)
})

test('every format writes what others read', async (t) => {
  t.is(String(await written('csv', ODD)), '"n,1",b,c,d\n1,a|b,"say ""hi""",\n2,<x>,"two\nlines",""\n')
  const rows = [
    { 'n,1': 1, b: 'a|b', c: 'say "hi"', d: null },
    { 'n,1': 2, b: '<x>', c: 'two\nlines', d: '' },
  ]
  t.deepEqual(JSON.parse(String(await written('json', ODD))), rows)
  t.deepEqual(JSON.parse(String(await written('json', `${ODD} limit 0`))), [])
  const lines = String(await written('jsonl', ODD))
    .trimEnd()
    .split('\n')
  t.deepEqual(
    lines.map((line) => JSON.parse(line)),
    rows,
  )
  t.is(
    String(await written('markdown', ODD)),
    '| n,1 | b | c | d |\n| ---: | --- | --- | --- |\n| 1 | a\\|b | say "hi" | NULL |\n| 2 | &lt;x> | two<br>lines |  |\n',
  )
  t.is(tableFromIPC(await written('arrow', ODD)).numRows, 2)
})

test('Parquet goes to the standard output as one file, of an empty result too, and nothing of a query that fails', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'millrace-formats-'))
  try {
    await withSession('local[1]', async (session) => {
      for (const [limit, count] of [
        [2, 2n],
        [0, 0n],
      ] as const) {
        const file = join(folder, `${limit}.parquet`)
        await writeFile(file, await written('parquet', `${ODD} limit ${limit}`))
        t.deepEqual(await session.sql(`select count(*) n from '${file}'`).collect(), [{ n: count }])
      }
    })
    const failed = await runCli(['--format', 'parquet', '-c', 'select 1 / 0'])
    t.deepEqual([failed.code, failed.out.length], [1, 0])
  } finally {
    await rm(folder, { recursive: true })
  }
})
