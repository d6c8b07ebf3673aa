import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import test from 'ava'
import { type DataFrame, Session } from '../../api/index.js'
import type { FilePlace } from '../../common/errors/condition.js'
import { MillraceError } from '../../common/errors/millrace-error.js'

let directory: string
let session: Session

test.before(async () => {
  directory = mkdtempSync(join(tmpdir(), 'millrace-places-'))
  session = await Session.builder().master('local[2]').config('log.level', 'error').create()
})

test.after.always(async () => {
  await session.stop()
  rmSync(directory, { recursive: true })
})

const MALFORMED = 'MALFORMED_RECORD_IN_PARSING.WITHOUT_SUGGESTION'

async function placeOf(rows: DataFrame): Promise<FilePlace | undefined> {
  const error = await rows.collect().then(
    () => undefined,
    (raised: unknown) => raised,
  )
  if (!MillraceError.is(error)) throw new Error('nothing was raised', { cause: error })
  if (error.condition !== MALFORMED) throw error
  return error.place
}

function written(name: string, content: string | Buffer): string {
  const path = join(directory, name)
  writeFileSync(path, content)
  return path
}

const strict = (path: string, options: Readonly<Record<string, string>> = {}): DataFrame =>
  session.read
    .schema('a INT, b STRING')
    .options({ mode: 'FAILFAST', ...options })
    .csv(path)

test('a malformed row is told with its file and line, also where small files are read together', async (t) => {
  const folder = mkdtempSync(join(directory, 'many-'))
  for (let i = 0; i < 40; i++)
    writeFileSync(join(folder, `part-${i}.csv`), `a,b\n${i},x\n\n${i === 23 ? 'no' : i},y\n${i},z\n`)
  const place = await placeOf(strict(folder, { header: 'true' }))
  t.true(place?.path.endsWith('part-23.csv'))
  t.is(place?.line, 4)
})

test('a malformed row is found in the middle of a file that is divided, by all ends of lines', async (t) => {
  const rows = (end: string): string =>
    Array.from({ length: 700_000 }, (_, i) => `${i === 600_000 ? 'no' : i},x${end}`).join('')
  for (const [name, end, options] of [
    ['feeds.csv', '\n', {}],
    ['both.csv', '\r\n', {}],
    ['signs.csv', '<>', { lineSep: '<>' }],
  ] as const)
    t.is((await placeOf(strict(written(name, rows(end)), options)))?.line, 600_001, name)
})

test('lines of compressed and of encoded files are counted as they read', async (t) => {
  const rows = Array.from({ length: 50_000 }, (_, i) => `${i === 40_000 ? 'no' : i},ä\n`).join('')
  t.is((await placeOf(strict(written('rows.csv.gz', gzipSync(rows)))))?.line, 40_001)
  const encoded = written('wide.csv', Buffer.from(`\ufeff${rows}`, 'utf16le'))
  t.is((await placeOf(strict(encoded, { encoding: 'UTF-16' })))?.line, 40_001)
})

test('values of several lines count for as many, and a whole file of JSON has no line', async (t) => {
  const multi = written('multi.csv', '1,"x\ny"\n2,"z\n\n"\nno,w\n')
  t.is((await placeOf(strict(multi, { multiLine: 'true' })))?.line, 6)
  const json = written('rows.json', '[{"a": 1},\n{"a": "no"}]')
  const rows = session.read.schema('a INT').options({ mode: 'FAILFAST', multiLine: 'true' }).json(json)
  t.deepEqual(await placeOf(rows), { path: json })
  const lines = written('rows.jsonl', '{"a": 1}\n\n{"a": \n')
  t.like(await placeOf(session.read.schema('a INT').option('mode', 'FAILFAST').json(lines)), { path: lines, line: 3 })
})

test('a malformed row has its place where the query is measured, too', async (t) => {
  strict(written('measured.csv', '1,x\nno,y\n')).createOrReplaceTempView('measured')
  t.is((await placeOf(session.sql('EXPLAIN ANALYZE SELECT * FROM measured')))?.line, 2)
})

test('a row of no file has no place', async (t) => {
  const rows = session.sql(
    "select from_json(cast(id as string) || '{', 'a int', map('mode', 'FAILFAST')) j from range(3)",
  )
  t.is(await placeOf(rows), undefined)
})
