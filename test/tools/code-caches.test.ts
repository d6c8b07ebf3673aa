import { execFile, spawnSync } from 'node:child_process'
import { cp, mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import test, { type ExecutionContext } from 'ava'

const ROOT = fileURLToPath(new URL('../../../', import.meta.url))
const FLAGS: string = new URL('../../../tools/tested/flags.mjs', import.meta.url).href
const { V8_FLAGS } = (await import(FLAGS)) as { readonly V8_FLAGS: readonly string[] }
const CODE_CACHES: string = new URL('../../../tools/code-caches/', import.meta.url).href
const { makeCodeCaches } = (await import(`${CODE_CACHES}make.mjs`)) as {
  makeCodeCaches(root: string, flags?: readonly string[]): void
}
const { runBounded, within } = (await import(`${CODE_CACHES}bounded.mjs`)) as {
  runBounded(args: readonly string[], cwd: string, mostMs?: number): void
  within(promise: Promise<unknown>, what: string, mostMs?: number): Promise<unknown>
}
const ORDERS = join(ROOT, 'test/data/tpch/sf0.01/orders.parquet')

const BUNDLE = join(ROOT, 'dist/bundle')
const programOf = (bundle: string): string => `
import { Session } from '${bundle}/api/index.js'
import { loadedScripts } from '${bundle}/common/cached-script.js'
const session = await Session.builder().master('local[1]').getOrCreate()
const [{ n }] = await session.sql('select count(*) as n from parquet.\`${ORDERS}\`').collect()
await session.stop()
console.log(n, loadedScripts().length > 5, ...new Set(loadedScripts().map((one) => one.wasCached)))
`

/** What a program prints: its answer, that it loaded many scripts, and whether the code of all of them was cached, or of none. */
const run = async (flags: readonly string[], bundle = BUNDLE): Promise<string> =>
  (await promisify(execFile)(process.execPath, [...flags, '--input-type=module', '-e', programOf(bundle)])).stdout

async function temporaryFolder(t: ExecutionContext): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'millrace-code-'))
  t.teardown(() => rm(folder, { recursive: true }))
  return folder
}

test('a program starts with the code that the build made of ours', async (t) => {
  t.is(await run([]), '15000n true true\n')
  const caches = (await readdir(BUNDLE, { recursive: true })).filter((path) => path.endsWith('.cache'))
  for (const part of ['executor/pipelines/run-task.', 'executor/worker/main.'])
    t.true(
      caches.some((path) => path.startsWith(part)),
      part,
    )
})

// Made by `npm test` alone.
const underTests = process.env['MILLRACE_TEST_RUN'] === undefined ? test.skip : test
underTests('threads of tests start with the code that was made for the flags of tests', async (t) => {
  t.is(await run(V8_FLAGS), '15000n true true\n')
})

test('code for other flags of V8 is not there', async (t) => {
  t.is(await run(['--no-opt']), '15000n true false\n')
})

/** Where cached code names the version of V8 that made it. */
const VERSION_AT = 4

test('code that another V8 made, or that was cut, is not taken under the right name', async (t) => {
  const folder = await temporaryFolder(t)
  await symlink(join(ROOT, 'node_modules'), join(folder, 'node_modules'))
  const bundle = join(folder, 'bundle')
  await cp(BUNDLE, bundle, { recursive: true })
  t.is(await run([], bundle), '15000n true true\n')
  const paths = (await readdir(bundle, { recursive: true })).filter((path) => path.endsWith('.cache'))
  const spoil = async (change: (code: Buffer) => Buffer): Promise<void> => {
    for (const path of paths) await writeFile(join(bundle, path), change(await readFile(join(BUNDLE, path))))
  }
  await spoil((code) => {
    if (code.length > VERSION_AT) code.writeUInt8(code.readUInt8(VERSION_AT) ^ 1, VERSION_AT)
    return code
  })
  t.is(await run([], bundle), '15000n true false\n')
  await spoil((code) => code.subarray(0, code.length / 2))
  t.is(await run([], bundle), '15000n true false\n')
})

test('who is stopped while it writes code leaves none of its name, and the next one writes it', async (t) => {
  const folder = await temporaryFolder(t)
  const write = `import('${CODE_CACHES}write-whole.mjs').then((m) => m.writeWhole('code', () => Buffer.alloc(1e6, 1)))`
  const inFolder = { cwd: folder, encoding: 'utf8' } as const
  // The system ends the writing of a file that grows beyond this many kilobytes.
  const stopped = spawnSync('bash', ['-c', 'ulimit -f 8; exec "$@"', '-', process.execPath, '-e', write], inFolder)
  t.not(stopped.status, 0)
  const left = await readdir(folder)
  t.deepEqual(
    left.map((name) => /^code\.\d+-0\.cache$/.test(name)),
    [true],
  )
  t.is(spawnSync(process.execPath, ['-e', write], inFolder).status, 0)
  t.is((await readFile(join(folder, 'code'))).length, 1e6)
})

test('code is made once for each set of flags and each bundle, and again when that was stopped', async (t) => {
  const root = await temporaryFolder(t)
  const bundle = join(root, 'dist/bundle')
  await mkdir(bundle, { recursive: true })
  await mkdir(join(root, 'tools/code-caches'), { recursive: true })
  await writeFile(join(root, 'tools/code-caches/in-each-thread.mjs'), '')
  const program = (text: string): Promise<void> => writeFile(join(root, 'tools/code-caches/run.mjs'), text)
  await program('process.exit(3)')
  t.throws(() => makeCodeCaches(root))
  await program(`import { appendFileSync } from 'node:fs'; appendFileSync('runs', process.execArgv[0] + '\\n')`)
  for (const flags of [[], [], V8_FLAGS, V8_FLAGS, []]) makeCodeCaches(root, flags)
  await rm(bundle, { recursive: true })
  await mkdir(bundle)
  makeCodeCaches(root)
  t.is(await readFile(join(root, 'runs'), 'utf8'), ['--import', V8_FLAGS[0], '--import', ''].join('\n'))
})

test('a program of the build that does not end is ended, and a wait without an answer says for what', async (t) => {
  const endless = ['-e', 'setInterval(() => undefined, 1000)']
  const { message } = t.throws(() => runBounded(endless, ROOT, 50))
  t.is(message, `node ${endless.join(' ')} had not ended after 0.05 s, and was ended`)
  t.notThrows(() => runBounded(['-e', ''], ROOT))
  await t.throwsAsync(within(new Promise(() => undefined), 'an answer', 1), {
    message: 'an answer took longer than 0.001 s',
  })
  t.is(await within(Promise.resolve(7), 'an answer'), 7)
})

/** What making scripts of a bundle says of a chunk with this text, which is large enough to become one or not. */
async function refused(t: ExecutionContext, text: string, isLarge = true): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'millrace-chunks-'))
  t.teardown(() => rm(folder, { recursive: true }))
  await mkdir(join(folder, 'chunks'))
  await writeFile(join(folder, 'chunks/large.js'), `${text};/*${' '.repeat(isLarge ? 5_000 : 0)}*/`)
  const program = `import('${ROOT}tools/chunk-scripts.mjs').then(({ makeScripts }) => makeScripts('${folder}'))`
  return spawnSync(process.execPath, ['-e', program], { encoding: 'utf8' }).stderr
}

test('chunks that do what scripts cannot fail the build by name', async (t) => {
  t.regex(
    await refused(t, 'let a=1;const f=()=>{a=2};export{a as b,f}'),
    /chunks\/large\.js exports a, which it assigns to/,
  )
  t.regex(
    await refused(t, 'let a=1;const f=()=>a++;export{a as b,f}'),
    /chunks\/large\.js exports a, which it assigns to/,
  )
  t.regex(await refused(t, 'let a=1;const f=()=>{[a]=[2]};export{a as b,f}'), /large\.js exports a/)
  t.regex(await refused(t, 'let a=1;const f=()=>{({x:a}={x:2})};export{a as b,f}'), /large\.js exports a/)
  t.regex(await refused(t, 'let a=1;const f=()=>{for(a of[2]);};export{a as b,f}'), /large\.js exports a/)
  t.regex(await refused(t, 'let a=1;const f=()=>{a=2};export{a as b,f}', false), /large\.js exports a/)
  t.is(await refused(t, 'let a={};const f=()=>{a.x=2};export{a as b,f}'), '')
  t.regex(await refused(t, 'for await(const a of f());'), /chunks\/large\.js awaits while it is loaded/)
  t.regex(await refused(t, 'const a=await f();export{a as b}'), /chunks\/large\.js awaits while it is loaded/)
  t.regex(await refused(t, 'export const a=1'), /chunks\/large\.js exports by ExportNamedDeclaration/)
  t.is(await refused(t, 'let a=1;const f=async()=>{await a;let b=0;b++};export{a as b,f}'), '')
})
