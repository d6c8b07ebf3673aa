import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import test, { type ExecutionContext } from 'ava'
import type { Json, Options, SourceDescription } from '../../connectors/api.js'
import { fileToJson, offsetFromJson } from '../../connectors/files/streamed/batch-files.js'
import { checkCleaning } from '../../connectors/files/streamed/cleaner.js'
import { FilesStream } from '../../connectors/files/streamed/files-stream.js'

/** Files of a folder, each changed so many seconds after the epoch and of so many bytes. */
class Folder {
  readonly path = mkdtempSync(join(tmpdir(), 'millrace-files-stream-'))

  add(name: string, seconds: number, bytes = 10): void {
    const path = join(this.path, name)
    writeFileSync(path, 'x'.repeat(bytes))
    utimesSync(path, seconds, seconds)
  }

  stream(streamOptions: Options = {}): FilesStream {
    const schema = { fields: [] }
    const source: SourceDescription = { provider: 'text', options: {}, paths: [this.path], schema, streamOptions }
    return new FilesStream(source, () => Promise.resolve([]))
  }
}

const inFolder = async (t: ExecutionContext, body: (folder: Folder) => Promise<void>): Promise<void> => {
  const folder = new Folder()
  t.teardown(() => rmSync(folder.path, { recursive: true }))
  await body(folder)
}

const namesOf = (offset: Json): readonly string[] =>
  offsetFromJson(offset).files.map(({ path }) => path.split('/').at(-1)!)

/** The names that each of some batches reads, and the offset behind them. */
async function batches(
  stream: FilesStream,
  count: number,
  from?: Json,
): Promise<{ readonly names: readonly (readonly string[])[]; readonly at: Json }> {
  let at = from ?? (await stream.initialOffset())
  const names: (readonly string[])[] = []
  for (let i = 0; i < count; i++) {
    const next = await stream.latestOffset(at, true)
    names.push(next === at ? [] : namesOf(next))
    at = next
  }
  return { names, at }
}

test('a batch takes so many of the oldest files as it may, those of one moment by their names, and each once', (t) =>
  inFolder(t, async (folder) => {
    for (const [name, seconds] of [
      ['c', 5],
      ['b', 5],
      ['a', 5],
      ['e', 1],
      ['d', 9],
    ] as const)
      folder.add(name, seconds)
    const { names } = await batches(folder.stream({ maxFilesPerTrigger: '2' }), 4)
    t.deepEqual(names, [['e', 'a'], ['b', 'c'], ['d'], []])
    const all = await batches(folder.stream(), 2)
    t.deepEqual(all.names, [['e', 'a', 'b', 'c', 'd'], []])
  }))

test('a batch takes so many bytes as it may, to the byte, and one file that is larger alone', (t) =>
  inFolder(t, async (folder) => {
    for (const [name, bytes] of [
      ['a', 10],
      ['b', 10],
      ['c', 1],
      ['d', 50],
      ['e', 10],
      ['f', 11],
    ] as const)
      folder.add(name, 1, bytes)
    const { names } = await batches(folder.stream({ maxBytesPerTrigger: '20' }), 5)
    t.deepEqual(names, [['a', 'b'], ['c'], ['d'], ['e'], ['f']])
  }))

test('the newest files come first where that is asked for, also those that come between two batches', (t) =>
  inFolder(t, async (folder) => {
    for (let i = 0; i < 4; i++) folder.add(`${i}`, i)
    const stream = folder.stream({ maxFilesPerTrigger: '1', latestFirst: 'true' })
    const { names, at } = await batches(stream, 1)
    folder.add('9', 9)
    t.deepEqual([...names, ...(await batches(stream, 5, at)).names], [['3'], ['9'], ['2'], ['1'], ['0'], []])
  }))

test('files that were found and left are taken without another look, up to as many as are kept, until few are left', (t) =>
  inFolder(t, async (folder) => {
    const taken = async (options: Options, count: number): Promise<string> => {
      for (const name of readdirSync(folder.path)) rmSync(join(folder.path, name))
      for (let i = 10; i < 40; i++) folder.add(`${i}`, i)
      const stream = folder.stream({ maxFilesPerTrigger: '10', ...options })
      const first = await batches(stream, 1)
      folder.add('01', 1)
      return (await batches(stream, count, first.at)).names.map((names) => `${names[0]}-${names.at(-1)}`).join(' ')
    }
    // 20 are left, then 10, then none.
    t.is(await taken({}, 3), '20-29 30-39 01-01')
    // 2 are left, which are a fifth of what a batch takes.
    t.is(await taken({ maxCachedFiles: '2' }, 2), '20-21 01-30')
    // One is not worth a batch.
    t.is(await taken({ maxCachedFiles: '1' }, 1), '01-28')
    t.is(await taken({ maxCachedFiles: '0' }, 1), '01-28')
  }))

test('what was left behind one batch is nothing behind another one', (t) =>
  inFolder(t, async (folder) => {
    for (let i = 0; i < 6; i++) folder.add(`${i}`, i)
    const stream = folder.stream({ maxFilesPerTrigger: '2' })
    const { at } = await batches(stream, 2)
    const begun = await stream.initialOffset()
    folder.add('00', 0)
    // All that was read stays read: a start that goes back asks for it by its offsets.
    t.deepEqual((await batches(stream, 1, begun)).names, [['00', '2']])
    t.deepEqual(namesOf(at), ['2', '3'])
  }))

test('a goal is what is taken, in as many batches as it needs, and no file that came after it', (t) =>
  inFolder(t, async (folder) => {
    for (let i = 0; i < 3; i++) folder.add(`${i}`, i + 1)
    const stream = folder.stream({ maxFilesPerTrigger: '2' })
    let at = await stream.initialOffset()
    const goal = await stream.latestOffset(at, false)
    t.deepEqual(namesOf(goal), ['0', '1', '2'])
    folder.add('early', 0)
    const taken: (readonly string[])[] = []
    for (
      let next = await stream.latestOffset(at, true, goal);
      next !== at;
      next = await stream.latestOffset(at, true, goal)
    ) {
      taken.push(namesOf(next))
      at = next
    }
    t.deepEqual(taken, [['0', '1'], ['2']])
    t.deepEqual((await batches(stream, 2, at)).names, [['early'], []])
  }))

test('a look that fails does not hinder the next one', (t) =>
  inFolder(t, async (folder) => {
    const stream = folder.stream()
    const at = await stream.initialOffset()
    rmSync(folder.path, { recursive: true })
    await t.throwsAsync(stream.latestOffset(at, true), { message: /PATH_NOT_FOUND/ })
    mkdirSync(folder.path)
    folder.add('a', 1)
    t.deepEqual((await batches(stream, 1, at)).names, [['a']])
  }))

test('what batches read is known to the next start, which reads none of it again', (t) =>
  inFolder(t, async (folder) => {
    const log = mkdtempSync(join(tmpdir(), 'millrace-files-log-'))
    t.teardown(() => rmSync(log, { recursive: true }))
    for (let i = 0; i < 5; i++) folder.add(`${i}`, i)
    const stream = folder.stream({ maxFilesPerTrigger: '1' })
    await stream.restore(join(log, 'read'))
    const { at } = await batches(stream, 3)
    const again = folder.stream({ maxFilesPerTrigger: '1' })
    await again.restore(join(log, 'read'))
    // The files of the last batch are in its offset, not in the log yet.
    t.deepEqual((await batches(again, 3, at)).names, [['3'], ['4'], []])
  }))

test('a file as old as may be is read, and one that is a millisecond older is not', (t) =>
  inFolder(t, async (folder) => {
    const stream = folder.stream({ maxFileAge: '10s' })
    folder.add('new', 100)
    const { at } = await batches(stream, 1)
    folder.add('just', 90)
    folder.add('old', 89.999)
    t.deepEqual((await batches(stream, 2, at)).names, [['just'], []])
    const other = folder.stream({ maxFileAge: '10s' })
    const begun = await batches(other, 1)
    folder.add('newer', 110)
    t.deepEqual((await batches(other, 2, begun.at)).names, [['newer'], []], 'one that is just as old was read')
  }))

test('files are the same by their names alone where that is asked for', (t) =>
  inFolder(t, async (folder) => {
    folder.add('a', 1)
    for (const [fileNameOnly, expected] of [
      ['true', []],
      ['false', ['a']],
    ] as const) {
      const stream = folder.stream({ fileNameOnly })
      const read = { path: '/elsewhere/a', modifiedMs: 1000, size: 1, folder: '' }
      const from = { logOffset: 0, files: [fileToJson(read)] }
      t.deepEqual((await batches(stream, 1, from)).names, [expected], fileNameOnly)
    }
  }))

test('files go when the batch that read them is committed, or into an archive with their paths', (t) =>
  inFolder(t, async (folder) => {
    const archive = mkdtempSync(join(tmpdir(), 'millrace-archive-'))
    t.teardown(() => rmSync(archive, { recursive: true }))
    for (const [options, isArchived] of [
      [{ cleanSource: 'delete' }, false],
      [{ cleanSource: 'archive', sourceArchiveDir: archive }, true],
      [{ cleanSource: 'off' }, false],
    ] as const) {
      folder.add('a', 1)
      folder.add('b', 1)
      const stream = folder.stream(options)
      const { at } = await batches(stream, 1)
      rmSync(join(folder.path, 'b'))
      await stream.committed(at)
      const isLeft = existsSync(join(folder.path, 'a'))
      t.is(isLeft, options.cleanSource === 'off')
      t.is(existsSync(join(archive, folder.path, 'a')), isArchived || options.cleanSource === 'off')
      t.false(existsSync(join(archive, folder.path, 'b')), 'what was gone already is passed over')
      await stream.committed(at)
    }
    t.is(statSync(join(archive, folder.path, 'a')).size, 10)
  }))

test('an archive and what is read may not lie one within the other', (t) => {
  const rule = { kind: 'archive', folder: '/in/archive' } as const
  for (const path of ['/in', '/in/archive', '/in/archive/below'])
    t.throws(() => checkCleaning(rule, ['/other', path]), { message: /INVALID_OPTION.*one within the other/ }, path)
  t.notThrows(() => checkCleaning(rule, ['/in/archives', '/other']))
  t.throws(() => checkCleaning({ kind: 'delete' }, ['http://a/b']), { message: /INVALID_OPTION.*only read/ })
  t.notThrows(() => checkCleaning({ kind: 'off' }, ['http://a/b']))
})
