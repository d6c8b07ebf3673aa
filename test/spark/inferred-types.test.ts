import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import test from 'ava'
import { Session } from '../../api/index.js'
import { typeName } from '../../columnar/types.js'
import { MillraceError } from '../../common/errors/millrace-error.js'
import { Random } from '../support/random.js'

interface Case {
  readonly format: string
  readonly content: string
  readonly options: Readonly<Record<string, string>>
  readonly schema?: string
  readonly error?: string
}

const CASES = readFileSync('test/data/spark/inferred-types.jsonl', 'utf8')
  .trim()
  .split('\n')
  .map((line) => JSON.parse(line) as Case)

let session: Session
test.before(async () => {
  session = await Session.builder()
    .master('local[2]')
    .config('log.level', 'silent')
    .config('spark.sql.caseSensitive', true)
    .getOrCreate()
})
test.after.always(() => session?.stop())

async function foundIn({ format, content, options }: Case): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'millrace-types-'))
  try {
    writeFileSync(join(folder, 'x'), content)
    const { fields } = await session.read.format(format).options(options).load(folder).schema()
    const texts = fields.map(({ name, type }) => `${name}:${typeName(type)}`)
    return `struct<${texts.join(',')}>`.replaceAll(/([,:]) /g, '$1')
  } catch (error) {
    if (!MillraceError.is(error)) throw error
    return error.condition
  } finally {
    rmSync(folder, { recursive: true })
  }
}

for (const [i, wanted] of CASES.entries()) {
  test(`columns of lines are those that Spark finds: ${wanted.format} ${i} ${JSON.stringify(wanted.options)}`, async (t) => {
    t.is(await foundIn(wanted), wanted.schema ?? wanted.error!)
  })
}

test('whatever bytes lines have, columns are found or a condition says why not', async (t) => {
  const random = new Random(3)
  const pieces = [
    '{"a":',
    '"b"',
    '}',
    '[',
    ']',
    ',',
    ':',
    '\\u00',
    '"',
    "'",
    '1e',
    '-',
    'NaN',
    'null',
    '\n',
    '\ufeff',
    '2020-01-',
    '{'.repeat(1200),
    '['.repeat(1200),
  ]
  for (let i = 0; i < 60; i++) {
    const texts = Array.from({ length: random.integer(1, 60) }, () =>
      random.chance(0.8) ? random.pick(pieces) : String.fromCharCode(random.integer(0, 0x2ff)),
    )
    const content = texts.join('')
    t.regex(await foundIn({ format: 'json', content, options: {} }), /^(struct<|COLUMN_ALREADY_EXISTS)/)
    t.regex(await foundIn({ format: 'csv', content, options: { inferSchema: 'true' } }), /^struct</)
  }
})
