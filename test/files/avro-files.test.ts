import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import test from 'ava'
import { Session } from '../../api/index.js'

const DATA = join(import.meta.dirname, '../../../test/data/avro')
let session: Session
let folder: string
test.before(async () => {
  session = await Session.builder().master('local[2]').config('log.level', 'silent').getOrCreate()
  folder = mkdtempSync(join(tmpdir(), 'millrace-avro-'))
})
test.after.always(async () => {
  await session?.stop()
  rmSync(folder, { recursive: true })
})

const load = (name: string, options: Record<string, string> = {}) =>
  session.read.format('avro').options(options).load(join(DATA, name))

test('values of all types are those that Spark reads', async (t) => {
  const { rows } = JSON.parse(readFileSync(join(DATA, 'answers.json'), 'utf8')) as {
    readonly rows: readonly Record<string, string | null>[]
  }
  const columns = Object.keys(rows[0]!).map((name) => `cast(${name} as string) ${name}`)
  t.deepEqual(
    await load('types.avro')
      .selectExpr(...columns)
      .collect(),
    rows,
  )
})

test('columns that a query does not use are passed over', async (t) => {
  t.deepEqual(await load('types.avro').selectExpr('s', 'na', 'u3.member1 m').orderBy('s').collect(), [
    { s: '', na: new Map(), m: null },
    {
      s: 'h\u00e9 \u{1f600}',
      na: new Map([
        ['e', []],
        ['k', ['p', null]],
      ]),
      m: 't',
    },
  ])
  t.is(await load('types.avro').count(), 2)
  t.deepEqual(await load('types.avro').selectExpr('_metadata.file_name f').distinct().collect(), [{ f: 'types.avro' }])
})

const WANTED = JSON.stringify({
  type: 'record',
  name: 'any',
  fields: [
    { name: 'z', aliases: ['a'], type: 'double' },
    { name: 'b', type: ['null', 'string'], default: null },
    { name: 'd', type: 'int', default: 42 },
    { name: 'e', type: 'string', default: 'x' },
  ],
})

test('rows come in the schema that is wanted, by names, aliases and defaults', async (t) => {
  mkdirSync(join(folder, 'evolved'))
  t.deepEqual(await load('{old,new}.avro', { avroSchema: WANTED }).orderBy('z').collect(), [
    { z: 1, b: 'x', d: 42, e: 'x' },
    { z: 2, b: null, d: 42, e: 'x' },
  ])
  const read = session.read.format('avro').schema('A bigint, b string, zz int')
  t.deepEqual(await read.load(join(DATA, '{old,new}.avro')).orderBy('A').collect(), [
    { A: 1n, b: 'x', zz: null },
    { A: 2n, b: null, zz: null },
  ])
})

test('types that do not fit are conditions', async (t) => {
  await t.throwsAsync(load('{old,new}.avro').collect(), { message: /FAILED_READ_FILE.*column a is/ })
  const narrow = session.read.format('avro').schema('a int').load(join(DATA, 'new.avro'))
  await t.throwsAsync(narrow.collect(), { message: /FAILED_READ_FILE.*new\.avro.*long in it cannot be read as INT/i })
  for (const avroSchema of ['{', '"int"', '{"type":"record","name":"r","fields":[{"name":"x","type":"r"}]}'])
    await t.throwsAsync(load('new.avro', { avroSchema }).collect(), { message: /INVALID_OPTION.*avroSchema/ })
  await t.throwsAsync(load('new.avro', { mode: 'x' }).collect(), { message: /UNSUPPORTED_FEATURE.*mode/ })
})

const ALL = `select cast(id % 100 as tinyint) ti, cast(id as smallint) si, cast(id * 1000003 as int) i, id * 1000000007 l,
  cast(id as float) / 7 f, sqrt(id) d, id % 2 = 0 b, repeat('é', cast(id % 300 as int)) s, cast(cast(id as string) as binary) bi,
  date_add(date'1900-01-01', cast(id as int)) da, timestamp_micros(id * 123456789 - 10000000000) ts,
  cast(timestamp_micros(id * 7654321) as timestamp_ntz) tn, cast(id - 500 as decimal(10,2)) d1,
  cast(id - 500 as decimal(38,10)) * 1000000007 d2, if(id % 3 = 0, null, id) n,
  transform(sequence(0, cast(id % 6 as int)), x -> if(x = 2, null, x * id)) ar, map('a', id, 'b', null) m,
  named_struct('x', if(id % 5 = 0, null, id), 'y', array(named_struct('p', cast(id as string), 'q', map('k', array(id))))) st,
  interval '1' year * cast(id % 9 as int) ym, interval '1' second * id dt, time'01:02:03.000004' ti2
  from range(RANGE)`
const rowsOfAll = (rows: number) => session.sql(ALL.replace('RANGE', String(rows)))

for (const [compression, extension] of [
  ['snappy', '.snappy.avro'],
  ['deflate', '.deflate.avro'],
  ['zstandard', '.zstandard.avro'],
  ['uncompressed', '.avro'],
] as const)
  test(`what is written with ${compression} is what is read`, async (t) => {
    const path = join(folder, compression)
    const frame = rowsOfAll(1500)
    await frame.repartition(1).write.format('avro').option('compression', compression).save(path)
    const names = readdirSync(path).filter((name) => name.startsWith('part-'))
    t.true(names.length === 1 && names[0]!.endsWith(extension))
    const texts = ['to_json(struct(*)) j']
    const [written, read] = [frame, session.read.format('avro').load(path)].map((one) =>
      one
        .drop('ym', 'dt', 'm')
        .selectExpr(...texts)
        .orderBy('j')
        .collect(),
    )
    t.deepEqual(await read, await written!)
    const others = ['sum(ym) ym', 'sum(dt) dt', 'sum(m["a"]) a', 'count(m["b"]) b']
    t.deepEqual(
      await session.read
        .format('avro')
        .load(path)
        .selectExpr(...others)
        .collect(),
      await frame.selectExpr(...others).collect(),
    )
  })

test('large files are divided among tasks, and folders are partitions', async (t) => {
  const path = join(folder, 'large')
  const frame = session.sql('select id, repeat(cast(id as string), 8) s, id % 3 p from range(200000)')
  await frame.coalesce(1).write.format('avro').partitionBy('p').option('compression', 'uncompressed').save(path)
  const read = session.read.format('avro').load(path)
  t.deepEqual(await read.groupBy('p').count().orderBy('p').collect(), [
    { p: 0, count: 66_667n },
    { p: 1, count: 66_667n },
    { p: 2, count: 66_666n },
  ])
  const sums = ['sum(id) i', 'sum(length(s)) l', 'sum(p) p']
  t.deepEqual(await read.selectExpr(...sums).collect(), await frame.selectExpr(...sums).collect())
})

test('files without rows keep their columns, and what Avro has not is refused', async (t) => {
  await session.sql('select 1 a where false').write.format('avro').save(join(folder, 'none'))
  const none = session.read.format('avro').load(join(folder, 'none'))
  t.deepEqual([await none.columns(), await none.count()], [['a'], 0])
  const write = (sql: string, options: Record<string, string> = {}) =>
    session.sql(sql).write.format('avro').options(options).mode('overwrite').save(join(folder, 'refused'))
  await t.throwsAsync(write('select map(1, 2) m'), { message: /UNSUPPORTED_DATA_TYPE_FOR_DATASOURCE.*`m`/ })
  await t.throwsAsync(write("select parse_json('1') v"), { message: /UNSUPPORTED_DATA_TYPE_FOR_DATASOURCE.*VARIANT/ })
  await t.throwsAsync(write('select 1 `a b`'), { message: /UNSUPPORTED_FEATURE.*`a b`/ })
  for (const compression of ['bzip2', 'xz'])
    await t.throwsAsync(write('select 1 a', { compression }), {
      message: new RegExp(`UNSUPPORTED_FEATURE.*${compression}`),
    })
  await t.throwsAsync(write('select 1 a', { compression: 'lz4' }), { message: /CODEC_SHORT_NAME_NOT_FOUND.*lz4/ })
  await write('select 1 a', { recordName: 'row', recordNamespace: 'n.s' })
  const [name] = readdirSync(join(folder, 'refused')).filter((one) => one.endsWith('.avro'))
  t.regex(readFileSync(join(folder, 'refused', name!), 'latin1'), /"name":"row","namespace":"n\.s"/)
})
