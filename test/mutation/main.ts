/**
 * `npm run mutate -- FOLDER [minutes] [seed]`: plants small mutations in the compiled modules of a folder and in the kernels that it has, one at a time and
 * in random order, runs the test files that are nearest by their imports, and prints each mutation that none of them noticed.
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { anySeed } from '../../common/any-seed.js'
import { KERNEL_SIGNATURES } from '../../executor/kernels/interface/generated.js'
import { Random } from '../support/random.js'
import { KernelUsers } from './kernel-users.js'
import { mutationText } from './mutations.js'
import { NearestTests } from './nearest-tests.js'
import { kernelTarget, moduleTarget, type Planted, whilePlanted } from './planted.js'

const MOST_TESTS = 12
/** A mutation that makes tests wait for ever is noticed. */
const MOST_MS = 120_000
const DIST = fileURLToPath(new URL('../..', import.meta.url))
const ROOT = join(DIST, '..')
const ASSEMBLY = 'executor/kernels/assembly'

const [folder, minutes = '10', given] = process.argv.slice(2)
if (folder === undefined || !(Number(minutes) > 0)) {
  process.stderr.write('usage: npm run mutate -- FOLDER [minutes] [seed]\n')
  process.exit(2)
}

/** Whether all tests pass. */
async function passes(tests: readonly string[]): Promise<boolean> {
  const ava = ['node_modules/ava/entrypoints/cli.mjs', '--fail-fast', '--timeout', '60s', ...tests]
  const child = spawn(process.execPath, ava, { cwd: ROOT, stdio: 'ignore', timeout: MOST_MS })
  return (await once(child, 'exit'))[0] === 0
}

const filesBelow = (at: string, ending: string): readonly string[] =>
  existsSync(at) ? readdirSync(at, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith(ending)) : []

const modules = filesBelow(join(DIST, folder), '.js').map((name) => join('dist', folder, name))
const kernels = filesBelow(join(ROOT, ASSEMBLY), '.ts')
  .map((name) => join(ASSEMBLY, name))
  .filter((path) => `${path}/`.startsWith(`${join(folder)}/`) && !path.endsWith('/index.ts'))
const targets = [...modules.map((path) => moduleTarget(ROOT, path)), ...kernels.map((path) => kernelTarget(ROOT, path))]

const nearest = new NearestTests(DIST)
const users = new KernelUsers(join(ROOT, ASSEMBLY), new Set(Object.keys(KERNEL_SIGNATURES)), DIST)
const testsOf = (path: string): readonly string[] =>
  nearest.of(path.startsWith(ASSEMBLY) ? users.of(path.slice(ASSEMBLY.length + 1)) : [join(ROOT, path)], MOST_TESTS)

const seed = Number(given ?? anySeed())
const random = new Random(seed)
const left = targets.flatMap((target) => target.mutations.map((mutation) => ({ target, mutation })))
process.stdout.write(`${left.length} mutations of ${targets.length} files; seed ${seed}\n`)

for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(130))
const endMs = Date.now() + Number(minutes) * 60_000
const knownToPass = new Map<string, boolean>()
const counts = { tried: 0, noticed: 0 }
while (left.length > 0 && Date.now() < endMs) {
  const [{ target, mutation }] = left.splice(random.integer(0, left.length - 1), 1) as [(typeof left)[number]]
  const tests = testsOf(target.path)
  if (tests.length === 0) continue
  if (!knownToPass.has(target.path)) {
    knownToPass.set(target.path, await passes(tests))
    if (!knownToPass.get(target.path))
      process.stdout.write(`left out ${target.path}: its tests fail without any mutation\n`)
  }
  if (!knownToPass.get(target.path)) continue
  const planted: readonly Planted[] | undefined = await target.planted(mutation)
  if (planted === undefined) continue
  counts.tried++
  if (await whilePlanted(ROOT, planted, async () => !(await passes(tests)))) counts.noticed++
  else process.stdout.write(`${target.path}:${mutation.line}: ${mutationText(target.code, mutation)}\n`)
}
process.stdout.write(`${counts.noticed} of ${counts.tried} mutations were noticed\n`)
