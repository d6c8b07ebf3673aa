import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import test from 'ava'
import { mutated, mutationsOf, mutationText } from '../mutation/mutations.js'
import { NearestTests } from '../mutation/nearest-tests.js'

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
  const of = (name: string, most = 9) => nearest.of(join(dist, name), most)
  t.deepEqual(of('core/a.js'), ['dist/test/of-b.test.js', 'dist/test/of-c.test.js'])
  t.deepEqual(of('core/a.js', 1), ['dist/test/of-b.test.js'])
  t.deepEqual(of('core/c.js'), ['dist/test/of-c.test.js'])
  t.deepEqual(of('test/other.test.js'), ['dist/test/other.test.js'])
  rmSync(root, { recursive: true })
})
