import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import fs, { type FileHandle } from 'node:fs/promises'
import { syncBuiltinESMExports } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import test, { type ExecutionContext } from 'ava'
import { field, STRING } from '../../columnar/types.js'
import type { Json, WriteDescription } from '../../connectors/api.js'
import { CommitLog } from '../../connectors/files/commit/commit-log.js'
import { committedFiles, LOG_FOLDER } from '../../connectors/files/commit/commit-log-reader.js'
import { removeLeftovers } from '../../connectors/files/commit/leftovers.js'
import { jobFolder, jobName } from '../../connectors/files/output-names.js'
import { forgetStreamOutput } from '../../connectors/files/stream-output.js'
import { textSink } from '../../connectors/text/writer/sink.js'

const LINES = { fields: [field('value', STRING, false)] }

async function inFolder(t: ExecutionContext, body: (folder: string) => Promise<void>): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'millrace-file-sink-'))
  t.teardown(() => rmSync(folder, { recursive: true }))
  await body(folder)
}

const describe = (path: string, batchId?: number): WriteDescription => ({
  provider: 'text',
  options: { 'lines.extension': '.txt' },
  path,
  mode: 'append',
  schema: LINES,
  jobId: crypto.randomUUID(),
  ...(batchId === undefined ? {} : { streaming: { queryId: 'q', batchId, start: 1, isFirst: false, prepared: [] } }),
})

const partOf = (write: WriteDescription, partition = 0): string => `part-0000${partition}-${jobName(write)}-0.txt`

/** What tasks tell that have written such files into the folder of their job. */
async function prepared(write: WriteDescription, names = [partOf(write)]): Promise<readonly Json[]> {
  await textSink.begin(write)
  for (const name of names) {
    mkdirSync(dirname(join(jobFolder(write), name)), { recursive: true })
    writeFileSync(join(jobFolder(write), name), name)
  }
  return [{ files: names, rows: names.length }]
}

const partsBelow = (folder: string): readonly string[] =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => /part-/.test(name))
    .toSorted()

/** Has the next flush of a folder fail. */
function failFlushOf(folder: string): () => void {
  const { open } = fs
  const opened = async (...args: Parameters<typeof open>): Promise<FileHandle> => {
    if (args[0] === folder) throw Object.assign(new Error('the disk fails'), { code: 'EIO' })
    return open(...args)
  }
  const set = (call: typeof open): void => {
    Object.assign(fs, { open: call })
    syncBuiltinESMExports()
  }
  set(opened)
  return () => set(open)
}

test.serial('a batch whose commit failed when it was in the log already is named by the one behind it', (t) =>
  inFolder(t, async (folder) => {
    const names: string[] = []
    for (const batchId of [0, 1, 2]) {
      const write = describe(folder, batchId)
      const messages = await prepared(write)
      names.push(partOf(write))
      if (batchId === 1) {
        const mend = failFlushOf(join(folder, LOG_FOLDER))
        await t
          .throwsAsync(textSink.commit(write, messages), { message: /FAILED_WRITE_FILE.*disk fails/ })
          .finally(mend)
        t.true(existsSync(join(folder, LOG_FOLDER, '1')))
      }
      await textSink.commit(write, messages)
    }
    t.deepEqual(await committedFiles(folder), names)
  }),
)

test('what was published of a batch that another driver has committed is taken back', (t) =>
  inFolder(t, async (folder) => {
    const write = describe(folder, 0)
    const messages = await prepared(write)
    const another = await CommitLog.open(folder, 'q')
    await another.add({ batchId: 0, files: ['of-another'] })
    await t.throwsAsync(textSink.commit(write, messages), { message: /CONCURRENT_STREAM_LOG_UPDATE/ })
    t.deepEqual(partsBelow(folder), [])
    t.deepEqual(await committedFiles(folder), ['of-another'])
  }))

test('a directory does not say that it is finished while a job writes it, or when one did not end', (t) =>
  inFolder(t, async (folder) => {
    const first = describe(folder)
    await textSink.commit(first, await prepared(first))
    t.true(existsSync(join(folder, '_SUCCESS')))
    const finished = join(folder, '_millrace_finished')
    const second = describe(folder)
    const messages = await prepared(second)
    writeFileSync(finished, 'a file in the place of the folder')
    await t.throwsAsync(textSink.commit(second, messages), { message: /FAILED_WRITE_FILE/ })
    t.false(existsSync(join(folder, '_SUCCESS')))
    await textSink.abort(second, messages)
    t.deepEqual(partsBelow(folder), [partOf(first)])
    rmSync(finished)
    const third = describe(folder)
    await textSink.commit(third, await prepared(third))
    t.true(existsSync(join(folder, '_SUCCESS')))
  }))

test('a job that is finished keeps what it wrote, though what it had to do then failed', (t) =>
  inFolder(t, async (folder) => {
    mkdirSync(join(folder, '_millrace_finished'))
    // It comes before the job.
    writeFileSync(join(folder, '_millrace_finished', '!other-'), 'no list')
    const write = describe(folder)
    const messages = await prepared(write)
    await t.throwsAsync(textSink.commit(write, messages), { message: /FAILED_READ_FILE.*other-/ })
    t.false(existsSync(join(folder, '_SUCCESS')))
    await textSink.abort(write, messages)
    t.deepEqual(partsBelow(folder), [partOf(write)])
  }))

test('the next start removes what is left of batches that are decided, and nothing else', (t) =>
  inFolder(t, async (folder) => {
    const first = describe(folder, 0)
    const committed = [`p=1/${partOf(first)}`, `p=2/${partOf(first, 1)}`]
    await textSink.commit(first, await prepared(first, committed))
    const [again, next] = [describe(folder, 0), describe(folder, 1)]
    const other = { ...describe(folder, 0), streaming: { ...describe(folder, 0).streaming!, queryId: 'other' } }
    const left = [again, next, other].map((write) => `p=1/${partOf(write)}`)
    for (const name of left) writeFileSync(join(folder, name), name)
    t.true(await removeLeftovers(folder, 'q', 0), 'something is left of the next batch')
    t.deepEqual(partsBelow(folder), [...committed, ...left.slice(1)].toSorted())
    t.false(await removeLeftovers(folder, 'q', 1))
    t.deepEqual(partsBelow(folder), [...committed, ...left.slice(2)].toSorted())
    forgetStreamOutput(folder)
    await textSink.commit(next, await prepared(next))
    t.deepEqual(await committedFiles(folder), [...committed, partOf(next)])
  }))
