import { execFile, spawnSync } from 'node:child_process'
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import test, { type ExecutionContext } from 'ava'

const ROOT = fileURLToPath(new URL('../../../', import.meta.url))
const FLAGS: string = new URL('../../../tools/tested/flags.mjs', import.meta.url).href
const { V8_FLAGS } = (await import(FLAGS)) as { readonly V8_FLAGS: readonly string[] }
const ORDERS = join(ROOT, 'test/data/tpch/sf0.01/orders.parquet')

const PROGRAM = `
import { Session } from '${ROOT}dist/bundle/api/index.js'
import { loadedScripts } from '${ROOT}dist/bundle/common/cached-script.js'
const session = await Session.builder().master('local[1]').getOrCreate()
const [{ n }] = await session.sql('select count(*) as n from parquet.\`${ORDERS}\`').collect()
await session.stop()
console.log(n, loadedScripts().length > 5, loadedScripts().every((one) => one.wasCached))
`

const run = async (flags: readonly string[]): Promise<string> =>
  (await promisify(execFile)(process.execPath, [...flags, '--input-type=module', '-e', PROGRAM])).stdout

test('a program starts with the code that the build made of ours', async (t) => {
  t.is(await run([]), '15000n true true\n')
  const folder = join(ROOT, 'dist/bundle')
  const caches = (await readdir(folder, { recursive: true })).filter((path) => path.endsWith('.cache'))
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

test('code that was made by another V8 is not taken', async (t) => {
  t.is(await run(['--no-opt']), '15000n true false\n')
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
