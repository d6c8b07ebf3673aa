import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import test from 'ava'
import fc from 'fast-check'
import { globMatcher } from '../../connectors/files/glob.js'
import { resolvePaths } from '../../connectors/files/paths.js'
import { temporaryDirectory } from '../parquet/support.js'

const matches = (pattern: string, ...names: readonly string[]): readonly boolean[] => names.map(globMatcher(pattern))

test('stars, question marks, sets and braces match what Hadoop’s do', (t) => {
  t.deepEqual(matches('*', '', 'a', 'ab.c'), [true, true, true])
  t.deepEqual(matches('a*c', 'ac', 'abc', 'abcb', 'xac'), [true, true, false, false])
  t.deepEqual(matches('a?c', 'ac', 'abc', 'aüc', 'a👋c', 'abbc'), [false, true, true, true, false])
  t.deepEqual(matches('[a-cx]1', 'a1', 'c1', 'x1', 'd1', '-1'), [true, true, true, false, false])
  t.deepEqual(matches('[!a-c]1', 'a1', 'd1', '1'), [false, true, false])
  t.deepEqual(matches('[^a]', 'a', 'b'), [false, true])
  t.deepEqual(matches('{ab,c*d}x', 'abx', 'cdx', 'c__dx', 'ax', 'x'), [true, true, true, false, false])
  t.deepEqual(matches('{a,b{c,d}e}{,f}', 'a', 'bce', 'bdef', 'be', 'af'), [true, true, true, false, true])
})

test('what is not closed and what is escaped stands for itself, and so does what means something in expressions', (t) => {
  t.deepEqual(matches('[ab', '[ab', 'a'), [true, false])
  t.deepEqual(matches('{a,b', '{a,b', 'a'), [true, false])
  t.deepEqual(matches('a}b,c', 'a}b,c'), [true])
  t.deepEqual(matches('\\*\\{a,b\\}', '*{a,b}', 'xa'), [true, false])
  t.deepEqual(matches('[]x]', ']', 'x', 'y'), [true, true, false])
  t.deepEqual(matches('(a|b)+.$^', '(a|b)+.$^', 'a'), [true, false])
  t.deepEqual(matches('a[.]b', 'a.b', 'axb'), [true, false])
})

test('a pattern matches what a plain recursive definition says', (t) => {
  const definition = (pattern: string, name: string): boolean => {
    if (pattern === '') return name === ''
    if (pattern[0] === '*')
      return definition(pattern.slice(1), name) || (name !== '' && definition(pattern, name.slice(1)))
    return name !== '' && (pattern[0] === '?' || pattern[0] === name[0]) && definition(pattern.slice(1), name.slice(1))
  }
  const text = (characters: string, maxLength: number) =>
    fc.array(fc.constantFrom(...characters), { maxLength }).map((list) => list.join(''))
  fc.assert(
    fc.property(text('ab*?', 7), text('ab', 8), (pattern, name) => {
      t.is(globMatcher(pattern)(name), definition(pattern, name), `${pattern} ${name}`)
    }),
    { numRuns: 2000 },
  )
})

test('patterns made to backtrack are matched with work in proportion to pattern and name', (t) => {
  const name = 'a'.repeat(250)
  for (const pattern of [
    `${'*a'.repeat(100)}b`,
    `${'{a,a}'.repeat(100)}*b`,
    `${'{*,*}'.repeat(80)}b`,
    `${'{a*,'.repeat(90)}a${'}'.repeat(90)}b`,
  ]) {
    t.false(globMatcher(pattern)(name))
    t.true(globMatcher(pattern.slice(0, -1))(name))
  }
})

test('a pattern longer than any name is refused', (t) => {
  t.throws(() => globMatcher('*'.repeat(1001)), { message: /FAILED_READ_FILE.*at most 1000 characters/ })
})

test('a pattern takes files of several folders, none that are hidden, and a name that exists as it is', async (t) => {
  const root = temporaryDirectory()
  const files = ['y=1/a.x', 'y=1/_b.x', 'y=2/c.x', 'z/d.x', '.h/e.x', '[f].x']
  for (const folder of ['y=1', 'y=2', 'z', '.h']) mkdirSync(join(root, folder))
  for (const file of files) writeFileSync(join(root, file), '')
  const resolved = async (path: string): Promise<readonly string[]> =>
    (await resolvePaths([join(root, path)])).map((found) => found.path.slice(root.length + 1))
  t.deepEqual(await resolved('*/*.x'), ['y=1/a.x', 'y=2/c.x', 'z/d.x'])
  t.deepEqual(await resolved('{y=2,z}/?.x'), ['y=2/c.x', 'z/d.x'])
  t.deepEqual(await resolved('[f].x'), ['[f].x'])
})
