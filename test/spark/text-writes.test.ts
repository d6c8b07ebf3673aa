import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import zlib from 'node:zlib'
import test from 'ava'
import { type DataFrame, Session } from '../../api/index.js'
import type { MillraceError } from '../../common/errors/millrace-error.js'

interface Case {
  readonly format: string
  readonly query: string
  readonly options: Readonly<Record<string, string>>
  readonly partitionBy: readonly string[]
  /** Folder, end of the name and content of each file. */
  readonly files?: readonly (readonly [string, string, string])[]
  /** What Spark reads from them, with the schema of the rows. */
  readonly read?: { readonly asked: string; readonly rows: readonly (readonly (string | null)[])[] } | null
  /** What it raises. */
  readonly condition?: MillraceError['condition']
}

const CASES = readFileSync('test/data/spark/text-writes.jsonl', 'utf8')
  .trim()
  .split('\n')
  .map((line) => JSON.parse(line) as Case)

let session: Session
test.before(async () => {
  session = await Session.builder().master('local[2]').config('log.level', 'silent').getOrCreate()
})
test.after.always(() => session?.stop())

function contentOf(path: string): string {
  const bytes = readFileSync(path)
  if (path.endsWith('.gz')) return zlib.gunzipSync(bytes).toString()
  return (path.endsWith('.deflate') ? zlib.inflateSync(bytes) : bytes).toString()
}

const partsOf = (folder: string): readonly (readonly string[])[] =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => /(^|\/)part-[^/]*$/.test(name))
    .map((name) => [dirname(name), /\..*$/.exec(name.split('/').at(-1)!)![0], contentOf(join(folder, name))])

const sorted = (rows: readonly unknown[]): readonly string[] => rows.map((row) => JSON.stringify(row)).toSorted()

async function textsOf(frame: DataFrame): Promise<readonly unknown[]> {
  const { fields } = await frame.schema()
  const texts = fields.map(({ name }, i) => `to_json(struct(\`${name}\`)) c${i}`)
  return (await frame.selectExpr(...texts).collect()).map((row) => Object.values(row))
}

for (const [i, { format, query, options, partitionBy, files, read, condition }] of CASES.entries()) {
  test(`rows are written as Spark writes them: ${format} ${i} ${JSON.stringify(options)}`, async (t) => {
    const parent = mkdtempSync(join(tmpdir(), 'millrace-text-'))
    const folder = join(parent, 'out')
    const write = () =>
      session
        .sql(query)
        .coalesce(1)
        .write.format(format)
        .options(options)
        .partitionBy(...partitionBy)
        .save(folder)
    try {
      if (condition !== undefined) {
        t.is((await t.throwsAsync<MillraceError>(write))?.condition, condition)
        t.deepEqual(readdirSync(parent), [])
        return
      }
      await write()
      t.deepEqual(sorted(partsOf(folder)), sorted(files!))
      if (!read) return
      const again = session.read.format(format).options(onlyRead(options)).schema(read.asked).load(folder)
      t.deepEqual(sorted(await textsOf(again)), sorted(read.rows))
    } finally {
      rmSync(parent, { recursive: true })
    }
  })
}

const WRITTEN_ONLY = ['compression', 'quoteAll', 'ignoreNullFields']

const onlyRead = (options: Case['options']): Case['options'] =>
  Object.fromEntries(Object.entries(options).filter(([name]) => !WRITTEN_ONLY.includes(name)))
