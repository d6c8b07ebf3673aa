import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import test from 'ava'
import type { Session } from '../../api/index.js'
import { MillraceError } from '../../common/errors/millrace-error.js'
import { TPCH_SMALL, withSession } from '../support/sessions.js'

async function inFolder(body: (session: Session, folder: string) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'millrace-files-'))
  await withSession('local[1]', (session) => body(session, folder)).finally(() => rm(folder, { recursive: true }))
}

const rowsOf = async (session: Session, query: string): Promise<readonly unknown[][]> =>
  (await session.sql(query).collect()).map((row) => Object.values(row))

test('a file in single quotes is a table of the format that its name tells', async (t) => {
  await inFolder(async (session, folder) => {
    await writeFile(join(folder, 'a.csv'), 'id,name\n1,Ann\n2,\n')
    await writeFile(join(folder, 'b.csv.gz'), gzipSync('id,name\n3,Cyd\n'))
    await writeFile(join(folder, 'c.TSV'), 'x\ty\n1.5\t2020-01-31\n')
    await writeFile(join(folder, 'd.jsonl'), '{"a":1}\n{"a":2}\n')
    await writeFile(join(folder, 'e.txt'), 'a\nb\n')
    t.deepEqual(await rowsOf(session, `select * from '${folder}/a.csv'`), [
      [1, 'Ann'],
      [2, null],
    ])
    t.deepEqual(await rowsOf(session, `select sum(f.id) from '${folder}/*.csv*' as f`), [[6n]])
    t.deepEqual(await rowsOf(session, `select x, cast(y as date) > date'2020-01-01' from '${folder}/c.TSV'`), [
      [1.5, true],
    ])
    t.deepEqual(await rowsOf(session, `select sum(a) from '${folder}/d.jsonl'`), [[3n]])
    t.deepEqual(
      await rowsOf(
        session,
        `select l.value, r.value from '${folder}/e.txt' l join '${folder}/e.txt' r using (value)`,
      ).then((rows) => rows.length),
      2,
    )
    t.deepEqual(await rowsOf(session, `select count(*) from '${TPCH_SMALL}/nation.parquet'`), [[25n]])
    await session.sql(`select 1 x`).write.parquet(join(folder, 'written'))
    t.deepEqual(await rowsOf(session, `select * from '${folder}/written'`), [[1]])
  })
})

test('whether a file of JSON holds an object a line or one value is told by its first line, as long as it does not change', async (t) => {
  await inFolder(async (session, folder) => {
    const file = join(folder, 'a.json')
    for (const [text, rows] of [
      ['\n{"a":1}\n{"a":2}\n', [[1n], [2n]]],
      ['[{"a":1},{"a":2},\n{"a":3}]', [[1n], [2n], [3n]]],
      ['[\n{"a":1}\n]', [[1n]]],
      ['{\n"a":1\n}', [[1n]]],
      ['{"a":1}', [[1n]]],
    ] as const) {
      await writeFile(file, text)
      t.deepEqual(await rowsOf(session, `select a from '${file}'`), rows as unknown as unknown[][], text)
    }
  })
})

test('what is no file table is told with its place, and double quotes make none', async (t) => {
  await inFolder(async (session) => {
    for (const [query, condition] of [
      [`select 1 from 'a.xlsx'`, 'UNKNOWN_FILE_FORMAT'],
      [`select 1 from 's3://example/a.csv'`, 'UNSUPPORTED_FEATURE'],
      [`select 1 from 'nowhere.csv'`, 'PATH_NOT_FOUND'],
      [`select 1 from "a.csv"`, 'PARSE_SYNTAX_ERROR'],
    ] as const) {
      const error = await t.throwsAsync(async () => session.sql(query).collect())
      t.true(MillraceError.is(error) && error.condition === condition, query)
      if (condition !== 'PATH_NOT_FOUND') t.regex(error!.message, /== SQL \(line 1, position 15\) ==/)
    }
  })
})
