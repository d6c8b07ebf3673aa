import { mkdirSync, mkdtempSync, readdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import test from 'ava'
import { Session } from '../../api/index.js'
import { raised } from '../support/raised.js'

let session: Session
let folder: string
test.before(async () => {
  session = await Session.builder().master('local[1]').config('log.level', 'silent').getOrCreate()
  folder = mkdtempSync(join(tmpdir(), 'millrace-selection-'))
  for (const [path, text] of Object.entries({
    'd/a.csv': 'x\n1\n',
    'd/b.txt': 'x\n2\n',
    'd/k=5/c.csv': 'x\n3\n',
    'e/f/g.csv': 'x\n4\n',
  })) {
    const [own, name] = [join(folder, path, '..'), join(folder, path)]
    mkdirSync(own, { recursive: true })
    writeFileSync(name, text)
  }
  await session.range(3).write.parquet(join(folder, 'p', 'q'))
})
test.after.always(async () => {
  await session?.stop()
  rmSync(folder, { recursive: true })
})

const csv = (options: Record<string, string>, ...path: string[]) =>
  session.read
    .format('csv')
    .options({ header: 'true', inferSchema: 'true', ...options })
    .load(join(folder, ...path))

test('files in all folders below are read when that is asked for, and folders are no partitions', async (t) => {
  t.deepEqual(await csv({ recursiveFileLookup: 'true' }, 'd').orderBy('x').collect(), [{ x: 1 }, { x: 2 }, { x: 3 }])
  t.deepEqual(await csv({ recursiveFileLookup: 'TRUE' }, 'e').collect(), [{ x: 4 }])
  await t.throwsAsync(csv({}, 'e').collect(), { message: /UNABLE_TO_INFER_SCHEMA/ })
  const parquet = session.read.format('parquet').option('recursiveFileLookup', true).load(join(folder, 'p'))
  t.is(await parquet.count(), 3)
})

test('files whose names do not match a pattern are left out', async (t) => {
  const options = { recursiveFileLookup: 'true', pathGlobFilter: '*.csv' }
  t.deepEqual(await csv(options, 'd').orderBy('x').collect(), [{ x: 1 }, { x: 3 }])
  const text = session.read.format('text').option('pathGlobFilter', '[b-z].*').option('recursiveFileLookup', true)
  t.is(await text.load(join(folder, 'd')).count(), 4)
  const none = session.read
    .format('parquet')
    .option('pathGlobFilter', '*.orc')
    .load(join(folder, 'p', 'q'))
  await t.throwsAsync(none.collect(), { message: /UNABLE_TO_INFER_SCHEMA/ })
})

test('folders between basePath and the paths that are read are partitions', async (t) => {
  const path = join(folder, 'sales')
  await session.sql("select 1 x, 2024 y, 'a' k union all select 2, 2025, 'a'").write.partitionBy('y', 'k').parquet(path)
  const read = (...path: string[]) =>
    session.read.option('basePath', join(folder, 'sales')).parquet(join(folder, ...path))
  t.deepEqual(await read('sales', 'y=2024').collect(), [{ x: 1, y: 2024, k: 'a' }])
  t.deepEqual(await read('sales', 'y=2025', 'k=a').collect(), [{ x: 2, y: 2025, k: 'a' }])
  t.deepEqual(await read('sales').orderBy('x').select('x', 'y').collect(), [
    { x: 1, y: 2024 },
    { x: 2, y: 2025 },
  ])
  t.deepEqual(await csv({ basePath: join(folder, 'd') }, 'd', 'k=5').collect(), [{ x: 3, k: 5 }])
  t.deepEqual(await csv({ basePath: folder }, 'd', 'k=5').collect(), [{ x: 3, k: 5 }])
  t.deepEqual(await csv({ basePath: folder, recursiveFileLookup: 'true' }, 'd', 'k=5').collect(), [{ x: 3 }])
  const error = await raised(t, read('p', 'q').collect(), 'INVALID_OPTION')
  t.regex(String(error.parameters['reason']), /p.q.*does not lie below it/)
})

test('a flag that is none is refused', async (t) => {
  await t.throwsAsync(session.read.format('parquet').option('recursiveFileLookup', 'x').load(folder).collect(), {
    message: /INVALID_OPTION.*recursiveFileLookup/,
  })
})

test('files are left out by when they were changed, to the millisecond and by the clocks of a zone', async (t) => {
  const [a, q] = [join(folder, 'd', 'a.csv'), join(folder, 'p', 'q')]
  for (const name of readdirSync(q)) utimesSync(join(q, name), 1_700_000_000, 1_700_000_000)
  utimesSync(a, 1_700_000_000.1235, 1_700_000_000.1235)
  const count = (options: Record<string, string>) => csv({ inferSchema: 'false', ...options }, 'd', 'a.csv').count()
  const known = (options: Record<string, string>) =>
    session.read
      .format('csv')
      .options({ header: 'true', ...options })
      .schema('x INT')
      .load(a)
      .count()
  t.is(await count({ modifiedBefore: '2023-11-14T22:13:20.124' }), 1)
  t.is(await known({ modifiedBefore: '2023-11-14T22:13:20.123' }), 0)
  t.is(await count({ MODIFIEDAFTER: '2023-11-14' }), 1)
  t.is(await known({ modifiedAfter: '2023-11-14 22:13:20.123' }), 0)
  t.is(await count({ modifiedBefore: '2023-11-14T22:13:20', timeZone: 'America/New_York' }), 1)
  t.is(await csv({ modifiedAfter: '2023-11-14T22:13:20Z' }, 'd', 'a.csv').count(), 1)
  await t.throwsAsync(count({ modifiedAfter: '2030-01-01' }), { message: /UNABLE_TO_INFER_SCHEMA/ })
  await t.throwsAsync(count({ modifiedAfter: 'nope' }), { message: /INVALID_OPTION.*modifiedAfter/s })
  const parquet = (modifiedAfter: string) => session.read.options({ modifiedAfter }).parquet(q).count()
  t.is(await parquet('2023-11-14T22:13:19'), 3)
  await t.throwsAsync(parquet('2023-11-14T22:13:20'), { message: /UNABLE_TO_INFER_SCHEMA/ })
})
