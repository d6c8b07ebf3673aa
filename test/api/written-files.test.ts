import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import test from 'ava'
import { type DataFrame, Session } from '../../api/index.js'

const SLOTS = 4
const directory = mkdtempSync(join(tmpdir(), 'millrace-written-files-'))
let session: Session
test.before(async () => {
  session = await Session.builder().master(`local[${SLOTS}]`).config('log.level', 'silent').getOrCreate()
})
test.after.always(async () => {
  await session?.stop()
  rmSync(directory, { recursive: true })
})

let writes = 0
/** Writes rows, and returns how many files that makes and how many rows are in them. */
async function written(frame: DataFrame): Promise<readonly [files: number, rows: number]> {
  const path = join(directory, String(writes++))
  await frame.write.parquet(path)
  const files = readdirSync(path).filter((name) => name.startsWith('part-')).length
  return [files, Number(await session.read.parquet(path).count())]
}

test('a small result of groups, joins or sorts is one file, whatever the slots', async (t) => {
  const rows = session.range(0, 10_000, 1, 8)
  t.deepEqual(await written(rows.selectExpr('id % 1000 k').groupBy('k').count()), [1, 1000])
  t.deepEqual(await written(rows.orderBy('id')), [1, 10_000])
  const others = session.range(0, 20_000, 1, 8)
  t.deepEqual(await written(rows.join(others, 'id', 'full')), [1, 20_000])
  t.deepEqual(await written(rows.distinct().union(rows.groupBy('id').count().select('id'))), [1, 20_000])
})

test('sorted rows stay sorted in the one file', async (t) => {
  const path = join(directory, 'sorted')
  await session.range(0, 5000, 1, 8).selectExpr('(id * 7919) % 5000 k').orderBy('k').write.parquet(path)
  const found = (await session.read.parquet(path).collect()).map(({ k }) => Number(k))
  t.deepEqual(found, [...Array(5000).keys()])
})

test('a larger result has a file for each slot, and one in between fewer', async (t) => {
  const wide = (rows: number): DataFrame =>
    session.range(0, rows, 1, 8).selectExpr('id', "repeat('x', 100) s").groupBy('id').agg({ s: 'max' })
  t.deepEqual(await written(wide(200_000)), [SLOTS, 200_000])
  const [files, rows] = await written(wide(25_000))
  t.true(files > 1 && files < SLOTS, String(files))
  t.is(rows, 25_000)
})

test('as many files are written as the query asks for', async (t) => {
  const rows = session.range(0, 1000, 1, 8)
  t.deepEqual(await written(rows.repartition(7)), [7, 1000])
  t.deepEqual(await written(rows.repartition(3, 'id')), [3, 1000])
  t.deepEqual(await written(rows.coalesce(2)), [2, 1000])
  t.deepEqual(await written(rows.repartitionByRange(5, 'id')), [5, 1000])
  t.deepEqual(await written(rows), [8, 1000])
})

for (const format of ['parquet', 'csv', 'json', 'arrow', 'avro'] as const)
  test(`files of ${format} have no more rows than maxRecordsPerFile, in folders of partitions too`, async (t) => {
    const rowsOfFiles = async (path: string): Promise<readonly number[]> => {
      const names = readdirSync(path, { recursive: true, encoding: 'utf8' }).filter((name) => name.includes('part-'))
      const frames = names.map((name) => session.read.format(format).load(join(path, name)))
      const counts = await Promise.all(frames.map(async (frame) => Number(await frame.count())))
      return counts.toSorted((a, b) => b - a)
    }
    const write = async (name: string, rows: DataFrame, most: string, ...folders: string[]): Promise<string> => {
      const path = join(directory, `${format}-${name}`)
      const writer = rows.write.format(format).option('maxRecordsPerFile', most)
      await (folders.length > 0 ? writer.partitionBy(...folders) : writer).save(path)
      return path
    }
    const rows = session.range(0, 10_000, 1, 1).selectExpr('id', 'id % 3 p')
    t.deepEqual(await rowsOfFiles(await write('whole', rows, '4000')), [4000, 4000, 2000])
    t.deepEqual(await rowsOfFiles(await write('even', rows, '5000')), [5000, 5000])
    t.deepEqual(await rowsOfFiles(await write('parts', rows, '2000', 'p')), [2000, 2000, 2000, 1334, 1333, 1333])
    t.deepEqual(await rowsOfFiles(await write('unbounded', rows, '0')), [10_000])
    const id = format === 'csv' ? '_c0' : 'id'
    const parts = session.read.format(format).load(join(directory, `${format}-parts`))
    const all = await parts.selectExpr(`sum(cast(${id} as int)) s`).collect()
    t.deepEqual(
      all.map(({ s }) => Number(s)),
      [49_995_000],
    )
    const refused = await t.throwsAsync(write('refused', rows, 'many'))
    t.regex(refused!.message, /INVALID_OPTION.*maxRecordsPerFile/)
  })
