import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { tableFromIPC } from 'apache-arrow'
import test, { type ExecutionContext } from 'ava'
import { Session } from '../../api/index.js'
import { Metadata } from '../../columnar/arrow/flat-metadata.js'
import { MillraceError } from '../../common/errors/millrace-error.js'
import { HEAD_BYTES } from '../../connectors/arrow/layout.js'
import { arrowReader } from '../../connectors/arrow/reader/reader.js'
import { arrowSource } from '../../connectors/arrow/source.js'
import { newContext } from '../parquet/support.js'
import { startFileServer } from '../support/file-server.js'
import { Random } from '../support/random.js'
import { TPCH_SMALL } from '../support/sessions.js'

const DATA = 'test/data/arrow'
const MUTATIONS = 150

let session: Session
let folder: string
test.before(async () => {
  session = await Session.builder().master('local[2]').config('log.level', 'silent').getOrCreate()
  folder = mkdtempSync(join(tmpdir(), 'millrace-arrow-'))
})
test.after.always(async () => {
  await session?.stop()
  rmSync(folder, { recursive: true })
})

const rowsOf = async (query: string): Promise<readonly unknown[][]> =>
  (await session.sql(query).collect()).map((row) => Object.values(row))

async function raised(work: Promise<unknown>): Promise<MillraceError> {
  const error = await work.then(
    () => undefined,
    (one: unknown) => one,
  )
  if (!MillraceError.is(error)) throw error ?? new Error('nothing was raised')
  return error
}

for (const name of ['types.arrow', 'types-lz4.arrow', 'types-zstd.arrow', 'types-stream.arrow', 'types.feather'])
  test.serial(`${name}, which pyarrow wrote, has the rows of the Parquet file that it wrote of them`, async (t) => {
    const expected = await session.read.parquet(`${DATA}/types.parquet`).drop('none').collect()
    const found = session.read.arrow(`${DATA}/${name}`)
    t.deepEqual(await found.drop('none').collect(), expected)
    t.is(await found.filter('none is null').count(), expected.length)
    t.deepEqual(await rowsOf(`select sum(i32), count(text) from '${DATA}/${name}' where i8 > -120`), [
      [...(await rowsOf(`select sum(i32), count(text) from '${DATA}/types.parquet' where i8 > -120`))[0]!],
    ])
  })

test.serial('dictionaries may be replaced in a stream and grow in a file', async (t) => {
  t.deepEqual(await rowsOf(`select coded from '${DATA}/replaced.arrow'`), [['a'], ['b'], ['a'], ['c'], ['d'], ['c']])
  t.deepEqual(await rowsOf(`select coded from arrow.\`${DATA}/grown.arrow\``), [
    ['a'],
    ['b'],
    ['a'],
    ['c'],
    ['b'],
    ['a'],
  ])
})

test.serial(
  'durations are intervals; other types that we lack, and version 1 of Feather, are refused by name',
  async (t) => {
    t.deepEqual(await rowsOf(`select cast(d as string) from '${DATA}/duration.arrow'`), [
      ["INTERVAL '0 00:00:01.5' DAY TO SECOND"],
      [null],
      ["INTERVAL '-0 00:00:00.001' DAY TO SECOND"],
    ])
    t.regex((await raised(rowsOf(`select * from '${DATA}/half.arrow'`))).message, /the Arrow column h of type Float16/)
    t.regex((await raised(rowsOf(`select * from '${DATA}/version1.feather'`))).message, /version 1 of Feather/)
    const option = session.read
      .format('arrow')
      .option('what' as 'path', '1')
      .load(`${DATA}/types.arrow`)
      .count()
    t.is((await raised(option)).condition, 'UNSUPPORTED_FEATURE')
  },
)

test.serial('what is written is read again, by us and by apache-arrow, in folders of partitions too', async (t) => {
  const columns = `cast(id as int) i, cast(id as tinyint) t, if(id % 3 = 0, null, cast(id as decimal(9, 2))) d,
    cast(id as decimal(38, 2)) w, repeat('ä', cast(id as int)) s, id % 2 = 0 b, timestamp_micros(id) ts, date_from_unix_date(cast(id as int)) day,
    sequence(0, id) l, map('k', id) m, named_struct('a', id, 'b', array(id)) st, parse_json('{"a":1}') v,
    interval '1' year * id y, interval '1' second * id sec, id % 2 p`
  const frame = session.sql(`select ${columns} from range(50)`)
  const shown = (rows: readonly object[]): readonly string[] =>
    rows.map((row) => JSON.stringify(row, (_, value) => (typeof value === 'bigint' ? String(value) : value))).toSorted()
  await frame.write.format('arrow').save(join(folder, 'written'))
  t.deepEqual(shown(await session.read.arrow(join(folder, 'written')).collect()), shown(await frame.collect()))
  const files = readdirSync(join(folder, 'written')).filter((name) => name.endsWith('.arrow'))
  const tables = files.map((name) => tableFromIPC(readFileSync(join(folder, 'written', name))))
  t.is(
    tables.reduce((sum, { numRows }) => sum + numRows, 0),
    50,
  )
  await frame.write.format('arrow').partitionBy('p').save(join(folder, 'parts'))
  t.deepEqual(
    shown(await session.read.arrow(join(folder, 'parts')).selectExpr('i', 's', 'p').collect()),
    shown(await frame.selectExpr('i', 's', 'cast(p as int) p').collect()),
  )
  t.deepEqual(await rowsOf(`select count(*), sum(i) from '${join(folder, 'parts')}/*/*.arrow' where i > 40`), [
    [9n, 405n],
  ])
  await session.sql('select 1 a where false').write.format('arrow').save(join(folder, 'none'))
  t.deepEqual(await session.read.arrow(join(folder, 'none')).columns(), ['a'])
  t.deepEqual(await session.read.arrow(join(folder, 'none')).collect(), [])
})

test.serial(
  'many batches are several tasks, of which each reads only what is its own, from a server too',
  async (t) => {
    const query = (table: string): string =>
      `select count(*), sum(l_quantity), max(l_comment), min(l_shipdate) from ${table}`
    const local = `'${TPCH_SMALL}/lineitem.parquet'`
    await session.sql(`select * from ${local}`).coalesce(1).write.format('arrow').save(join(folder, 'lines'))
    t.deepEqual(await rowsOf(query(`arrow.\`${folder}/lines\``)), await rowsOf(query(local)))
    const server = await startFileServer()
    try {
      const [name] = readdirSync(join(folder, 'lines')).filter((one) => one.endsWith('.arrow'))
      server.files.set('x.arrow', readFileSync(join(folder, 'lines', name!)))
      t.deepEqual(await rowsOf(query(`'${server.url}/x.arrow'`)), await rowsOf(query(local)))
    } finally {
      await server.close()
    }
  },
)

test.serial('several files are one table by the names of columns, of which each has one type', async (t) => {
  const write = (name: string, query: string): Promise<void> =>
    session.sql(query).write.format('arrow').save(join(folder, name))
  await write('one', 'select 1 a, 2 b')
  await write('two', "select 3 a, 'x' c")
  await write('three', "select 'x' a")
  const both = session.read.arrow(join(folder, 'one'), join(folder, 'two')).orderBy('a')
  t.deepEqual(await both.collect(), [
    { a: 1, b: 2, c: null },
    { a: 3, b: null, c: 'x' },
  ])
  const error = await raised(session.read.arrow(join(folder, 'one'), join(folder, 'three')).count())
  t.regex(error.message, /its column a is string, and in files before int/)
  const other = session.read.schema('a string').arrow(join(folder, 'one'))
  t.regex((await raised(other.collect())).message, /its column a is int and not string/)
})

/** Reads all of a file without a session; returns whether it could, having released all memory. */
async function isRead(t: ExecutionContext, path: string): Promise<boolean> {
  const context = newContext()
  try {
    const source = await arrowSource.describe({}, [path], undefined)
    const request = { source, columns: source.schema.fields.map(({ name }) => name), filters: [], parallelism: 1 }
    for (const split of await arrowSource.planSplits(request)) {
      const reader = await arrowReader.openReader(request, split, context)
      try {
        while (await reader.next());
      } finally {
        await reader.close()
        t.is(context.live.size, 0)
      }
    }
    return true
  } catch (error) {
    if (!MillraceError.is(error)) throw error
    if (error.condition !== 'UNSUPPORTED_FEATURE' && error.condition !== 'FAILED_READ_FILE') throw error
    if (error.condition === 'FAILED_READ_FILE' && error.parameters['path'] !== path) throw error
    return false
  }
}

for (const name of ['types.arrow', 'types-lz4.arrow', 'types-zstd.arrow', 'types-stream.arrow'])
  test.serial(`${name} cut or damaged anywhere is one condition with its path, or has other rows`, async (t) => {
    const random = new Random(7)
    const whole = readFileSync(join(DATA, name))
    const path = join(folder, name)
    let damaged = 0
    for (let i = 0; i < MUTATIONS; i++) {
      const bytes = Buffer.from(whole.subarray(0, i % 3 === 0 ? random.integer(0, whole.length - 1) : whole.length))
      if (i % 3 > 0) for (let j = 0; j < i % 5; j++) bytes[random.integer(0, bytes.length - 1)] = random.integer(0, 255)
      writeFileSync(path, bytes)
      if (!(await isRead(t, path))) damaged++
    }
    t.true(damaged > MUTATIONS / 4, String(damaged))
    writeFileSync(path, whole)
    t.true(await isRead(t, path))
  })

test.serial('a file whose first message is no schema is damaged', async (t) => {
  const path = join(folder, 'headless.arrow')
  const whole = readFileSync(join(DATA, 'duration.arrow'))
  const first = HEAD_BYTES + 8
  const metadata = new Metadata(whole, first, whole.readInt32LE(HEAD_BYTES + 4))
  const place = first + metadata.field(metadata.root(), 1, 1)
  t.is(whole[place], 1)
  for (const kind of [0, 2, 3, 4, 255]) {
    const bytes = Buffer.from(whole)
    bytes[place] = kind
    writeFileSync(path, bytes)
    t.false(await isRead(t, path), String(kind))
  }
  // As a stream, of a batch alone.
  const [schema, batch] = [whole.readInt32LE(HEAD_BYTES + 4), whole.indexOf(Buffer.from([255, 255, 255, 255]), first)]
  t.true(batch >= first + schema)
  writeFileSync(path, Buffer.concat([whole.subarray(0, HEAD_BYTES), whole.subarray(batch)]))
  t.false(await isRead(t, path))
})
