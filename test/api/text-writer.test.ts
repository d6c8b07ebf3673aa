import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import test from 'ava'
import { Session } from '../../api/index.js'
import type { MillraceError } from '../../common/errors/millrace-error.js'

const directory = mkdtempSync(join(tmpdir(), 'millrace-text-writer-'))
let session: Session
test.before(async () => {
  session = await Session.builder().master('local[2]').config('log.level', 'silent').getOrCreate()
})
test.after.always(async () => {
  await session?.stop()
  rmSync(directory, { recursive: true })
})

const at = (name: string): string => join(directory, name)
const conditionOf = (error: unknown): string => (error as MillraceError).condition
const contents = (folder: string): readonly string[] =>
  readdirSync(folder)
    .filter((name) => name.startsWith('part-'))
    .map((name) => readFileSync(join(folder, name), 'utf8'))

test('every file of CSV begins with the header', async (t) => {
  await session.range(0, 4, 1, 2).write.option('header', true).csv(at('header'))
  t.deepEqual(contents(at('header')).toSorted(), ['id\n0\n1\n', 'id\n2\n3\n'])
  t.is(await session.read.option('header', true).csv(at('header')).count(), 4)
})

test('files are compressed in blocks of Hadoop or frames of Zstandard, also the header of one without rows', async (t) => {
  const rows = session.sql(
    "select id, repeat(sha1(cast(id as string)), 1 + cast(id % 3 as int)) a_column_with_a_long_name, '' e from range(5000)",
  )
  for (const compression of ['snappy', 'lz4', 'zstd']) {
    const read = (name: string) => session.read.options({ header: true, inferSchema: true }).csv(at(name))
    const write = (frame: typeof rows, name: string) =>
      frame.coalesce(1).write.options({ header: true, compression }).csv(at(name))
    await write(rows, compression)
    await write(rows.where('id < 0'), `${compression}-none`)
    const [name] = readdirSync(at(compression)).filter((one) => one.startsWith('part-'))
    t.true(name!.endsWith(compression === 'zstd' ? '.csv.zst' : `.csv.${compression}`))
    t.true(readFileSync(join(at(compression), name!)).length < 450_000)
    t.deepEqual(
      await read(compression).selectExpr('sum(id) i', 'count(distinct a_column_with_a_long_name) n').collect(),
      [{ i: 12_497_500n, n: 5000n }],
    )
    t.deepEqual(await read(`${compression}-none`).columns(), ['id', 'a_column_with_a_long_name', 'e'])
  }
})

test('the methods named after formats, and the modes', async (t) => {
  const rows = session.range(1)
  await rows.write.json(at('json'))
  t.deepEqual(contents(at('json')), ['{"id":0}\n'])
  t.is(conditionOf(await t.throwsAsync(rows.write.json(at('json')))), 'PATH_ALREADY_EXISTS')
  await rows.write.mode('append').json(at('json'))
  t.is(await session.read.json(at('json')).count(), 2)
  await rows.selectExpr('cast(id as string) s').write.mode('overwrite').text(at('json'))
  t.deepEqual(contents(at('json')), ['0\n'])
})

test('the zone of the session is that of what is written', async (t) => {
  session.conf.set('spark.sql.session.timeZone', 'Asia/Tokyo')
  await session.sql("select timestamp'2020-01-01 00:00:00' t").write.csv(at('zone'))
  session.conf.unset('spark.sql.session.timeZone')
  t.deepEqual(contents(at('zone')), ['2020-01-01T00:00:00.000+09:00\n'])
})

test('a row that fails leaves nothing behind', async (t) => {
  const rows = session.range(0, 10, 1, 2).selectExpr('assert_true(id < 9) a', 'id')
  t.truthy(await t.throwsAsync(rows.select('id', 'a').selectExpr('id', 'string(a) a').write.csv(at('failed'))))
  t.false(existsSync(at('failed')))
})

test('options that formats have not are refused by name', async (t) => {
  const rows = session.range(1)
  const save = (format: string, options: Readonly<Record<string, string>>) =>
    rows.selectExpr('string(id) s').write.format(format).options(options).save(at('refused'))
  const refused: readonly [string, Readonly<Record<string, string>>, RegExp][] = [
    ['csv', { escapeQuotes: 'false' }, /UNSUPPORTED_FEATURE.*escapeQuotes of the data source csv/],
    ['csv', { lineSep: '|' }, /UNSUPPORTED_FEATURE.*lineSep => '\|'/],
    ['csv', { quote: 'ab' }, /UNSUPPORTED_FEATURE.*quote => 'ab'/],
    ['csv', { encoding: 'UTF-16' }, /UNSUPPORTED_FEATURE.*encoding => 'UTF-16'/],
    ['json', { lineSep: '' }, /INVALID_OPTION.*lineSep/],
    ['json', { compression: 'bzip2' }, /UNSUPPORTED_FEATURE.*bzip2/],
    ['text', { header: 'true' }, /UNSUPPORTED_FEATURE.*header of the data source text/],
  ]
  for (const [format, options, message] of refused) await t.throwsAsync(save(format, options), { message })
  t.false(existsSync(at('refused')))
})
