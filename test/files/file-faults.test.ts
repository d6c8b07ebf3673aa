import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { gzipSync } from 'node:zlib'
import test from 'ava'
import { Session } from '../../api/index.js'
import { startFileServer } from '../support/file-server.js'

let session: Session
let folder: string
const put = (name: string, content: string | Uint8Array): void => {
  mkdirSync(dirname(join(folder, name)), { recursive: true })
  writeFileSync(join(folder, name), content)
}
/** The one file of a folder with such an end, cut in its middle. */
const halfOf = (name: string, extension: string): Buffer => {
  const file = readdirSync(join(folder, name)).find((one) => one.endsWith(extension))!
  const bytes = readFileSync(join(folder, name, file))
  return bytes.subarray(0, bytes.length / 2)
}
test.before(async () => {
  session = await Session.builder().master('local[1]').config('log.level', 'silent').getOrCreate()
  folder = mkdtempSync(join(tmpdir(), 'millrace-faults-'))
  const lines = Array.from({ length: 100_000 }, (_, i) => String(i)).join('\n')
  const whole = gzipSync(lines)
  put('gz/a.txt.gz', whole.subarray(0, whole.length / 2))
  put('gz/b.txt.gz', gzipSync('x\ny\n'))
  put('no/a.txt.gz', 'this is not gzip')
  put('no/b.txt', 'x\n')
  for (const format of ['parquet', 'arrow'] as const) {
    await session.range(10).coalesce(1).write.format(format).save(join(folder, format))
    put(`${format}/cut.${format}`, halfOf(format, `.${format}`))
    put(`only-${format}/x.${format}`, 'garbage')
  }
})
test.after.always(async () => {
  await session?.stop()
  rmSync(folder, { recursive: true })
})

const read = (format: string, path: string, options: Record<string, string> = {}) =>
  session.read.format(format).options(options).load(join(folder, path))
const IGNORE = { ignoreCorruptFiles: 'true' }

test.serial(
  'a file that is cut gives the rows before, when corrupt files are passed over, and fails otherwise',
  async (t) => {
    await t.throwsAsync(read('text', 'gz').collect(), { message: /FAILED_READ_FILE.*a\.txt\.gz/ })
    const values = (await read('text', 'gz', IGNORE).collect()).map(({ value }) => value as string)
    const own = values.filter((value) => value !== 'x' && value !== 'y')
    t.true(own.length > 10_000 && own.length < 100_000)
    t.deepEqual(
      own,
      Array.from({ length: own.length }, (_, i) => String(i)),
    )
    t.is(values.length, own.length + 2)
  },
)

test.serial('what is no file of its kind is passed over, in every format', async (t) => {
  t.deepEqual(await read('text', 'no', IGNORE).collect(), [{ value: 'x' }])
  t.deepEqual(await read('csv', 'no', { IGNORECORRUPTFILES: 'TRUE' }).collect(), [{ _c0: 'x' }])
  for (const format of ['parquet', 'arrow']) {
    await t.throwsAsync(read(format, format).count(), { message: /FAILED_READ_FILE.*cut/ })
    t.is(await read(format, format, IGNORE).count(), 10)
    await t.throwsAsync(read(format, `only-${format}`, IGNORE).count(), { message: /UNABLE_TO_INFER_SCHEMA/ })
    const known = session.read.format(format).options(IGNORE).schema('id bigint')
    t.is(await known.load(join(folder, `only-${format}`)).count(), 0)
  }
})

test.serial('the settings of the session are what options do not say', async (t) => {
  session.conf.set('spark.sql.files.ignoreCorruptFiles', true)
  try {
    t.is(await read('parquet', 'parquet').count(), 10)
    t.deepEqual(await read('text', 'no').collect(), [{ value: 'x' }])
    await t.throwsAsync(read('parquet', 'parquet', { ignoreCorruptFiles: 'false' }).count(), { message: /FAILED_READ/ })
  } finally {
    session.conf.unset('spark.sql.files.ignoreCorruptFiles')
  }
  await t.throwsAsync(read('parquet', 'parquet', { ignoreCorruptFiles: 'maybe' }).count(), {
    message: /INVALID_OPTION/,
  })
})

test.serial(
  'files that are listed and not there are passed over, paths that are named and not there never',
  async (t) => {
    put('miss/a.txt', '1\n')
    symlinkSync(join(folder, 'nowhere'), join(folder, 'miss', 'c.txt'))
    await t.throwsAsync(read('text', 'miss').collect(), { message: /PATH_NOT_FOUND/ })
    await t.throwsAsync(read('text', 'miss', IGNORE).collect(), { message: /PATH_NOT_FOUND/ })
    t.deepEqual(await read('text', 'miss', { ignoreMissingFiles: 'true' }).collect(), [{ value: '1' }])
    await t.throwsAsync(read('text', 'nowhere', { ignoreMissingFiles: 'true' }).collect(), {
      message: /PATH_NOT_FOUND/,
    })
    session.conf.set('files.ignoreMissingFiles', true)
    t.is(await read('binaryFile', 'miss').count(), 1)
    session.conf.unset('files.ignoreMissingFiles')
  },
)

test.serial('a file that may not be read is not corrupt', async (t) => {
  const server = await startFileServer()
  try {
    server.files.set('a.txt', Buffer.from('1\n'))
    server.answer = (_, response) => {
      response.writeHead(403).end()
      return true
    }
    const frame = session.read.format('text').options(IGNORE).load(`${server.url}/a.txt`)
    await t.throwsAsync(frame.collect(), { message: /FAILED_READ_FILE.*403/ })
  } finally {
    await server.close()
  }
})

test.serial('a file whose column has another type than is wanted is passed over', async (t) => {
  await session.sql("select 'x' id").write.parquet(join(folder, 'mixed'))
  await session.range(3).write.mode('append').parquet(join(folder, 'mixed'))
  const mixed = (options: Record<string, string>) =>
    session.read.format('parquet').options(options).schema('id bigint').load(join(folder, 'mixed'))
  await t.throwsAsync(mixed({}).collect(), { message: /FAILED_READ_FILE|TYPE/ })
  t.is((await mixed(IGNORE).collect()).length, 3)
})
