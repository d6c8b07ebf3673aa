/**
 * `npm run mutate -- FOLDER [minutes] [seed]`: plants small mutations in the compiled modules of a folder, one at a time and in random order, runs the test
 * files that are nearest by their imports, and prints each mutation that none of them noticed. Kernels are no modules: they are left alone.
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { anySeed } from '../../common/any-seed.js'
import { Random } from '../support/random.js'
import { type Mutation, mutated, mutationsOf, mutationText } from './mutations.js'
import { NearestTests } from './nearest-tests.js'

const MOST_TESTS = 12
/** A mutation that makes tests wait for ever is noticed. */
const MOST_MS = 120_000
const DIST = fileURLToPath(new URL('../..', import.meta.url))
const ROOT = join(DIST, '..')

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

/** Runs tests with a module as it is not, and puts it back, also when this process is interrupted meanwhile. */
async function isNoticed(path: string, code: string, mutation: Mutation, tests: readonly string[]): Promise<boolean> {
  const restore = (): void => writeFileSync(path, code)
  process.once('exit', restore)
  try {
    writeFileSync(path, mutated(code, mutation))
    return !(await passes(tests))
  } finally {
    restore()
    process.off('exit', restore)
  }
}

const modules = readdirSync(join(DIST, folder), { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.js'))
  .map((name) => join(DIST, folder, name))
const nearest = new NearestTests(DIST)
const seed = Number(given ?? anySeed())
const random = new Random(seed)
const left = modules.flatMap((path) => mutationsOf(readFileSync(path, 'utf8')).map((mutation) => ({ path, mutation })))
process.stdout.write(`${left.length} mutations of ${modules.length} modules; seed ${seed}\n`)

for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(130))
const endMs = Date.now() + Number(minutes) * 60_000
const knownToPass = new Map<string, boolean>()
const counts = { tried: 0, noticed: 0 }
while (left.length > 0 && Date.now() < endMs) {
  const [{ path, mutation }] = left.splice(random.integer(0, left.length - 1), 1) as [(typeof left)[number]]
  const name = path.slice(DIST.length)
  const tests = nearest.of(path, MOST_TESTS)
  if (tests.length === 0) continue
  if (!knownToPass.has(path)) {
    knownToPass.set(path, await passes(tests))
    if (!knownToPass.get(path)) process.stdout.write(`left out ${name}: its tests fail without any mutation\n`)
  }
  if (!knownToPass.get(path)) continue
  const code = readFileSync(path, 'utf8')
  counts.tried++
  if (await isNoticed(path, code, mutation, tests)) counts.noticed++
  else process.stdout.write(`${name}:${mutation.line}: ${mutationText(code, mutation)}\n`)
}
process.stdout.write(`${counts.noticed} of ${counts.tried} mutations were noticed\n`)
