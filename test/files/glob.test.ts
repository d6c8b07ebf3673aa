import { mkdirSync, writeFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import test from 'ava'
import { globMatcher } from '../../connectors/files/systems/glob.js'
import { resolvePaths } from '../../connectors/files/systems/paths.js'
import { temporaryDirectory } from '../parquet/support.js'

const matches = (pattern: string, ...names: readonly string[]): readonly boolean[] => names.map(globMatcher(pattern))

test('stars, question marks, sets and braces match what Hadoop’s do', (t) => {
  t.deepEqual(matches('*', '', 'a', 'ab.c'), [true, true, true])
  t.deepEqual(matches('a*c', 'ac', 'abc', 'abcb', 'xac'), [true, true, false, false])
  t.deepEqual(matches('a?c', 'ac', 'abc', 'aüc', 'a👋c', 'abbc'), [false, true, true, true, false])
  t.deepEqual(matches('[a-cx]1', 'a1', 'c1', 'x1', 'd1', '-1'), [true, true, true, false, false])
  t.deepEqual(matches('[!a-c]1', 'a1', 'd1', '1'), [false, true, false])
  t.deepEqual(matches('[^a]', 'a', 'b'), [false, true])
  t.deepEqual(matches('[a-]1', 'a1', '-1', 'b1', ']1'), [true, true, false, false])
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
  /** All texts of some characters, of so many at most. */
  const texts = (characters: string, most: number): readonly string[] =>
    most === 0
      ? ['']
      : ['', ...[...characters].flatMap((first) => texts(characters, most - 1).map((rest) => first + rest))]
  const names = texts('ab', 5)
  for (const pattern of texts('ab*?', 5)) {
    const matcher = globMatcher(pattern)
    for (const name of names) if (matcher(name) !== definition(pattern, name)) t.fail(`${pattern} ${name}`)
  }
  t.pass()
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
  t.deepEqual(await resolved('*/c.x'), ['y=2/c.x'], 'a name behind a pattern need not be everywhere')
  await t.throwsAsync(resolved('*/nowhere.x'), { message: /PATH_NOT_FOUND/ })
})

test('files of a directory come in the order of their paths, and none may lie beside folders of partitions', async (t) => {
  const root = temporaryDirectory()
  const shuffled = Array.from({ length: 40 }, (_, i) => `k=${(i * 7) % 10}/${(i * 13) % 40}.x`)
  // By its path, not by its name alone, a folder whose name goes on comes before the one that ends.
  const names = [...shuffled, 'k=1-a/0.x']
  for (const folder of new Set(names.map(dirname))) mkdirSync(join(root, folder))
  for (const name of names) writeFileSync(join(root, name), '')
  const found = async (isRecursive: boolean): Promise<readonly string[]> =>
    (await resolvePaths([root], { isRecursive })).map(({ path }) => path.slice(root.length + 1))
  t.deepEqual(await found(false), names.toSorted())
  t.deepEqual(await found(true), names.toSorted())
  const known = await resolvePaths([root], { folders: ['k=3', 'k=11', 'k=1'] })
  const inFolder = (folder: string): string[] => names.filter((name) => name.startsWith(folder)).toSorted()
  t.deepEqual(
    known.map(({ path }) => path.slice(root.length + 1)),
    [...inFolder('k=3/'), ...inFolder('k=1/')],
  )
  writeFileSync(join(root, 'beside.x'), '')
  await t.throwsAsync(found(false), { message: /UNSUPPORTED_FEATURE.*files beside folders of partitions/ })
  t.deepEqual(await found(true), [...names, 'beside.x'].toSorted())
})

test('what a job of the directory around replaces is hidden in a folder that is named outright, too', async (t) => {
  const root = temporaryDirectory()
  mkdirSync(join(root, 'k=1/j=2'), { recursive: true })
  mkdirSync(join(root, '_millrace_finished'))
  for (const name of ['k=1/j=2/old.x', 'k=1/j=2/new.x']) writeFileSync(join(root, name), '')
  writeFileSync(join(root, '_millrace_finished/job'), JSON.stringify(['k=1/j=2/old.x']))
  for (const folder of ['', 'k=1', 'k=1/j=2']) {
    const found = await resolvePaths([join(root, folder)])
    t.deepEqual(
      found.map(({ path }) => basename(path)),
      ['new.x'],
      folder,
    )
  }
})

test('a pattern is as long as a name may be, and no longer', (t) => {
  t.true(globMatcher(`${'a'.repeat(999)}?`)('a'.repeat(1000)))
  t.throws(() => globMatcher('a'.repeat(1001)), { message: /FAILED_READ_FILE.*1000 characters/ })
})
