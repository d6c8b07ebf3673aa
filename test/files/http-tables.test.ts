import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import test from 'ava'
import { Session } from '../../api/index.js'
import { MillraceError } from '../../common/errors/millrace-error.js'
import { type FileServer, startFileServer } from '../support/file-server.js'
import { TPCH_SMALL } from '../support/sessions.js'

let session: Session
let server: FileServer
test.before(async () => {
  session = await Session.builder().master('local[2]').config('log.level', 'silent').getOrCreate()
  server = await startFileServer()
  server.files.set('lineitem.parquet', readFileSync(join(TPCH_SMALL, 'lineitem.parquet')))
  server.files.set('nation.parquet', readFileSync(join(TPCH_SMALL, 'nation.parquet')))
  server.files.set('a.csv', Buffer.from('id,name\n1,Ann\n2,\n'))
  server.files.set('b.csv.gz', gzipSync('id,name\n3,Cyd\n'))
  server.files.set('d.json', Buffer.from('[{"a":1},\n{"a":2}]'))
  server.files.set('e.txt', Buffer.from('a\nb\n'))
  server.files.set('empty.txt', Buffer.alloc(0))
  for (const extension of ['bz2', 'zst', 'lz4', 'snappy', 'deflate'])
    server.files.set(`lines.txt.${extension}`, readFileSync(`test/data/spark/compressed/lines.txt.${extension}`))
})
test.beforeEach(() => {
  server.asked.length = 0
  server.answer = undefined
  server.hasRanges = true
  server.tag = '"1"'
})
test.after.always(async () => {
  await session?.stop()
  await server?.close()
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

/** How many bytes the ranges have that were asked for. */
const bytesAsked = ({ asked }: FileServer): number =>
  asked.map((range) => range.split('-').map(Number)).reduce((sum, [from, to]) => sum + to! - from! + 1, 0)

for (const hasRanges of [true, false])
  test.serial(`URLs are tables of SQL and of DataFrames (${hasRanges ? 'with' : 'without'} ranges)`, async (t) => {
    server.hasRanges = hasRanges
    const { url } = server
    t.deepEqual(await rowsOf(`select count(*), max(n_name) from '${url}/nation.parquet'`), [[25n, 'VIETNAM']])
    t.deepEqual(await rowsOf(`select count(n_name) from parquet.\`${url}/nation.parquet\``), [[25n]])
    t.deepEqual(await rowsOf(`select * from '${url}/a.csv?x=1#part'`), [
      [1, 'Ann'],
      [2, null],
    ])
    t.deepEqual(await rowsOf(`select * from '${url}/b.csv.gz?x=.txt'`), [[3, 'Cyd']])
    t.deepEqual(await rowsOf(`select sum(a) from '${url}/d.json'`), [[3n]])
    t.deepEqual(await rowsOf(`select * from '${url}/empty.txt'`), [])
    t.is(await session.read.text(`${url}/e.txt`, `${url}/e.txt`).count(), 4)
    t.is(await session.read.option('header', true).csv(`${url}/a.csv`).count(), 2)
    t.is(await session.read.option('multiLine', true).json(`${url}/d.json`).count(), 2)
    const local = await session.read.text('test/data/spark/compressed/lines.txt').count()
    for (const extension of ['bz2', 'zst', 'lz4', 'snappy', 'deflate'])
      t.is(await session.read.text(`${url}/lines.txt.${extension}`).count(), local, extension)
  })

test.serial('a file that comes only as a whole is fetched to look at it, and by one task', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'millrace-whole-'))
  server.hasRanges = false
  for (const [format, rows, most] of [
    ['parquet', 400_000, 2],
    ['arrow', 2_300_000, 4],
    ['avro', 400_000, 3],
  ] as const) {
    const path = join(folder, format)
    await session.range(rows).coalesce(1).write.format(format).save(path)
    const [name] = readdirSync(path).filter((one) => one.endsWith(`.${format}`))
    server.files.set(`whole.${format}`, readFileSync(join(path, name!)))
    server.asked.length = 0
    const sum = (BigInt(rows) * BigInt(rows - 1)) / 2n
    t.deepEqual(await rowsOf(`select sum(id) from '${server.url}/whole.${format}'`), [[sum]])
    // Of other files than Parquet's what was found is not kept for the plan.
    t.true(server.asked.filter((range) => range === 'all').length <= most, `${format} ${server.asked.join()}`)
  }
  rmSync(folder, { recursive: true })
})

test.serial('of a Parquet file the footer is read, and the chunks of the columns that are wanted', async (t) => {
  const size = server.files.get('lineitem.parquet')!.length
  const query = (table: string): string => `select count(*), sum(l_quantity), max(l_comment) from ${table}`
  const one = (table: string): string => `select sum(l_quantity) from ${table}`
  const [url, local] = [`'${server.url}/lineitem.parquet'`, `'${TPCH_SMALL}/lineitem.parquet'`]
  t.deepEqual(await rowsOf(query(url)), await rowsOf(query(local)))
  server.asked.length = 0
  t.deepEqual(await rowsOf(one(url)), await rowsOf(one(local)))
  t.true(server.asked.length > 1)
  t.true(bytesAsked(server) < size / 3, server.asked.join(' '))
})

test.serial('a server is asked once for each query how large a file is', async (t) => {
  const sizesAsked = (): number => server.asked.filter((range) => range === '0-0').length
  for (const file of ['nation.parquet', 'a.csv', 'b.csv.gz', 'd.json', 'e.txt', 'lines.txt.zst'])
    for (const query of ['of which nothing is known', 'of which all is known']) {
      server.asked.length = 0
      await rowsOf(`select count(*) from '${server.url}/${file}?sizes'`)
      t.is(sizesAsked(), 1, `${file}, ${query}: ${server.asked.join(' ')}`)
    }
  server.asked.length = 0
  await rowsOf(`select count(*) from '${server.url}/a.csv?sizes' a join '${server.url}/d.json?sizes' d on a.id = d.a`)
  t.is(sizesAsked(), 2, server.asked.join(' '))
})

test.serial('a text is divided among tasks, each of which reads its part and little of the next one', async (t) => {
  const lines = Array.from({ length: 400_000 }, (_, i) => `line ${i}`)
  const content = Buffer.from(lines.join('\n'))
  server.files.set('long.txt', content)
  t.deepEqual(await rowsOf(`select count(*), count(distinct value) from '${server.url}/long.txt'`), [
    [400_000n, 400_000n],
  ])
  t.true(bytesAsked(server) < content.length * 1.2, server.asked.join(' '))
})

test.serial('a line may end far behind the share that it begins in', async (t) => {
  const lines = Array.from({ length: 40 }, (_, i) => `${i} `.padEnd(150_000 + i, 'x'))
  server.files.set('wide.txt', Buffer.from(lines.join('\n')))
  const sums = 'count(*), sum(length(value)), count(distinct value)'
  t.deepEqual(await rowsOf(`select ${sums} from '${server.url}/wide.txt'`), [[40n, 6_000_780n, 40n]])
})

test.serial('a line of megabytes that ends behind its share is fetched by ever more bytes', async (t) => {
  server.files.set('single.txt', Buffer.from(`${'x'.repeat(8_000_000)}\nend`))
  server.asked.length = 0
  const sums = 'count(*), sum(length(value))'
  t.deepEqual(await rowsOf(`select ${sums} from '${server.url}/single.txt'`), [[2n, 8_000_003n]])
  t.true(server.asked.length < 100, server.asked.join(' '))
})

test.serial(
  'columns are found again when the file of a URL changes, or when nothing tells whether it does',
  async (t) => {
    for (const [tag, text, names] of [
      ['"1"', 'a\n1\n', ['a']],
      ['"2"', 'b\n1\n', ['b']],
      ['', 'c\n1\n', ['c']],
      ['', 'd\n1\n', ['d']],
    ] as const) {
      server.tag = tag
      server.files.set('changing.csv', Buffer.from(text))
      const [row] = await session.sql(`select * from '${server.url}/changing.csv'`).collect()
      t.deepEqual(Object.keys(row!), names)
    }
  },
)

test.serial('the footer of a file is read again when nothing tells whether the file is another one', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'millrace-http-footers-'))
  try {
    server.tag = ''
    const sizes = new Set<number>()
    for (const name of ['a', 'b']) {
      await session.sql(`select 1 ${name}`).write.parquet(join(folder, name))
      const part = readdirSync(join(folder, name)).find((file) => file.startsWith('part-'))!
      const bytes = readFileSync(join(folder, name, part))
      sizes.add(bytes.length)
      server.files.set('renamed.parquet', bytes)
      const [row] = await session.sql(`select * from '${server.url}/renamed.parquet'`).collect()
      t.deepEqual(Object.keys(row!), [name])
    }
    t.is(sizes.size, 1)
  } finally {
    rmSync(folder, { recursive: true })
  }
})

test.serial('a URL that is not there, or changes while a query reads it, is one condition', async (t) => {
  t.is((await raised(session.read.parquet(`${server.url}/no.parquet`).count())).condition, 'PATH_NOT_FOUND')
  server.answer = (request) => {
    if (request.headers['if-range'] && !request.headers.range?.includes('0-0')) server.tag = '"2"'
    return false
  }
  const error = await raised(rowsOf(`select sum(n_nationkey) from '${server.url}/nation.parquet?again'`))
  t.is(error.condition, 'FAILED_READ_FILE')
  t.regex(error.message, /changed after the query was planned/)
})

test.serial('patterns, folders, other schemes and writing are refused by name', async (t) => {
  const { url } = server
  for (const [work, text] of [
    [() => session.read.parquet(`${url}/*.parquet`).count(), /patterns of URLs/],
    [() => session.read.parquet(`${url}/folder/`).count(), /folders of URLs/],
    [() => rowsOf(`select * from 's3://bucket/x.csv'`), /the URL s3:\/\/bucket\/x.csv/],
    [() => session.read.csv('s3://bucket/x.csv').count(), /paths other than of local files/],
    [() => session.sql('select 1').write.parquet(`${url}/out`), /writing to URLs/],
  ] as const) {
    const error = await raised(work())
    t.is(error.condition, 'UNSUPPORTED_FEATURE')
    t.regex(error.message, text)
  }
  t.is((await raised(rowsOf(`select * from '${url}/export?format=csv'`))).condition, 'UNKNOWN_FILE_FORMAT')
})

test.serial('errors and plans do not show who a URL names, nor what signs it', async (t) => {
  const secret = `${server.url.replace('://', '://ann:s3cret@')}/no.csv?X-Amz-Signature=s3cret&page=2`
  const plan = session.read.csv(secret)
  for (const error of [
    await raised(plan.count()),
    await raised(rowsOf(`select * from '${secret}'`)),
    await raised(rowsOf(`select * from '${secret.replace('.csv', '')}'`)),
  ]) {
    const shown = [error.message, error.stack, JSON.stringify(error.parameters), JSON.stringify(error.origin)].join()
    t.false(shown.includes('s3cret'), shown)
    t.true(shown.includes('page=2'))
  }
  const text = await rowsOf(
    `explain extended select * from csv.\`${server.url.replace('://', '://ann:s3cret@')}/a.csv\``,
  )
  t.false(String(text).includes('s3cret'))
  t.true(String(text).includes('a.csv'))
})
