import { mkdirSync, mkdtempSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import test from 'ava'
import { functions, Session } from '../../api/index.js'
import { fileUri } from '../../connectors/files/systems/file-uri.js'

let session: Session
let folder: string
test.before(async () => {
  session = await Session.builder().master('local[1]').config('log.level', 'silent').getOrCreate()
  folder = mkdtempSync(join(tmpdir(), 'millrace-input-files-'))
  mkdirSync(join(folder, 'a b%é+#'))
  writeFileSync(join(folder, 'a b%é+#', 'x y%.csv'), '1,2\n3,4\n')
  writeFileSync(join(folder, 't.json'), '{"a":1}\n{"a":2}\n')
  writeFileSync(join(folder, 'own.json'), '{"_metadata":1}\n')
  utimesSync(join(folder, 't.json'), 1_700_000_000.5, 1_700_000_000.5)
  await session.range(3).write.parquet(join(folder, 'p', 'k=7'))
})
test.after.always(async () => {
  await session?.stop()
  rmSync(folder, { recursive: true })
})

const rows = async (query: string): Promise<readonly unknown[]> =>
  (await session.sql(query.replaceAll('$', `${folder}/`)).collect()).map((row) => Object.values(row))

const ALL = 'input_file_name(), input_file_block_start(), input_file_block_length()'
const NO_FILE = ['', -1n, -1n]

test('functions tell the file of a row as a URI, and its share', async (t) => {
  const csv = [`file://${folder}/a%20b%25é+%23/x%20y%25.csv`, 0n, 8n]
  t.deepEqual(await rows(`select ${ALL} from csv.\`$a b%é+#\``), [csv, csv])
  const json = [`file://${folder}/t.json`, 0n, 16n]
  t.deepEqual(await rows(`select ${ALL} from json.\`$t.json\` where a > 1`), [json])
  t.deepEqual(await rows(`select ${ALL} from text.\`$t.json\` limit 1`), [json])
  const [[name, start, length]] = (await rows(`select ${ALL} from parquet.\`$p\` limit 1`)) as [
    [string, bigint, bigint],
  ]
  t.true(name.startsWith(`file://${folder}/p/k=7/part-`))
  t.deepEqual([start, length], [0n, BigInt(statSync(name.slice('file://'.length)).size)])
})

test('spaces and control characters of other scripts are escaped in a URI, letters are not', (t) => {
  t.is(fileUri('/a b\u00a0\u2028\u0085\u3000é漢'), 'file:///a%20b%C2%A0%E2%80%A8%C2%85%E3%80%80é漢')
})

test('rows that come from no file, or through other tasks, are of none', async (t) => {
  t.deepEqual(await rows(`select ${ALL}`), [NO_FILE])
  t.deepEqual(await rows(`select ${ALL} from range(1)`), [NO_FILE])
  t.deepEqual(await rows(`select ${ALL} from (select * from json.\`$t.json\` order by a)`), [NO_FILE, NO_FILE])
  t.deepEqual(await rows(`select ${ALL} from (select * from json.\`$t.json\` limit 1)`), [NO_FILE])
  t.deepEqual(await rows(`select input_file_name(), a from json.\`$t.json\` group by a having a = 1`), [['', 1n]])
})

test('what a subquery, a union or a group tells of files is theirs', async (t) => {
  const file = `file://${folder}/t.json`
  t.deepEqual(await rows('select f from (select *, input_file_name() f from json.`$t.json`) order by a limit 1'), [
    [file],
  ])
  t.deepEqual(await rows('select input_file_name(), count(*) from json.`$t.json` group by 1'), [[file, 2n]])
  const union = 'select a from json.`$t.json` union all select id from range(1)'
  t.deepEqual(await rows(`select input_file_name() f, a from (${union}) order by f, a`), [
    ['', 0n],
    [file, 1n],
    [file, 2n],
  ])
  t.deepEqual(await rows("select a from json.`$t.json` where input_file_name() like '%x.json'"), [])
})

test('rows of two files at once, arguments and aggregates are refused', async (t) => {
  const refused = (query: string) => t.throwsAsync(rows(query))
  t.regex(
    (await refused('select input_file_name() from json.`$t.json`, csv.`$a*`'))!.message,
    /MULTI_SOURCES_UNSUPPORTED/,
  )
  t.regex((await refused('select input_file_name(1) from json.`$t.json`'))!.message, /WRONG_NUM_ARGS/)
})

test('a hidden column tells of files where it is named', async (t) => {
  const [[all]] = (await rows('select _metadata from json.`$t.json` where a = 1')) as [[Record<string, unknown>]]
  t.deepEqual(
    Object.entries(all).map(([name, value]) => [name, value instanceof Date ? value.getTime() : value]),
    [
      ['file_path', `file:${folder}/t.json`],
      ['file_name', 't.json'],
      ['file_size', 16n],
      ['file_block_start', 0n],
      ['file_block_length', 16n],
      ['file_modification_time', 1_700_000_000_500],
    ],
  )
  t.deepEqual(await rows('select *, _metadata.file_size from json.`$t.json` order by _metadata.file_name, a'), [
    [1n, 16n],
    [2n, 16n],
  ])
  t.deepEqual(
    await rows('select x.*, x._METADATA.FILE_NAME from json.`$t.json` x where _metadata.file_size > 3 and a > 1'),
    [[2n, 't.json']],
  )
  t.deepEqual(await rows('select _metadata.file_name, count(*) from json.`$t.json` group by _metadata.file_name'), [
    ['t.json', 2n],
  ])
  t.deepEqual(await rows('select k, _metadata.file_block_start from parquet.`$p` where id = 1'), [[7, 0n]])
  t.deepEqual(await rows('select x._metadata.file_name from json.`$t.json` x, csv.`$a*` y where x.a = y._c0'), [
    ['t.json'],
  ])
  t.deepEqual(await rows('select _metadata from json.`$own.json`'), [[1n]])
})

test('a hidden column that is not there, or there twice, is told as others are', async (t) => {
  const refused = async (query: string): Promise<string> => (await t.throwsAsync(rows(query)))!.message
  t.regex(await refused('select _metadata.nope from json.`$t.json`'), /FIELD_NOT_FOUND/)
  t.regex(await refused('select _metadata from range(1)'), /UNRESOLVED_COLUMN/)
  t.regex(await refused('select _metadata.file_name from json.`$t.json` x, csv.`$a*` y'), /AMBIGUOUS_REFERENCE/)
})

test('DataFrames have the functions and the column', async (t) => {
  const { col, inputFileName } = functions
  const frame = session.read.json(join(folder, 't.json'))
  const told = frame.withColumn('f', col('_metadata.file_name')).withColumn('u', inputFileName()).limit(1)
  t.deepEqual(await told.collect(), [{ a: 1n, f: 't.json', u: `file://${folder}/t.json` }] as never)
  t.deepEqual((await frame.limit(1).select('_metadata.file_name').collect()) as unknown, [{ file_name: 't.json' }])
})

test('no row is left out by what a file does not hold', async (t) => {
  t.deepEqual(await rows('select count(*) from parquet.`$p` where _metadata is not null'), [[3n]])
  t.deepEqual(await rows('select count(*) from parquet.`$p` where isnotnull(_metadata.file_name)'), [[3n]])
  t.deepEqual(await rows("select count(*) from parquet.`$p` where _metadata.file_name = 'x'"), [[0n]])
})
