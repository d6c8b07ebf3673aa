import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import test from 'ava'
import { blockFromRows } from '../../columnar/blocks/block-from-rows.js'
import { field, INT, type Schema, STRING } from '../../columnar/types.js'
import type { WriteDescription } from '../../connectors/api.js'
import { fileWriter } from '../../connectors/files/commit/task-writer.js'
import { jobFolder } from '../../connectors/files/output-names.js'
import { newContext } from '../parquet/support.js'
import { Random } from '../support/random.js'

const SCHEMA: Schema = { fields: [field('n', INT)] }

/** Where a row goes: a folder, and a bucket where rows are divided into buckets. */
type Place = readonly [folder: string, bucket: number]

/** Writes blocks of rows, each row in a folder; what each file has got, in their order. */
const filesOf = async (blocks: readonly (readonly string[])[], mostRows: number) =>
  (
    await filesWith(
      blocks.map((folders) => folders.map((folder): Place => [folder, 0])),
      mostRows,
    )
  ).map(([path, rows]) => [path.split('/')[0]!, rows] as const)

/** The same of rows that may be in buckets, with the paths of the files. */
async function filesWith(
  blocks: readonly (readonly Place[])[],
  mostRows: number,
  isInBuckets?: true,
): Promise<readonly (readonly [string, number])[]> {
  const folder = mkdtempSync(join(tmpdir(), 'millrace-task-'))
  const write: WriteDescription = {
    provider: 'x',
    options: { maxRecordsPerFile: String(mostRows) },
    path: folder,
    mode: 'append',
    schema: SCHEMA,
    partitionBy: ['p'],
    jobId: 'a'.repeat(32),
    ...(isInBuckets ? { isInBuckets } : {}),
  }
  mkdirSync(jobFolder(write), { recursive: true })
  const files: { path: string; rows: number; isFinished: boolean }[] = []
  const format = fileWriter<undefined>({
    name: 'x',
    extension: () => '.x',
    opener: () => async (path) => {
      const file = { path: path.slice(jobFolder(write).length + 1), rows: 0, isFinished: false }
      files.push(file)
      return {
        write: async (_, from, until) => {
          file.rows += until - from
        },
        finish: async () => {
          file.isFinished = true
        },
        close: async () => undefined,
      }
    },
    rowsOf: () => undefined,
  })
  const writer = await format.openWriter(write, { ...newContext(), partition: 0, attempt: 0 })
  const dividers = [field('p', STRING), ...(isInBuckets ? [field('bucket', INT)] : [])]
  for (const places of blocks) {
    const rows = places.map(([p, bucket], n) => ({ n, p: `p=${p}`, bucket }))
    await writer.write(blockFromRows({ fields: [...SCHEMA.fields, ...dividers] }, rows))
  }
  const { rows } = (await writer.prepare()) as { readonly rows: number }
  rmSync(folder, { recursive: true })
  const all = files.reduce((sum, file) => sum + file.rows, 0)
  if (all !== rows || files.some(({ isFinished }) => !isFinished))
    throw new Error(`${all} of ${rows} rows are in files`)
  return files.map((file) => [file.path, file.rows])
}

test('a bound of no rows is none', async (t) => {
  for (const mostRows of [0, -1]) t.deepEqual(await filesOf([['a', 'a'], ['a']], mostRows), [['p=p%3Da', 3]])
})

test('a task that is aborted closes what it has open, and removes what it has written', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'millrace-task-'))
  const write: WriteDescription = {
    ...{ provider: 'x', options: {}, path: folder, mode: 'append', schema: SCHEMA, jobId: 'a'.repeat(32) },
    partitionBy: ['p'],
  }
  mkdirSync(jobFolder(write), { recursive: true })
  const steps: string[] = []
  const format = fileWriter<undefined>({
    name: 'x',
    extension: () => '.x',
    opener: () => async (path) => {
      const name = path.slice(jobFolder(write).length + 1).split('/')[0]!
      writeFileSync(path, '')
      const step = (what: string) => async () => void steps.push(`${what} ${name}`)
      return { write: step('write'), finish: step('finish'), close: step('close') }
    },
    rowsOf: () => undefined,
  })
  const writer = await format.openWriter(write, { ...newContext(), partition: 0, attempt: 0 })
  const rows = ['a', 'b'].map((p, n) => ({ n, p }))
  await writer.write(blockFromRows({ fields: [...SCHEMA.fields, field('p', STRING)] }, rows))
  await writer.abort()
  t.deepEqual(steps, ['write p=a', 'finish p=a', 'write p=b', 'close p=b'])
  const left = readdirSync(jobFolder(write), { recursive: true, encoding: 'utf8' }).filter((name) =>
    name.endsWith('.x'),
  )
  t.deepEqual(left, [])
  rmSync(folder, { recursive: true })
})

test('files have as many rows as they may, however the rows of a folder are divided into blocks', async (t) => {
  const random = new Random(4)
  for (let round = 0; round < 30; round++) {
    const mostRows = random.integer(1, 7)
    const folders = ['a', 'b', 'c'].flatMap((p) => Array<string>(random.integer(0, 20)).fill(p))
    const blocks: string[][] = []
    for (let at = 0; at < folders.length; ) {
      const size = random.integer(1, 9)
      blocks.push(folders.slice(at, at + size))
      at += size
    }
    const expected = ['a', 'b', 'c'].flatMap((p) => {
      const rows = folders.filter((one) => one === p).length
      return Array.from({ length: Math.ceil(rows / mostRows) }, (_, i) => Math.min(mostRows, rows - i * mostRows))
    })
    t.deepEqual(
      (await filesOf(blocks, mostRows)).map(([, rows]) => rows),
      expected,
    )
  }
})

test('files are numbered behind each other within a folder, and within a bucket, and begin anew in the next one', async (t) => {
  const folders = ['a', 'a', 'a', 'a', 'a', 'b', 'b'].map((folder): Place => [folder, 0])
  const named = async (blocks: readonly (readonly Place[])[], isInBuckets?: true) =>
    (await filesWith(blocks, 2, isInBuckets)).map(([path, rows]) => [
      /^p=p%3D(.)/.exec(path)![1],
      /(?:-c\d+|_\d+.*)?\.x$/.exec(path)![0],
      rows,
    ])
  t.deepEqual(await named([folders]), [
    ['a', '.x', 2],
    ['a', '-c001.x', 2],
    ['a', '-c002.x', 1],
    ['b', '.x', 2],
  ])
  const places: readonly Place[] = [
    ['a', 0],
    ['a', 0],
    ['a', 0],
    ['a', 3],
    ['b', 3],
    ['b', 3],
    ['b', 12],
  ]
  const expected = [
    ['a', '_00000.x', 2],
    ['a', '_00000.c001.x', 1],
    ['a', '_00003.x', 1],
    ['b', '_00003.x', 2],
    ['b', '_00012.x', 1],
  ]
  t.deepEqual(await named([places], true), expected)
  t.deepEqual(
    await named(
      places.map((place) => [place]),
      true,
    ),
    expected,
  )
})
