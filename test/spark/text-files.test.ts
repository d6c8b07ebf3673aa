import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import test from 'ava'
import { type DataFrame, Session } from '../../api/index.js'
import { typeName } from '../../columnar/types.js'

interface Case {
  readonly format: string
  readonly content: string
  readonly options: Readonly<Record<string, string>>
  /** The schema that was asked for. */
  readonly asked: string | null
  readonly schema: string
  readonly rows: readonly (readonly string[])[]
}

interface VegaCase {
  readonly file: string
  readonly options: Readonly<Record<string, string>>
  readonly schema: string
  readonly rows: number
  readonly digest: string
}

const DATA = 'test/data/spark'
const VEGA = 'node_modules/vega-datasets/data'
const casesIn = <T>(name: string): readonly T[] =>
  readFileSync(join(DATA, name), 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as T)

/** As Spark's `simpleString`. */
const simple = ({ fields }: Awaited<ReturnType<DataFrame['schema']>>): string =>
  `struct<${fields.map(({ name, type }) => `${name}:${typeName(type)}`).join(',')}>`.replaceAll(/([,:]) /g, '$1')

let session: Session
test.before(async () => {
  session = await Session.builder().master('local[2]').config('log.level', 'silent').getOrCreate()
})
test.after.always(() => session?.stop())

const quoted = (name: string): string => `\`${name.replaceAll('`', '``')}\``

for (const [i, wanted] of casesIn<Case>('text-files.jsonl').entries()) {
  const { format, content, options } = wanted
  test(`a file is read as Spark reads it: ${format} ${i} ${JSON.stringify(options)}`, async (t) => {
    const folder = mkdtempSync(join(tmpdir(), 'millrace-text-'))
    try {
      writeFileSync(join(folder, 'x'), content)
      const reader = session.read.format(format).options(options)
      const frame: DataFrame = wanted.asked ? reader.schema(wanted.asked).load(folder) : reader.load(folder)
      const schema = await frame.schema()
      t.is(simple(schema), wanted.schema)
      const texts = frame.selectExpr(...schema.fields.map(({ name }, at) => `to_json(struct(${quoted(name)})) c${at}`))
      const rows = (await texts.collect()).map((row) => Object.values(row) as string[])
      t.deepEqual(
        rows.map((row) => JSON.stringify(row)).toSorted(),
        wanted.rows.map((row) => JSON.stringify(row)).toSorted(),
      )
    } finally {
      rmSync(folder, { recursive: true })
    }
  })
}

for (const { file, options, schema, rows, digest } of casesIn<VegaCase>('vega-files.jsonl')) {
  test(`what others wrote is read as Spark reads it: ${file}`, async (t) => {
    const frame = session.read
      .format(file.endsWith('csv') ? 'csv' : 'json')
      .options(options)
      .load(join(VEGA, file))
    const read = await frame.schema()
    t.is(simple(read), schema)
    const names = read.fields.map(({ name }) => quoted(name))
    const sum = `cast(sum(cast(xxhash64(${names.join(', ')}) as decimal(38, 0))) as string) digest`
    t.deepEqual(await frame.selectExpr('count(*) rows', sum).collect(), [{ rows: BigInt(rows), digest }])
  })
}

test('the headers of all files are no rows, also while types are found', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'millrace-text-'))
  try {
    for (const [name, rows] of Object.entries({ a: '1', b: '2\n3', c: '' }))
      writeFileSync(join(folder, name), `n\n${rows}\n`)
    const frame = session.read.format('csv').option('header', true).option('inferSchema', true).load(folder)
    t.is(simple(await frame.schema()), 'struct<n:int>')
    t.deepEqual(await frame.orderBy('n').collect(), [{ n: 1 }, { n: 2 }, { n: 3 }])
  } finally {
    rmSync(folder, { recursive: true })
  }
})
