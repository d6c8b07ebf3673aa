import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import test from 'ava'
import { blockFromRows } from '../../columnar/block-from-rows.js'
import { field, INT, type Schema, STRING } from '../../columnar/types.js'
import type { WriteDescription } from '../../connectors/api.js'
import { jobFolder } from '../../connectors/files/output-names.js'
import { fileWriter } from '../../connectors/files/task-writer.js'
import { newContext } from '../parquet/support.js'
import { Random } from '../support/random.js'

const SCHEMA: Schema = { fields: [field('n', INT)] }

/** Writes blocks of rows, each row in a folder; what each file has got, in their order. */
async function filesOf(
  blocks: readonly (readonly string[])[],
  mostRows: number,
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
  for (const folders of blocks) {
    const rows = folders.map((p, n) => ({ n, p: `p=${p}` }))
    await writer.write(blockFromRows({ fields: [...SCHEMA.fields, field('p', STRING)] }, rows))
  }
  const { rows } = (await writer.prepare()) as { readonly rows: number }
  rmSync(folder, { recursive: true })
  const all = files.reduce((sum, file) => sum + file.rows, 0)
  if (all !== rows || files.some(({ isFinished }) => !isFinished))
    throw new Error(`${all} of ${rows} rows are in files`)
  return files.map((file) => [file.path.split('/')[0]!, file.rows])
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
