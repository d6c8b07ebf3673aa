import test from 'ava'
import { MillraceError } from '../../common/errors/millrace-error.js'
import type { Json, SinkProvider, WriteDescription } from '../../connectors/api.js'
import type { JobPlan } from '../../driver/job-plan.js'
import type { JobResult } from '../../driver/job-result.js'
import { JobRun, type JobWrite } from '../../driver/job-run.js'
import type { TaskAttempt } from '../../driver/jobs/actions.js'

const stage = (key: number) => ({
  ...{ key, taskCount: 2 },
  stage: { root: { kind: 'oneRow', attributes: [] }, sink: { kind: 'write' } },
})
const [below, result] = [stage(0), stage(1)]
const PLAN = { spec: { jobId: 1 }, stages: new Map([below, result].map((one) => [one.key, one])), result }
const WRITE = { provider: 'told' } as unknown as WriteDescription
const REPORT = { rowsRead: 1, rowsWritten: 1, bytesWritten: 0, spilledBytes: 0, elapsedMs: 1 }
const refused = new MillraceError('FAILED_WRITE_FILE', { path: 'p', reason: 'full' })
const NOBODY = { delivered: () => {}, lost: () => {}, broken: () => {}, abandoned: () => {} }

/** A job that writes to a sink which tells what it is asked, and how it ended. */
function writing(sink: Partial<SinkProvider>, write: Partial<JobWrite> = {}) {
  const told: unknown[] = []
  const provider: SinkProvider = {
    name: 'told',
    begin: () => Promise.resolve(true),
    commit: (_, messages) => Promise.resolve(void told.push(['commit', messages])),
    abort: (_, messages) => Promise.resolve(void told.push(['abort', messages])),
    ...sink,
  }
  const settle = {
    resolve: ({ skipped }: JobResult) => told.push(skipped ? 'skipped' : 'done'),
    reject: (error: unknown) => told.push(error),
  }
  const run = new JobRun(PLAN as unknown as JobPlan, settle, { sink: provider, write: WRITE, ...write }, NOBODY)
  const accept = (stageKey: number, partition: number, commitMessage?: Json): void =>
    run.accept({ stageKey, partition } as TaskAttempt, {
      ...REPORT,
      ...(commitMessage === undefined ? {} : { commitMessage }),
    })
  return { run, told, accept }
}

test('a write is committed with the last message of each task of its stage, in the order of partitions', async (t) => {
  const { run, told, accept } = writing(
    { foldersOf: (messages) => messages.map(String) },
    {
      beforeCommit: (folders) => told.push(['folders', folders]),
    },
  )
  t.true(await run.begin())
  accept(0, 7, 'of another stage')
  accept(1, 1, 'b')
  accept(1, 0, 'lost')
  accept(1, 0)
  await run.succeed()
  t.deepEqual(told, [['folders', ['null', 'b']], ['commit', [null, 'b']], 'done'])
})

test('what tasks prepared is kept before it is committed where that is awaited, and is not taken back from then on', async (t) => {
  for (const [isAwaited, fails] of [
    [true, 'nothing'],
    [false, 'nothing'],
    [true, 'commit'],
    [false, 'commit'],
    [true, 'keeping'],
  ] as const) {
    const keepPrepared = async (messages: readonly Json[]): Promise<void> => {
      told.push(['kept', messages])
      if (fails === 'keeping') throw refused
    }
    const failing = { commit: () => Promise.reject(refused) }
    const { run, told, accept } = writing(
      { awaitsCommit: () => Promise.resolve(isAwaited), ...(fails === 'commit' ? failing : {}) },
      { keepPrepared: (messages) => keepPrepared(messages) },
    )
    accept(1, 0, 'a')
    await run.succeed()
    const kept = isAwaited ? [['kept', ['a']]] : []
    const committed = fails === 'nothing' ? [['commit', ['a']], 'done'] : []
    const aborted = fails === 'commit' && !isAwaited ? [['abort', ['a']]] : []
    t.deepEqual(
      told,
      [...kept, ...committed, ...aborted, ...(fails === 'nothing' ? [] : [refused])],
      `${isAwaited} ${fails}`,
    )
  }
})

test('a job that fails has taken back what tasks prepared before it is told, and is told also when that fails', async (t) => {
  const { run, told, accept } = writing({})
  accept(1, 0, 'a')
  await run.fail(refused)
  t.deepEqual(told, [['abort', ['a']], refused])
  const other = writing({ abort: () => Promise.reject(new Error('nothing could be taken back')) })
  await t.throwsAsync(other.run.fail(refused), { message: 'nothing could be taken back' })
  t.deepEqual(other.told, [refused])
})

test('a job whose output is there already is skipped, and one whose write cannot begin fails by that', async (t) => {
  const there = writing({ begin: () => Promise.resolve(false) })
  t.false(await there.run.begin())
  t.deepEqual(there.told, ['skipped'])
  const broken = writing({ begin: () => Promise.reject(refused) })
  t.false(await broken.run.begin())
  t.deepEqual(broken.told, [refused])
})
