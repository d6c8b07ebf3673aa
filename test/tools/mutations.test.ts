import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import test from 'ava'
import { kernelMutationsOf } from '../mutation/kernel-mutations.js'
import { KernelUsers } from '../mutation/kernel-users.js'
import { mutatedKernels } from '../mutation/mutated-kernels.js'
import { mutated, mutationsOf, mutationText } from '../mutation/mutations.js'
import { NearestTests } from '../mutation/nearest-tests.js'
import { whilePlanted } from '../mutation/planted.js'

const CODE = `import { a } from './a.js'
export function f(x, list) {
  if (!list.has(x)) return 0n
  for (let i = 0; i < list.size; i++) list.count += Math.min(i, x)
  list.release(x)
  if (x === undefined || x >= 7) throw new Error('x' + x)
  return \`\${x + 1}\` + (x > 1 ? 'many' : 'one')
}
`

test('guards, boundaries, signs, releases and numbers are changed, texts and what is thrown are not', (t) => {
  const changes = mutationsOf(CODE).map((mutation) => {
    const { start, end, text, line } = mutation
    return `${line}: ${CODE.slice(start, end)} → ${text}`
  })
  t.deepEqual(changes, [
    '3: ! → ',
    '3: !list.has(x) → false',
    '3: 0n → 1n',
    '4: 0 → 1',
    '4: < → <=',
    '4: ++ → --',
    '4: += → -=',
    '4: Math.min → Math.max',
    '5: list.release(x) → ;',
    '6: x === undefined || x >= 7 → false',
    '6: === → !==',
    '6: || → &&',
    '6: >= → >',
    '6: 7 → 8',
    '7: x > 1 → !(x > 1)',
    '7: > → >=',
    '7: 1 → 2',
  ])
  const [, guard] = mutationsOf(CODE)
  t.is(mutated(CODE, guard!).split('\n')[2], '  if (false) return 0n')
  t.is(mutationText(CODE, guard!), 'if (!list.has(x)) return 0n\n    → if (false) return 0n')
})

test('the tests that come to a module by the fewest imports are those nearest to it', (t) => {
  const root = mkdtempSync(join(tmpdir(), 'millrace-nearest-'))
  const dist = join(root, 'dist')
  const files: Readonly<Record<string, string>> = {
    'core/a.js': '',
    'core/b.js': `import { a } from './a.js'`,
    'core/c.js': `const b = await import('../core/b.js')`,
    'test/of-c.test.js': `import '../core/c.js'`,
    'test/of-b.test.js': `import { b } from '../core/b.js'`,
    'test/other.test.js': `import test from 'ava'`,
    'bundle/a.test.js': `import '../core/a.js'`,
  }
  for (const folder of ['core', 'test', 'bundle']) mkdirSync(join(dist, folder), { recursive: true })
  for (const [name, code] of Object.entries(files)) writeFileSync(join(dist, name), code)
  const nearest = new NearestTests(dist)
  const of = (name: string, most = 9) => nearest.of([join(dist, name)], most)
  t.deepEqual(of('core/a.js'), ['dist/test/of-b.test.js', 'dist/test/of-c.test.js'])
  t.deepEqual(of('core/a.js', 1), ['dist/test/of-b.test.js'])
  t.deepEqual(of('core/c.js'), ['dist/test/of-c.test.js'])
  t.deepEqual(of('test/other.test.js'), ['dist/test/other.test.js'])
  rmSync(root, { recursive: true })
})

const KERNEL = `import { release } from './memory'
const MOST: u32 = 1 << 20
export function f(at: usize, count: u32): u32 {
  if (count == 0 || !at) return 0
  let sum: u32 = 0
  for (let i: u32 = 0; i < min(count, MOST); i++) sum += <u32>load<u8>(at + i) >> 1
  store<u32>(at, sum)
  release(at)
  return sum > 9 ? sum : 0x10
}
`

test('of kernels also the signs of what is loaded and shifted are changed, and stores are left out', (t) => {
  const changes = kernelMutationsOf(KERNEL).map(
    ({ start, end, text, line }) => `${line}: ${KERNEL.slice(start, end)} → ${text}`,
  )
  t.deepEqual(changes, [
    '4: count == 0 || !at → false',
    '4: == → !=',
    '4: 0 → 1',
    '4: || → &&',
    '4: ! → ',
    '4: 0 → 1',
    '5: 0 → 1',
    '6: 0 → 1',
    '6: < → <=',
    '6: min → max',
    '6: ++ → --',
    '6: += → -=',
    '6: u8 → i8',
    '6: + → -',
    '6: >> → >>>',
    '6: 1 → 2',
    '7: store<u32>(at, sum) → ;',
    '8: release(at) → ;',
    '9: sum > 9 → !(sum > 9)',
    '9: > → >=',
    '9: 9 → 10',
  ])
})

test('kernels are compiled with a mutation, or not at all', async (t) => {
  const root = mkdtempSync(join(tmpdir(), 'millrace-mutated-'))
  const folder = join(root, 'executor/kernels/assembly')
  mkdirSync(folder, { recursive: true })
  mkdirSync(join(root, 'tools/kernels'), { recursive: true })
  const tool = join(import.meta.dirname, '../../../tools/kernels/arguments.mjs')
  writeFileSync(join(root, 'tools/kernels/arguments.mjs'), readFileSync(tool))
  writeFileSync(join(folder, 'index.ts'), "export { f } from './f'")
  const code = 'export function f(x: i32): i32 {\n  return x + 1\n}\n'
  writeFileSync(join(folder, 'f.ts'), code)
  const results: unknown[] = []
  for (const given of [code, ...kernelMutationsOf(code).map((mutation) => mutated(code, mutation)), 'export'])
    results.push(resultOf(await mutatedKernels(root, 'executor/kernels/assembly/f.ts', given)))
  t.deepEqual(results, [8, 6, 9, undefined])
  rmSync(root, { recursive: true })
})

function resultOf(kernels: Uint8Array | undefined): unknown {
  if (kernels === undefined) return undefined
  const memory = new WebAssembly.Memory({ initial: 1, maximum: 65_536 })
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(new Uint8Array(kernels)), { env: { memory } })
  return (exports as { f(x: number): number }).f(7)
}

test('the modules that name a kernel of a file run it, else those that name one of the files that import it', (t) => {
  const root = mkdtempSync(join(tmpdir(), 'millrace-kernel-users-'))
  const files: Readonly<Record<string, string>> = {
    'assembly/index.ts': "export { outer, other } from './b'",
    'assembly/text/a.ts': "import { load } from '../../interface/text'\nexport function inner(): void {}",
    'assembly/text/c.ts': "import { outer } from '../b'\nexport function third(): void {}",
    'assembly/b.ts':
      "import { inner } from './text/a'\nexport function outer(): void {}\nexport function other(): void {}",
    'dist/one.js': "context.kernel('outer')",
    'dist/two.js': 'kernels.other(1)',
    'dist/four.js': "'third'",
    'dist/three.js': "kernels.inner(1), 'inner', outer()",
  }
  for (const folder of ['assembly/text', 'dist']) mkdirSync(join(root, folder), { recursive: true })
  for (const [name, code] of Object.entries(files)) writeFileSync(join(root, name), code)
  const users = new KernelUsers(join(root, 'assembly'), new Set(['outer', 'other', 'third']), join(root, 'dist'))
  const expected = ['one.js', 'two.js'].map((name) => join(root, 'dist', name))
  t.deepEqual(users.of('b.ts'), expected)
  t.deepEqual(users.of('text/a.ts'), expected)
  t.deepEqual(users.of('text/c.ts'), [join(root, 'dist/four.js')])
  t.deepEqual(users.of('index.ts'), [])
  rmSync(root, { recursive: true })
})

test('what was planted is gone when the work is done or fails', async (t) => {
  const root = mkdtempSync(join(tmpdir(), 'millrace-planted-'))
  writeFileSync(join(root, 'a.js'), 'before')
  const read = (): string => readFileSync(join(root, 'a.js'), 'utf8')
  const planted = [{ path: 'a.js', content: 'after' }]
  t.is(await whilePlanted(root, planted, () => Promise.resolve(read())), 'after')
  t.is(read(), 'before')
  await t.throwsAsync(
    whilePlanted(root, planted, () => Promise.reject(new Error(read()))),
    { message: 'after' },
  )
  t.is(read(), 'before')
  rmSync(root, { recursive: true })
})
