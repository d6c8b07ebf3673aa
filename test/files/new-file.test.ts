import nodeFs from 'node:fs'
import fs, { type FileHandle, mkdtemp, rm } from 'node:fs/promises'
import { syncBuiltinESMExports } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import test from 'ava'
import { INT } from '../../columnar/types.js'
import { localCheckpointFiles } from '../../common/checkpoint-files.js'
import { addExclusivelyNow } from '../../connectors/files/commit/durable-now.js'
import { fileSink } from '../../connectors/files/file-sink.js'
import { NewFile } from '../../connectors/files/new-file.js'
import { SpillFile } from '../../executor/spill/spill-file.js'
import { RecordFile } from '../../standalone/master/record-file.js'
import { revokeToken } from '../../standalone/master/revoke.js'
import { REVOKED_TOKENS } from '../../standalone/master/tokens.js'
import { openHandles } from '../support/open-handles.js'

const withFolder = async (body: (folder: string) => Promise<void>): Promise<void> => {
  const folder = await mkdtemp(join(tmpdir(), 'millrace-new-file-'))
  await body(folder).finally(() => rm(folder, { recursive: true, force: true }))
}

const noSpace = (): Promise<never> =>
  Promise.reject(Object.assign(new Error('no space left on device'), { code: 'ENOSPC' }))

/** Files of a format whose first byte does not fit, or whose end does not. */
const sinkOf = (end: 'begin' | 'finish') =>
  fileSink({
    name: 'x',
    check: () => undefined,
    extension: () => '.x',
    create: (path) =>
      NewFile.create(path, (file) => (end === 'begin' ? noSpace() : { finish: noSpace, close: () => file.close() })),
  })

test.serial('a file that cannot be begun or ended is not left open', (t) =>
  withFolder(async (folder) => {
    for (const end of ['begin', 'finish'] as const) {
      const write = {
        provider: 'x',
        options: {},
        path: join(folder, end),
        mode: 'append',
        schema: { fields: [{ name: 'a', type: INT, nullable: true }] },
        jobId: 'job',
      } as const
      const sink = sinkOf(end)
      await sink.begin(write)
      await t.throwsAsync(sink.commit(write, []), { message: /no space/ })
      t.deepEqual(openHandles(folder), [], end)
      await sink.abort(write, [])
    }
  }),
)

/** Runs with handles that cannot be flushed, and folders from which nothing goes. */
async function onFullDisk(body: () => Promise<void>): Promise<void> {
  const { open, unlink } = fs
  const opened = async (...args: Parameters<typeof open>): Promise<FileHandle> =>
    Object.assign(await open(...args), { sync: noSpace, stat: noSpace })
  Object.assign(fs, { open: opened, unlink: noSpace })
  syncBuiltinESMExports()
  try {
    await body()
  } finally {
    Object.assign(fs, { open, unlink })
    syncBuiltinESMExports()
  }
}

test.serial('bytes of which the system takes some at a time are written all, in their order', (t) =>
  withFolder(async (folder) => {
    const { open } = fs
    const opened = async (...args: Parameters<typeof open>): Promise<FileHandle> => {
      const handle = await open(...args)
      const write = handle.write.bind(handle)
      return Object.assign(handle, {
        write: (bytes: Uint8Array, at = 0) => write(bytes, at, Math.min(3, bytes.length - at)),
      })
    }
    Object.assign(fs, { open: opened })
    syncBuiltinESMExports()
    try {
      await NewFile.create(join(folder, 'a'), async (file) => {
        await file.append(Buffer.from('all of '))
        await file.append(Buffer.from('it'))
        t.is(file.position, 9)
        await file.finish()
      })
    } finally {
      Object.assign(fs, { open })
      syncBuiltinESMExports()
    }
    t.is(await fs.readFile(join(folder, 'a'), 'utf8'), 'all of it')
  }),
)

test.serial('so are small files that are written at once', (t) =>
  withFolder(async (folder) => {
    const { writeSync } = nodeFs
    const some = (file: number, bytes: Uint8Array | string, ...place: [number?, number?, number?]): number => {
      const [at = 0, length = bytes.length - at, position] = place
      const part = Buffer.from(bytes).subarray(at, at + Math.min(3, length))
      return writeSync(file, part, 0, part.length, position)
    }
    Object.assign(nodeFs, { writeSync: some })
    syncBuiltinESMExports()
    const record = { workers: [], applications: [], executors: [], drivers: [] }
    try {
      addExclusivelyNow(join(folder, 'a'), 'all of it')
      new RecordFile(folder).write(record)
      revokeToken(folder, 'anna')
      revokeToken(folder, 'bernd')
    } finally {
      Object.assign(nodeFs, { writeSync })
      syncBuiltinESMExports()
    }
    t.is(await fs.readFile(join(folder, 'a'), 'utf8'), 'all of it')
    t.deepEqual(new RecordFile(folder).read(), record)
    const names = (await fs.readdir(folder)).toSorted()
    t.deepEqual(names, ['a', 'cluster.json', REVOKED_TOKENS].toSorted(), 'nothing else is left')
    t.is(await fs.readFile(join(folder, REVOKED_TOKENS), 'utf8'), 'anna\nbernd\n')
    t.false(addExclusivelyNow(join(folder, 'a'), 'another'))
    t.deepEqual((await fs.readdir(folder)).toSorted(), names, 'nor beside one that is there')
  }),
)

test.serial('nor is one that cannot be flushed', (t) =>
  withFolder((folder) =>
    onFullDisk(async () => {
      await t.throwsAsync(
        NewFile.create(join(folder, 'a'), (file) => file.finish()),
        { message: /no space/ },
      )
      const created = await localCheckpointFiles.create(join(folder, 'b'))
      await t.throwsAsync(created.finish(), { message: /no space/ })
      await t.throwsAsync(localCheckpointFiles.open(join(folder, 'b')), { message: /no space/ })
      await t.throwsAsync(SpillFile.create(folder), { message: /no space/ })
      t.deepEqual(openHandles(folder), [])
    }),
  ),
)
