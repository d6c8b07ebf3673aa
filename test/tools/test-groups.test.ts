import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import test from 'ava'

interface Groups {
  planGroups(
    paths: readonly string[],
    textOf: (path: string) => string,
  ): { readonly groups: readonly { readonly name: string; readonly files: readonly string[] }[]; alone: string[] }
  groupScript(folder: string, files: readonly string[]): string
}
interface Costs {
  costLines(folder: string, listPath: string, processors: number): readonly string[]
}
interface Running {
  lostFiles(folder: string): { readonly lines: readonly string[]; readonly notRun: number }
}
const ROOT = fileURLToPath(new URL('../../../', import.meta.url))
const TOOLS = new URL('../../../tools/tested/', import.meta.url)
const { planGroups, groupScript } = (await import(new URL('groups.mjs', TOOLS).href)) as Groups
const { lostFiles } = (await import(new URL('running.mjs', TOOLS).href)) as Running
const { costLines } = (await import(new URL('costs.mjs', TOOLS).href)) as Costs
const { bundleForTests } = (await import(new URL('bundle.mjs', TOOLS).href)) as {
  bundleForTests(root: string): Promise<void>
}

// Under `npm test` the script is there and other tests run from it. The files below would make it look old.
if (process.env['MILLRACE_TEST_RUN'] === undefined) await bundleForTests(ROOT)

test('files of a folder share processes, a few each, but for those that do something to theirs', (t) => {
  const many = Array.from({ length: 9 }, (_, i) => `test/a/${i}.test.js`)
  const texts: Record<string, string> = {
    'test/a/changes.test.js': "process['x'].chdir('/')",
    'test/b/counts.test.js': "import { counted } from '../support/work-counted.js'",
    'test/b/says.test.js': "import test from 'ava'\n// A process of its own: it takes all of the memory.\n",
    'test/b/nested/plain.test.js': "import { withSession } from '../../support/sessions.js'",
    'test/tools/plain.test.js': '',
  }
  const { groups, alone } = planGroups([...many, ...Object.keys(texts)], (path) => texts[path] ?? '')
  t.deepEqual(groups, [
    { name: 'a-1', files: many.slice(0, 8) },
    { name: 'a-2', files: many.slice(8) },
    { name: 'b-1', files: ['test/b/nested/plain.test.js'] },
  ])
  t.deepEqual(
    alone,
    Object.keys(texts).filter((path) => !path.includes('nested')),
  )
})

test('a file runs alone for what modules of tests replace that it imports through others, but not for what they do elsewhere', (t) => {
  const texts: Record<string, string> = {
    'test/a/fuzz.test.js': "import { fuzz } from '../support/fuzz/fuzz.js'",
    'test/a/plain.test.js': "import { ended } from '../support/ended.js'\nimport { now } from '../../common/now.js'",
    'test/a/spilled.test.js': "const { of } = await import('./of.js')",
    'test/a/timed.test.js': 'mock.timers.enable()',
    'test/support/fuzz/fuzz.js': "import './memory-file.js'\nimport './fuzz.js'",
    'test/support/fuzz/memory-file.js': 'fs.readSync = read\nsyncBuiltinESMExports()',
    'test/support/ended.js': "process.once('exit', end)",
    'test/a/of.js': "export { of } from '../support/spilled-bytes.js'",
    'common/now.js': 'Date.now = () => 0',
  }
  const paths = Object.keys(texts).filter((path) => path.endsWith('.test.js'))
  const { groups, alone } = planGroups(paths, (path) => texts[path] ?? '')
  t.deepEqual(groups, [{ name: 'a-1', files: ['test/a/plain.test.js'] }])
  t.is(alone.length, 3)
})

const SHARED = `import test from 'ava'
export const skipped = test.serial.skip
`
const FIRST = `import test from 'ava'
import { skipped } from './parts.js'
let hooks = []
test.before(() => hooks.push('before'))
test.beforeEach((t) => { t.context.isOfFirst = true })
test.after.always(() => hooks.push('after'))
test.after.always((t) => { process.env.OF_FIRST = hooks.join() })
test('has its hooks', (t) => { t.deepEqual(hooks, ['before']); t.true(t.context.isOfFirst) })
test('fails', (t) => t.is(1, 2))
skipped('is skipped', (t) => t.pass())
`
const SECOND = `import test from 'ava'
import { skipped } from './parts.js'
test('has its hooks', (t) => { t.is(process.env.OF_FIRST, undefined); t.is(t.context.isOfFirst, undefined) })
test('knows its file', (t) => t.regex(test.meta.file, /second/))
skipped('is skipped', (t) => t.pass())
`

/** What ava says of a group of files, as \`npm test\` runs it, and what it notes. Their names are none of tests: what a killed run leaves there would run with the next one. */
async function runGroup(files: Readonly<Record<string, string>>, variables: Readonly<Record<string, string>> = {}) {
  const folder = await mkdtemp(join(ROOT, 'dist/test/tools/group-'))
  const run = await mkdtemp(join(tmpdir(), 'millrace-group-'))
  try {
    for (const [name, text] of Object.entries({ 'parts.js': SHARED, ...files }))
      await writeFile(join(folder, name), text)
    const paths = Object.keys(files).map((name) => `test/tools/${basename(folder)}/${name}`)
    const group = join(folder, 'group.js')
    await writeFile(group, groupScript(folder, paths))
    const ava = [join(ROOT, 'node_modules/ava/entrypoints/cli.mjs'), '--tap', group]
    const { code, text } = await new Promise<{ code: unknown; text: string }>((resolve) => {
      const env = { ...process.env, MILLRACE_TEST_RUN: run, ...variables }
      execFile(process.execPath, ava, { cwd: ROOT, env }, (error, out, err) =>
        resolve({ code: error?.code ?? 0, text: out + err }),
      )
    })
    // A process that was killed has noted nothing.
    const costs = await readFile(join(run, 'costs'), 'utf8').catch(() => '')
    const listPath = join(run, 'costs.txt')
    const lines = costLines(run, listPath, 2)
    return { code, text, costs, lines, lost: lostFiles(run), folder: basename(folder) }
  } finally {
    await rm(folder, { recursive: true, force: true })
    await rm(run, { recursive: true, force: true })
  }
}

test('files of a group have their own hooks and variables, and are told by their names', async (t) => {
  const { code, text, costs, lines, lost, folder } = await runGroup({ 'first.js': FIRST, 'second.js': SECOND })
  const told = [...text.matchAll(/^(ok|not ok) \d+ - (.*)$/gm)].map(([, how, title]) => `${how} ${title}`)
  t.is(code, 1)
  t.deepEqual(told.toSorted(), [
    `not ok tools › ${folder} › first.js › fails`,
    `ok tools › ${folder} › first.js › has its hooks`,
    `ok tools › ${folder} › first.js › is skipped # SKIP`,
    `ok tools › ${folder} › second.js › has its hooks`,
    `ok tools › ${folder} › second.js › is skipped # SKIP`,
    `ok tools › ${folder} › second.js › knows its file`,
  ])
  const files = costs.match(/[^/\n]+(?=\.js$)/gm)
  t.deepEqual(files, ['group', 'first', 'second'])
  t.is(lines.length, 2 + 3)
  t.deepEqual(lost, { lines: [], notRun: 0 })
})

test('a file of a group that has no tests, or does not load, fails the run', async (t) => {
  const without = await runGroup({ 'without.js': '' })
  t.is(without.code, 1)
  t.regex(without.text, /there are no tests in .*without/)
  const torn = await runGroup({ 'torn.js': "throw new Error('not to be loaded')", 'second.js': SECOND })
  t.is(torn.code, 1)
  t.regex(torn.text, /not to be loaded/)
})

const PASSES = "import test from 'ava'\ntest('passes', (t) => t.pass())\n"
for (const [how, end] of [
  ['ends while a file waits for nothing', 'await new Promise(() => undefined)'],
  ['is killed', "process.kill(process.pid, 'SIGKILL')"],
] as const)
  test(`a group whose process ${how} fails the run, which names what is lost and counts what has not run`, async (t) => {
    const { code, text, lost } = await runGroup({ 'shared.js': PASSES, 'ends.js': PASSES + end, 'second.js': SECOND })
    t.is(code, 1)
    t.regex(text, /^not ok /m)
    t.is(lost.notRun, 1)
    t.regex(
      lost.lines.join(),
      /^a process has ended while dist\/\S+\/ends\.js ran, and these have not run: dist\/\S+\/second\.js$/,
    )
  })

test('what a file of a group leaves behind is ended with its process, and is named by the file', async (t) => {
  const { code, text } = await runGroup(
    {
      'first.js': "import test from 'ava'\ntest('passes', (t) => t.pass())",
      'second.js':
        "import { spawn } from 'node:child_process'\nimport test from 'ava'\ntest('leaves', (t) => { spawn('sleep', ['67']); t.pass() })",
    },
    { MILLRACE_TEST_END_MS: '200' },
  )
  t.is(code, 1)
  t.regex(text, /left behind by \S+\/second\.js, and ended: process \d+, sleep 67/)
})

test('a rejection that nobody handles is told by the file of the group that ran then', async (t) => {
  const { code, text } = await runGroup({
    'first.js':
      "import test from 'ava'\ntest('passes', (t) => { void Promise.reject(new Error('of no one')); t.pass() })",
    'second.js': "import test from 'ava'\ntest('passes', async (t) => { await new Promise(setImmediate); t.pass() })",
  })
  t.is(code, 1)
  t.regex(text, /nobody handled a rejection while \S+\/first\.js ran/)
})
