import { mkdtemp, readFile, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import test from 'ava'
import { History, historyFile } from '../../../cli/shell/history.js'

const newPath = async (): Promise<string> => join(await mkdtemp(join(tmpdir(), 'millrace-history-')), 'config/history')
const linesOf = async (path: string): Promise<readonly unknown[]> =>
  (await readFile(path, 'utf8'))
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as unknown)

test('shells that run beside each other keep what each other wrote', async (t) => {
  const path = await newPath()
  const [one, two] = [await History.open(path), await History.open(path)]
  await one.add('a;')
  await two.add('b\n;')
  await one.add('c;')
  t.deepEqual(await linesOf(path), ['a;', 'b\n;', 'c;'])
  t.is((await stat(path)).mode & 0o077, 0, 'nobody else reads it')
  const later = await History.open(path)
  t.deepEqual([later.older(''), later.older(''), later.older(''), later.older('')], ['c;', 'b\n;', 'a;', undefined])
})

test('a text is kept once in a row, and not when it begins with a space', async (t) => {
  const path = await newPath()
  const history = await History.open(path)
  for (const text of ['a;', 'a; ', ' secret;', '', 'b;']) await history.add(text)
  t.deepEqual(await linesOf(path), ['a;', 'b;'])
})

test('the file is cut to a thousand texts when it has twice that, and lines that are none are passed over', async (t) => {
  const path = await newPath()
  await (await History.open(path)).add('first;')
  await writeFile(path, `${Array.from({ length: 2000 }, (_, i) => JSON.stringify(`${i};`)).join('\n')}\nnonsense\n7\n`)
  const history = await History.open(path)
  t.is((await readFile(path, 'utf8')).trimEnd().split('\n').length, 1000)
  t.is(history.older(''), '1999;')
})

test('the file is cut when it has twice a thousand texts, and not before', async (t) => {
  for (const [lines, left] of [
    [1999, 1999],
    [2000, 1000],
  ] as const) {
    const path = await newPath()
    await (await History.open(path)).add('first;')
    await writeFile(path, `${Array.from({ length: lines }, (_, i) => JSON.stringify(`${i};`)).join('\n')}\n`)
    await History.open(path)
    t.is((await readFile(path, 'utf8')).trimEnd().split('\n').length, left)
  }
})

test('what is being typed is there again behind the newest text, however far one went back', async (t) => {
  const history = await History.open('/dev/null/nowhere/history')
  for (const text of ['Select 1;', 'select 2;', 'b;']) await history.add(text)
  history.rewind()
  t.deepEqual(
    [history.older('typed'), history.older('b;'), history.older('select 2;')],
    ['b;', 'select 2;', 'Select 1;'],
  )
  t.deepEqual(
    [1, 2, 3, 4].map(() => history.newer()),
    ['select 2;', 'b;', 'typed', undefined],
  )
  t.deepEqual(
    [0, 1, 2].map((skipped) => history.find('SELECT', skipped)),
    ['select 2;', 'Select 1;', undefined],
  )
  t.is(history.find('', 0), undefined)
})

test('without a folder to write to, only the shell itself remembers', async (t) => {
  const history = await History.open('/dev/null/nowhere/history')
  await history.add('a;')
  history.rewind()
  t.is(history.older(''), 'a;')
})

test('the file lies in the folder of settings', (t) => {
  t.is(historyFile({ XDG_CONFIG_HOME: '/x' }), '/x/millrace/history')
  t.regex(historyFile({}), /\/\.config\/millrace\/history$/)
})
