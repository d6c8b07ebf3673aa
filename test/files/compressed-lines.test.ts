import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import test from 'ava'
import { Session } from '../../api/index.js'
import { MillraceError } from '../../common/errors/millrace-error.js'
import { refusal } from '../support/raised.js'
import { Random } from '../support/random.js'

const DATA = 'test/data/spark/compressed'
const EXTENSIONS = ['gz', 'deflate', 'bz2', 'lz4', 'snappy', 'zst']
/** Whose files tell whether their bytes are those that were written. */
const CHECKED = ['gz', 'deflate', 'bz2']
/** The same twice is more than once in one file: two streams, frames or blocks. */
const JOINED = ['gz', 'bz2', 'lz4', 'snappy', 'zst']
const MUTATIONS = 40

let session: Session
let folder: string
test.before(async () => {
  session = await Session.builder().master('local[1]').config('log.level', 'silent').getOrCreate()
  folder = mkdtempSync(join(tmpdir(), 'millrace-compressed-'))
})
test.after.always(async () => {
  await session?.stop()
  rmSync(folder, { recursive: true })
})

const LINES = readFileSync(join(DATA, 'lines.txt'), 'utf8').split('\n').slice(0, -1)
const fixture = (extension: string): Buffer => readFileSync(join(DATA, `lines.txt.${extension}`))
const linesIn = async (path: string): Promise<readonly unknown[]> =>
  (await session.read.text(path).collect()).map(({ value }) => value)

for (const extension of EXTENSIONS)
  test.serial(`a text compressed as .${extension} has the lines that were written`, async (t) => {
    const path = join(folder, `x.${extension}`)
    copyFileSync(join(DATA, `lines.txt.${extension}`), path)
    t.deepEqual(await linesIn(path), LINES)
  })

for (const extension of JOINED)
  test.serial(`files compressed as .${extension} one behind the other are one file`, async (t) => {
    const path = join(folder, `joined.${extension}`)
    writeFileSync(path, Buffer.concat([fixture(extension), fixture(extension)]))
    t.is((await linesIn(path)).length, 2 * LINES.length)
  })

for (const extension of EXTENSIONS)
  test.serial(
    `a cut or damaged file compressed as .${extension} is told with its path, or has other lines`,
    async (t) => {
      const random = new Random(5)
      const whole = fixture(extension)
      for (let i = 0; i < MUTATIONS; i++) {
        const bytes = Buffer.from(whole.subarray(0, i % 2 === 0 ? random.integer(0, whole.length - 1) : whole.length))
        if (i % 2 === 1) for (let j = 0; j < 3; j++) bytes[random.integer(0, bytes.length - 1)] = random.integer(0, 255)
        const path = join(folder, `damaged-${i}.${extension}`)
        writeFileSync(path, bytes)
        let lines: readonly unknown[] = []
        const error = await linesIn(path).then(
          (read) => {
            lines = read
          },
          (raised: unknown) => raised,
        )
        if (error === undefined) {
          if (CHECKED.includes(extension) && bytes.length > 0) t.deepEqual(lines, LINES)
          continue
        }
        t.true(MillraceError.is(error) && error.condition === 'FAILED_READ_FILE', String(error))
        t.is((error as MillraceError).parameters['path'], path)
      }
    },
  )

test('a file that ends within is cut', async (t) => {
  for (const extension of EXTENSIONS) {
    const path = join(folder, `half.${extension}`)
    const whole = fixture(extension)
    writeFileSync(path, whole.subarray(0, whole.length - 9))
    const error = await t.throwsAsync(linesIn(path), undefined, extension)
    t.is((error as MillraceError).condition, 'FAILED_READ_FILE')
  }
})

test('blocks of Hadoop that hold more than they say, or end within a length, are told', async (t) => {
  for (const extension of ['lz4', 'snappy']) {
    const path = join(folder, `blocks.${extension}`)
    const whole = fixture(extension)
    const shorter = Buffer.from(whole)
    shorter.writeUInt32BE(whole.readUInt32BE(0) - 1, 0)
    for (const damaged of [
      shorter,
      Buffer.concat([whole, Buffer.alloc(2)]),
      Buffer.concat([whole, Buffer.alloc(6, 1)]),
      Buffer.concat([whole, Buffer.alloc(8, 0x7f)]),
    ]) {
      writeFileSync(path, damaged)
      t.regex(await refusal(t, linesIn(path)), /^FAILED_READ_FILE/, extension)
    }
  }
})

test('blocks of Hadoop that hold nothing are passed over, however many follow each other', async (t) => {
  for (const extension of ['lz4', 'snappy']) {
    const path = join(folder, `empty-blocks.${extension}`)
    const nothing = Buffer.alloc(12)
    writeFileSync(path, Buffer.concat([nothing, fixture(extension), nothing]))
    t.deepEqual(await linesIn(path), LINES, extension)
  }
})
