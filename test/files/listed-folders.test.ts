import { mkdtempSync } from 'node:fs'
import fs from 'node:fs/promises'
import { syncBuiltinESMExports } from 'node:module'
import { join } from 'node:path'
import test from 'ava'

const read: string[] = []
const { readFile } = fs
Object.assign(fs, {
  readFile: (...args: Parameters<typeof readFile>) => {
    read.push(String(args[0]))
    return readFile(...args)
  },
})
syncBuiltinESMExports()

const { CommitLog } = await import('../../connectors/files/commit/commit-log.js')
const { LOG_FOLDER } = await import('../../connectors/files/commit/commit-log-reader.js')
const { resolvePaths } = await import('../../connectors/files/systems/paths.js')
const { temporaryDirectory } = await import('../parquet/support.js')

test('the log of a directory is read once, however many folders of partitions it tells of', async (t) => {
  const directory = mkdtempSync(join(temporaryDirectory(), 'listed-'))
  const log = await CommitLog.open(directory, 'q')
  const folders = Array.from({ length: 20 }, (_, i) => `a=${i}/b=${i % 2}`)
  await log.add({ batchId: 0, files: folders.map((folder) => `${folder}/part-0.parquet`) })
  await log.add({ batchId: 1, files: [`${folders[3]}/part-1.parquet`] })
  const expected = [...folders.map((folder) => `${folder}/part-0.parquet`), `${folders[3]}/part-1.parquet`]
  for (const isRecursive of [false, true]) {
    read.length = 0
    const found = await resolvePaths([directory], { isRecursive })
    t.deepEqual(
      found.map(({ path }) => path),
      expected.map((name) => join(directory, name)).toSorted(),
    )
    t.deepEqual(
      found.map(({ folder }) => folder),
      isRecursive ? found.map(() => '') : [...expected].toSorted().map((name) => name.slice(0, name.lastIndexOf('/'))),
    )
    t.is(read.filter((path) => path.includes(LOG_FOLDER)).length, 2, 'an entry for each batch')
  }
  // A folder that is named outright is told of by the log around it.
  await fs.mkdir(join(directory, 'a=3'))
  const one = await resolvePaths([join(directory, 'a=3')])
  t.deepEqual(
    one.map(({ path }) => path),
    [0, 1].map((i) => join(directory, folders[3]!, `part-${i}.parquet`)),
  )
})
