import { mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import test from 'ava'
import { Session } from '../../api/index.js'

let session: Session
let folder: string
test.before(async () => {
  session = await Session.builder().master('local[2]').config('log.level', 'silent').getOrCreate()
  folder = mkdtempSync(join(tmpdir(), 'millrace-binary-'))
  const files: Readonly<Record<string, string | Buffer>> = {
    'd/a.txt': 'hello',
    'd/b.bin': Buffer.from([0, 255]),
    'd/e.dat': '',
    'p/k=1/a.txt': 'x',
    'p/k=2/b.txt': 'yy',
    'large/1.bin': Buffer.alloc(1_500_000, 1),
    'large/2.bin': Buffer.alloc(10, 2),
    'large/3.bin': Buffer.alloc(700_000, 3),
  }
  for (const [name, content] of Object.entries(files)) {
    const path = join(folder, name)
    mkdirSync(dirname(path), { recursive: true })
    writeFileSync(path, content)
    utimesSync(path, 1_700_000_000.5, 1_700_000_000.5)
  }
})
test.after.always(async () => {
  await session?.stop()
  rmSync(folder, { recursive: true })
})

const read = (path: string, options: Record<string, string> = {}) =>
  session.read.format('binaryFile').options(options).load(join(folder, path))

test.serial('each file that is not empty is a row with what is told of it and what it holds', async (t) => {
  const rows = await read('d').orderBy('path').collect()
  t.deepEqual(
    rows.map((row) => ({
      ...row,
      modificationTime: String(row['modificationTime']),
      content: [...(row['content'] as Uint8Array)],
    })),
    [
      ['a.txt', 5n, [...Buffer.from('hello')]],
      ['b.bin', 2n, [0, 255]],
    ].map(([name, length, content]) => ({
      path: `file:${folder}/d/${name}`,
      modificationTime: rows.map((row) => String(row['modificationTime']))[0]!,
      length,
      content,
    })),
  )
  const [time] = await session
    .sql(`select distinct unix_millis(modificationTime) t from binaryFile.\`${folder}/d\``)
    .collect()
  t.deepEqual(time, { t: 1_700_000_000_500n })
})

test.serial('columns have the names, the order and the types of Spark', async (t) => {
  const frame = read('p')
  const types = (await frame.schema()).fields.map(({ name, type, nullable }) => [name, type.kind, nullable])
  t.deepEqual(types, [
    ['path', 'string', true],
    ['modificationTime', 'timestamp', true],
    ['length', 'bigint', true],
    ['content', 'binary', true],
    ['k', 'int', true],
  ])
})

test.serial('folders are partitions, files tell of themselves, and names are chosen by a pattern', async (t) => {
  t.deepEqual(await read('p').selectExpr('k', 'length', 'cast(content as string) c').orderBy('k').collect(), [
    { k: 1, length: 1n, c: 'x' },
    { k: 2, length: 2n, c: 'yy' },
  ])
  t.deepEqual(await read('p').where('k = 2').selectExpr('cast(content as string) c', '_metadata.file_name').collect(), [
    { c: 'yy', file_name: 'b.txt' },
  ])
  t.deepEqual(await read('d', { pathGlobFilter: '*.txt' }).select('length').collect(), [{ length: 5n }])
  t.deepEqual(await read('d').selectExpr('input_file_name() f').orderBy('f').limit(1).collect(), [
    { f: `file://${folder}/d/a.txt` },
  ])
})

test.serial('files of several batches have their own contents', async (t) => {
  t.deepEqual(await read('large').selectExpr('length', 'md5(content) m').orderBy('path').collect(), [
    { length: 1_500_000n, m: 'f128d43de64fe1aa072a6341251edbb1' },
    { length: 10n, m: '0a8d20ca7c979834c6e4d486d648ce1e' },
    { length: 700_000n, m: '1464ed482dc0d658048314075e990472' },
  ])
})

test.serial('a file that is longer than values may be raises only when its content is read', async (t) => {
  session.conf.set('spark.sql.sources.binaryFile.maxLength', 3)
  try {
    await t.throwsAsync(read('d').collect(), { message: /FAILED_READ_FILE.*a\.txt.*it has 5 bytes, and at most 3/ })
    t.deepEqual(await read('d').select('length').orderBy('length').collect(), [{ length: 2n }, { length: 5n }])
    t.deepEqual(await read('d').where('length < 4 and length > 0').selectExpr('hex(content) c').collect(), [
      { c: '00FF' },
    ])
  } finally {
    session.conf.unset('spark.sql.sources.binaryFile.maxLength')
  }
})

test.serial('other columns, options and writing are refused', async (t) => {
  const file = () => session.read.format('binaryFile')
  await t.throwsAsync(file().schema('path string, length bigint').load(folder).collect(), {
    message: /UNSUPPORTED_FEATURE.*other columns/,
  })
  t.is(
    await file()
      .schema('path string, modificationTime timestamp, length bigint, content binary')
      .load(join(folder, 'd'))
      .count(),
    2,
  )
  await t.throwsAsync(read('d', { foo: '1' }).collect(), { message: /UNSUPPORTED_FEATURE.*foo/ })
  await t.throwsAsync(
    read('d')
      .write.format('binaryFile' as string)
      .save(join(folder, 'out')),
    {
      message: /UNSUPPORTED_FEATURE.*writing the format binaryfile/,
    },
  )
  t.deepEqual(await read('d', { pathGlobFilter: '*.zzz' }).collect(), [])
})
