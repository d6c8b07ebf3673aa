import { createHash } from 'node:crypto'
import nodeFs from 'node:fs'
import fs, { type FileHandle, mkdtemp, rm } from 'node:fs/promises'
import { syncBuiltinESMExports } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import test from 'ava'
import { blockFromRows } from '../../columnar/blocks/block-from-rows.js'
import { field, STRING } from '../../columnar/types.js'
import { localCheckpointFiles } from '../../common/checkpoint-files.js'
import type { WriteDescription } from '../../connectors/api.js'
import { addExclusively, makeRealDirectory } from '../../connectors/files/commit/durable.js'
import { addExclusivelyNow, makeDirectoryNow } from '../../connectors/files/commit/durable-now.js'
import { OffsetStore } from '../../connectors/kafka/broker/groups/offset-store.js'
import { textSink } from '../../connectors/text/writer/sink.js'
import { textWriter } from '../../connectors/text/writer/writer.js'
import { ArchiveStore } from '../../standalone/master/archive-store.js'
import { RecordFile } from '../../standalone/master/record-file.js'
import { newContext } from '../parquet/support.js'

/** What is told of a path: names that are drawn are told as what they are for. */
const told = (folder: string, path: string): string =>
  path
    .slice(folder.length)
    .replace(/^\//, '')
    .replace(/\.[^/]*\.tmp$/, 'aside')
    .replace(/part-[^/]*$/, 'part')
    .replace(/[0-9a-f]{8}-[0-9a-f-]{27}/, 'job') || '.'

/** The steps of a program that matter when the power fails: what is flushed, and what gets its name. */
async function stepsOf(body: (folder: string) => unknown): Promise<readonly string[]> {
  const folder = await mkdtemp(join(tmpdir(), 'millrace-flushes-'))
  const steps: string[] = []
  const note = (step: string, path: unknown): void => void steps.push(`${step} ${told(folder, String(path))}`)
  /** The function, which tells of a step first. */
  const noting =
    <A extends readonly unknown[], R>(step: string, run: (...args: A) => R, pathOf: (args: A) => unknown) =>
    (...args: A): R => {
      note(step, pathOf(args))
      return run(...args)
    }
  const { open, link, rename } = fs
  const { openSync, linkSync, renameSync, fsyncSync } = nodeFs
  const opened = new Map<number, unknown>()
  Object.assign(fs, {
    open: async (...args: Parameters<typeof open>): Promise<FileHandle> => {
      const handle = await open(...args)
      return Object.assign(handle, { sync: noting('flush', handle.sync.bind(handle), () => args[0]) })
    },
    link: noting('name', link, ([, name]) => name),
    rename: noting('name', rename, ([, name]) => name),
  })
  Object.assign(nodeFs, {
    openSync: (...args: Parameters<typeof openSync>): number => {
      const descriptor = openSync(...args)
      opened.set(descriptor, args[0])
      return descriptor
    },
    linkSync: noting('name', linkSync, ([, name]) => name),
    renameSync: noting('name', renameSync, ([, name]) => name),
    fsyncSync: noting('flush', fsyncSync, ([descriptor]) => opened.get(descriptor)),
  })
  syncBuiltinESMExports()
  try {
    await body(folder)
  } finally {
    Object.assign(fs, { open, link, rename })
    Object.assign(nodeFs, { openSync, linkSync, renameSync, fsyncSync })
    syncBuiltinESMExports()
    await rm(folder, { recursive: true })
  }
  return steps
}

test.serial('a file gets its name when it is on the disk, and its folder is flushed then', async (t) => {
  const added = ['flush aside', 'name a', 'flush .']
  t.deepEqual(await stepsOf((folder) => addExclusively(join(folder, 'a'), 'x')), added)
  t.deepEqual(await stepsOf((folder) => addExclusivelyNow(join(folder, 'a'), 'x')), added)
  const published = await stepsOf(async (folder) => {
    const file = await localCheckpointFiles.create(join(folder, 'new'))
    await file.publish(join(folder, 'a'))
  })
  t.deepEqual(published, ['flush new', 'name a', 'flush .'])
  const finished = await stepsOf(async (folder) => {
    const file = await localCheckpointFiles.create(join(folder, 'new'))
    await file.finish()
  })
  t.deepEqual(finished, ['flush new', 'flush .'])
})

test.serial('a file that takes the place of another one is on the disk before it does', async (t) => {
  const replaced = ['flush a.tmp', 'name a', 'flush .']
  const offsets = await stepsOf(async (folder) => {
    const store = await OffsetStore.open(join(folder, 'a'))
    await store.forget('t')
    await store.close()
  })
  t.deepEqual(offsets, [...replaced, ...replaced])
  const record = { workers: [], applications: [], executors: [], drivers: [] }
  const recorded = await stepsOf((folder) => new RecordFile(folder).write(record))
  t.deepEqual(recorded, ['flush cluster.json.new', 'name cluster.json', 'flush .'])
  const content = Buffer.from('an archive')
  const digest = createHash('sha256').update(content).digest('hex')
  const archived = await stepsOf((folder) => {
    const upload = new ArchiveStore(folder).begin(digest, content.length, new Set())
    upload.take(0, content)
    upload.close()
  })
  t.deepEqual(archived, ['flush archives/job.part', `name archives/${digest}`, 'flush archives'])
})

test.serial('folders that are made are flushed into those around them, down from the innermost', async (t) => {
  const made = ['flush a/b', 'flush a', 'flush .']
  t.deepEqual(await stepsOf((folder) => makeRealDirectory(join(folder, 'a/b/c'), 'flushed')), made)
  t.deepEqual(await stepsOf((folder) => makeDirectoryNow(join(folder, 'a/b/c'))), made)
  t.deepEqual(await stepsOf((folder) => makeRealDirectory(join(folder, 'a/b/c'), 'temporary')), [])
})

const LINES = { fields: [field('value', STRING, false)] }

/** One task writes a line, then the job is committed. */
async function write(folder: string, more: Partial<WriteDescription>): Promise<void> {
  const description: WriteDescription = {
    provider: 'text',
    options: { 'lines.extension': '.txt' },
    path: folder,
    mode: 'append',
    schema: LINES,
    jobId: crypto.randomUUID(),
    ...more,
  }
  await textSink.begin(description)
  const task = await textWriter.openWriter(description, { ...newContext(), partition: 0, attempt: 0 })
  await task.write(blockFromRows(LINES, [{ value: 'a\n' }]))
  await textSink.commit(description, [await task.prepare()])
}

test.serial('what a job wrote is on the disk, and named, before anything says that it is finished', async (t) => {
  const steps = await stepsOf((folder) => write(folder, {}))
  t.deepEqual(steps, [
    'flush _temporary/job/part',
    'name part',
    // Once for what is published, and once for the folder of finished jobs.
    'flush .',
    'flush .',
    'flush _millrace_finished/aside',
    'name _millrace_finished/job',
    'flush _millrace_finished',
    'flush .',
  ])
})

test.serial('what a batch of a stream wrote is on the disk, and named, before it is in the log', async (t) => {
  const steps = await stepsOf(async (folder) => {
    await write(folder, { streaming: { queryId: 'q', batchId: 0, start: 1, isFirst: false, prepared: [] } })
  })
  t.deepEqual(steps, [
    'flush .',
    'flush _temporary/query-q-0-job/part',
    'name part',
    'flush .',
    'flush _millrace_metadata/aside',
    'name _millrace_metadata/0',
    'flush _millrace_metadata',
  ])
})
