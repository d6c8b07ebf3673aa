import fs, { mkdtemp, rm } from 'node:fs/promises'
import { syncBuiltinESMExports } from 'node:module'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import test, { type ExecutionContext } from 'ava'
import { localCheckpointFiles as files, localCheckpoint } from '../../common/checkpoint-files.js'

async function inFolder(t: ExecutionContext, body: (at: (name: string) => string) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'millrace-files-'))
  t.teardown(() => rm(folder, { recursive: true, force: true }))
  await body((name) => join(folder, name))
}

const textOf = async (path: string): Promise<string> => Buffer.from(await files.read(path)).toString()

test('a file gets its second name when it is whole, and takes no name that is there', (t) =>
  inFolder(t, async (at) => {
    const first = await files.create(at('first'))
    await first.append(Buffer.from('one '))
    await first.append(Buffer.from('two'))
    await t.throwsAsync(files.read(at('entry')), { code: 'ENOENT' })
    await first.publish(at('entry'))
    t.is(await textOf(at('entry')), 'one two')
    await t.throwsAsync(files.create(at('first')), { code: 'EEXIST' })
    const second = await files.create(at('second'))
    await second.append(Buffer.from('other'))
    await t.throwsAsync(second.publish(at('entry')), { code: 'EEXIST' })
    await second.close()
    t.is(await textOf(at('entry')), 'one two')
    await files.move(at('second'), at('first'))
    t.is(await textOf(at('first')), 'other')
    t.is(await files.size(at('entry')), 7)
    t.deepEqual((await files.list(at(''))).toSorted(), ['entry', 'first'])
  }))

test.serial('a file is on disk, and then its name, when it is finished or published', (t) =>
  inFolder(t, async (at) => {
    const { open, link } = fs
    const calls: string[] = []
    t.teardown(() => {
      Object.assign(fs, { open, link })
      syncBuiltinESMExports()
    })
    Object.assign(fs, {
      open: async (...args: Parameters<typeof open>) => {
        const handle = await open(...args)
        const sync = handle.sync.bind(handle)
        handle.sync = () => {
          calls.push(`sync ${relative(at(''), String(args[0]))}`)
          return sync()
        }
        return handle
      },
      link: (from: string, to: string) => {
        calls.push(`link ${relative(at(''), to)}`)
        return link(from, to)
      },
    })
    syncBuiltinESMExports()
    await files.makeFolder(at('log'))
    await (await files.create(at('whole'))).finish()
    t.deepEqual(calls.splice(0), ['sync whole', 'sync '])
    await (await files.create(at('next'))).publish(at('log/0'))
    t.deepEqual(calls, ['sync next', 'link log/0', 'sync log'])
  }),
)

test.serial('a file is read up to what is wanted where the system reads only a part of it', (t) =>
  inFolder(t, async (at) => {
    const written = await files.create(at('file'))
    await written.append(Buffer.from('twenty bytes of text'))
    await written.finish()
    const { open } = fs
    t.teardown(() => {
      fs.open = open
      syncBuiltinESMExports()
    })
    fs.open = async (...args) => {
      const handle = await open(...args)
      const read = handle.read.bind(handle) as (...place: [Uint8Array, number, number, number]) => Promise<unknown>
      const few = (bytes: Uint8Array, offset: number, length: number, position: number) =>
        read(bytes, offset, Math.min(3, length), position)
      return Object.assign(handle, { read: few })
    }
    syncBuiltinESMExports()
    const file = await files.open(at('file'))
    const bytes = Buffer.alloc(10)
    t.is(await file.read(bytes, 7), 10)
    t.is(bytes.toString(), 'bytes of t')
    t.is(await file.read(bytes, 15), 5)
    await file.close()
  }),
)

test('folders are made in those that are there, and told apart from those that were', (t) =>
  inFolder(t, async (at) => {
    t.true(await files.makeFolder(at('a')))
    t.false(await files.makeFolder(at('a')))
    await t.throwsAsync(files.makeFolder(at('b/c')), { code: 'ENOENT' })
    await t.throwsAsync(files.create(at('b/file')), { code: 'ENOENT' })
    await files.makeFolders(at('b/c'))
    await files.makeFolders(at('b/c'))
    await (await files.create(at('b/c/file'))).finish()
    await files.syncFolder(at('b/c'))
    await files.move(at('b'), at('d'))
    t.deepEqual(await files.list(at('d/c')), ['file'])
    await files.removeFolder(at('d'))
    await files.removeFolder(at('d'))
    await files.remove(at('no file'))
    await t.throwsAsync(files.list(at('d')), { code: 'ENOENT' })
    t.deepEqual(await files.list(at('')), ['a'])
  }))

test('the place of a checkpoint is the same wherever the process goes', (t) => {
  t.is(localCheckpoint('some/../where').location, join(process.cwd(), 'where'))
})
