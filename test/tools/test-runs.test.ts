/** In which order `npm test` starts test files, and what it tells of them at the end. */
import { existsSync } from 'node:fs'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import test from 'ava'

interface Run {
  readonly path: string
  readonly files: readonly string[]
}
interface Longest {
  readonly LONGEST: readonly string[]
  longestFirst(runs: readonly Run[]): readonly Run[]
}
interface Costs {
  costLines(folder: string, listPath: string, processors: number): readonly string[]
}
interface AvaConfig {
  sortTestFiles(a: string, b: string): number
}
const ROOT = fileURLToPath(new URL('../../../', import.meta.url))
const TOOLS = new URL('../../../tools/tested/', import.meta.url)
const { LONGEST, longestFirst } = (await import(new URL('longest.mjs', TOOLS).href)) as Longest
const { costLines } = (await import(new URL('costs.mjs', TOOLS).href)) as Costs

test('the longest test files start first, also as one of a group, and the others stay in their order', (t) => {
  const [longest, second] = LONGEST as [string, string]
  const alone = (path: string): Run => ({ path, files: [path] })
  const group: Run = { path: 'a-1', files: ['test/a/short.test.js', second] }
  const runs = [alone('test/b.test.js'), group, alone('test/a.test.js'), alone(longest)]
  t.deepEqual(longestFirst(runs), [runs[3], group, runs[0], runs[2]])
})

test('files that wait for answers within a time do not start beside the longest ones', (t) => {
  t.deepEqual(
    LONGEST.filter((path) => /chaos|cluster/.test(path)),
    [],
  )
})

test('each of the longest test files is there', (t) => {
  t.deepEqual(
    LONGEST.filter((path) => !existsSync(join(ROOT, 'dist', path))),
    [],
  )
})

test('ava starts test files in the order in which they are given, and does the rest as package.json says', async (t) => {
  const { default: config } = (await import(new URL('ava.config.mjs', TOOLS).href)) as { default: AvaConfig }
  const { sortTestFiles, ...rest } = config
  t.deepEqual(rest, JSON.parse(await readFile(join(ROOT, 'package.json'), 'utf8')).ava)
  const given = ['dist/test/c.test.js', 'dist/chunks/groups/a.test.js', 'dist/test/b.test.js']
  const argumentsBefore = process.argv
  try {
    process.argv = [...argumentsBefore, ...given]
    const found = given.map((path) => join(ROOT, path)).toSorted()
    t.deepEqual(
      found.toSorted(sortTestFiles).map((path) => relative(ROOT, path)),
      given,
    )
  } finally {
    process.argv = argumentsBefore
  }
})

test('the end of a run tells what its files took, when, and how busy the processors were then', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'millrace-costs-'))
  try {
    // Two processors: both are busy for half of the time, then one is half busy, and at the end none is.
    const notes = ['50 1000 1050 a.js', '50 1000 1050 b.js', '20 1050.5 1090.5 c.js', '0 1090.5 1100 d.js']
    await writeFile(join(folder, 'costs'), `${notes.join('\n')}\n`)
    const list = join(folder, 'costs.txt')
    t.deepEqual(costLines(folder, list, 2), [
      'processors busy with tests, by tenths of the run: 100 100 100 100 100 24 25 25 25 1 %',
      'processor time of the tests: 120 s, most of it in',
      '    50.0 s  a.js',
      '    50.0 s  b.js',
      '    20.0 s  c.js',
      '     0.0 s  d.js',
    ])
    t.deepEqual((await readFile(list, 'utf8')).split('\n'), [
      '    50.0 s  from    0.0 s to   50.0 s  a.js',
      '    50.0 s  from    0.0 s to   50.0 s  b.js',
      '    20.0 s  from   50.5 s to   90.5 s  c.js',
      '     0.0 s  from   90.5 s to  100.0 s  d.js',
      '',
    ])
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
})

test('the end of a run leaves out what was not noted whole', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'millrace-costs-'))
  try {
    const list = join(folder, 'costs.txt')
    await writeFile(join(folder, 'costs'), '\n50 1000 10')
    t.deepEqual(costLines(folder, list, 1), [])
    await writeFile(join(folder, 'costs'), 'x y z a.js\n50 1000 1050 b.js\n\n50 1000 ')
    t.deepEqual(costLines(folder, list, 1), [
      'processors busy with tests, by tenths of the run: 100 100 100 100 100 100 100 100 100 100 %',
      'processor time of the tests: 50 s, most of it in',
      '    50.0 s  b.js',
    ])
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
})
