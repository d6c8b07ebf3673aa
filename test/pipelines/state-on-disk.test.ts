import { readdirSync, readlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import test from 'ava'
import { MillraceError } from '../../common/errors/millrace-error.js'
import { threadMemory } from '../../executor/memory/linear-memory.js'
import { trim } from '../../executor/pipelines/run-task.js'
import { ScratchFile } from '../../executor/spill/scratch-file.js'
import { MOST_RUNS } from '../../executor/spill/state-runs.js'
import type { OutputMode } from '../../planner/plan/physical/stateful.js'
import { type Event, Query } from '../support/event-query.js'
import { snapshotsInParts } from '../support/kept-stage.js'
import { Random } from '../support/random.js'

const MIB = 1024 ** 2

/** Events of a batch that moves on in time, with names of many lengths, most of which were there before. */
const randomEvents = (random: Random, batch: number): readonly Event[] =>
  Array.from({ length: random.pick([0, 1, 60, 700]) }, () => {
    const user = random.chance(0.05) ? null : `${'user '.repeat(random.integer(0, 4))}${random.integer(0, 900)}`
    const second = Math.max(0, batch * 4 + random.integer(-25, 15))
    return { second, user, v: random.chance(0.1) ? null : `${random.integer(-500, 500)}.25` }
  })

/** What differs with where rows are. */
const UNCERTAIN = { memoryBytes: 0, updatesMs: 0, removalsMs: 0, commitMs: 0 }

/** The files of runs that this process has open. They have no name any more. */
const openRuns = (): readonly string[] =>
  readdirSync('/proc/self/fd')
    .map((fd) => join('/proc/self/fd', fd))
    .filter((path) => {
      try {
        return readlinkSync(path).startsWith(join(tmpdir(), 'millrace-spill-'))
      } catch {
        return false
      }
    })

const onLinux = process.platform === 'linux' ? test.serial : test.skip

for (const mode of ['update', 'append', 'complete'] as const satisfies readonly OutputMode[]) {
  test.serial(
    `state whose rows leave the memory again and again gives what state in memory gives, in ${mode} mode`,
    async (t) => {
      const random = new Random(mode === 'append' ? 51 : 52)
      const [kept, leaving] = [new Query(mode, false), new Query(mode)]
      let [late, final]: (number | undefined)[] = []
      let least = Number.POSITIVE_INFINITY
      for (let batch = 0; batch < 90; batch++) {
        const events = randomEvents(random, batch)
        const out = await kept.batch(events, late, final)
        if (random.chance(0.4)) trim()
        if (random.chance(0.1)) leaving.forget()
        t.deepEqual(await leaving.batch(events, late, final), out, `batch ${batch}`)
        t.deepEqual({ ...leaving.counts, ...UNCERTAIN }, { ...kept.counts, ...UNCERTAIN }, `batch ${batch}`)
        if (batch > 20) least = Math.min(least, leaving.counts!.memoryBytes / kept.counts!.memoryBytes)
        late = final
        if (events.length > 0) final = Math.max(final ?? 0, batch * 4 - 20)
      }
      t.true(least < 0.5, `rows leave the memory: ${least}`)
      leaving.forget()
    },
  )
}

const users = (from: number, count: number, second = 5): readonly Event[] =>
  Array.from({ length: count }, (_, i) => ({
    second,
    user: `a user with a name of some length ${from + i}`,
    v: '1.00',
  }))

test.serial('a state of many times the memory is kept by a task alone, and read again by one', async (t) => {
  t.timeout(120_000)
  const query = new Query('update')
  query.memoryBytes = 12 * MIB
  const [rounds, each] = [20, 15_000]
  for (let round = 0; round < rounds; round++) {
    const events = [...users(round * each, each), ...users(Math.max(0, round - 3) * each, 500)]
    const out = await query.batch(events)
    t.is(out.length, round === 0 ? each : each + 500)
    const name = `a user with a name of some length ${(round - 3) * each}`
    if (round > 3) t.true(out.includes(`0 ${name} 2 2.00 ${name} 1.000000`))
  }
  t.is(query.stateRows, rounds * each)
  t.true(query.counts!.memoryBytes < 12 * MIB, `${query.counts!.memoryBytes} bytes`)
  query.forget()
  const again = await query.batch(users(0, 1000).map((event) => ({ ...event, v: '5.00' })))
  t.is(again.length, 1000)
  t.true(again[0]!.startsWith('0 a user with a name of some length 0 6 10.00 '), again[0])
  t.is(query.stateRows, rounds * each)
  query.forget()
})

test.serial('a snapshot of rows on disk is made bit by bit, while they come back and leave again', async (t) => {
  t.timeout(120_000)
  const query = new Query('update')
  await query.batch(users(0, 40_000))
  let inParts = 0
  for (let round = 1; round < 30; round++) {
    trim()
    const some = users((round * 3001) % 38_000, 2000)
    t.is((await query.batch(some)).length, 2000)
    inParts = Math.max(inParts, snapshotsInParts(query.files()))
    const isDelta = query.files().some((file) => file.startsWith(`${round}.`) && file.endsWith('.delta'))
    t.true(isDelta, `batch ${round} writes all rows`)
  }
  t.true(inParts > 0, query.files().join(' '))
  const kept = await query.batch(users(0, 40_000))
  query.goBack()
  t.deepEqual(await query.batch(users(0, 40_000)), kept)
  query.forget()
})

test.serial('a state takes no more memory than its thread can count on, where there is more', async (t) => {
  const query = new Query('update')
  query.memoryBytes = 32 * MIB
  query.slots = 4
  for (let round = 0; round < 6; round++) await query.batch(users(round * 12_000, 12_000))
  await query.batch(users(0, 10))
  t.true(query.counts!.memoryBytes < 8 * MIB, `${query.counts!.memoryBytes} bytes that stayed`)
  query.forget()
  await query.batch(users(0, 10))
  t.true(query.counts!.memoryBytes < 8 * MIB, `${query.counts!.memoryBytes} bytes that were restored`)
  t.is(query.stateRows, 72_000)
  query.forget()
})

test.serial('the states of a thread together take no more memory than it can count on', async (t) => {
  const queries = [new Query('update'), new Query('update')]
  const before = threadMemory().bytesInUse
  for (const query of queries) {
    query.memoryBytes = 32 * MIB
    query.slots = 4
    await query.batch(users(0, 30_000))
  }
  const [alone, beside] = queries.map(({ counts }) => counts!.memoryBytes)
  t.true(alone! < 8 * MIB, 'one alone fits')
  t.true(alone! > 4.5 * MIB, 'two do not')
  t.true(beside! > 0 && beside! < alone!, 'what left at once does not count')
  t.true(threadMemory().bytesInUse - before < 8 * MIB, `${threadMemory().bytesInUse - before} bytes`)
  for (const query of queries) {
    t.is((await query.batch(users(0, 100))).filter((row) => / 2 2\.00 /.test(row)).length, 100)
    query.forget()
  }
})

for (const [when, leave] of [
  ['between two batches', () => trim()],
  [
    'within one',
    (query: Query) => {
      // Enough to begin with.
      query.memoryBytes = query.counts!.memoryBytes + 5 * MIB
    },
  ],
] as const) {
  test.serial(`a snapshot of rows in memory begins anew when these leave it ${when}`, async (t) => {
    const query = new Query('update')
    const [all, some] = [40_000, 2500]
    await query.batch(users(0, all))
    let sent = all
    const next = async (): Promise<void> => {
      await query.batch(users(sent % (all - some), some))
      sent += some
    }
    while (snapshotsInParts(query.files()) === 0) await next()
    const { memoryBytes } = query.counts!
    leave(query)
    await next()
    t.true(query.counts!.memoryBytes < memoryBytes / 2, `${query.counts!.memoryBytes} of ${memoryBytes} bytes`)
    for (let i = 0; i < 4; i++) await next()
    query.forget()
    query.memoryBytes = undefined
    const rows = await query.batch(users(0, all))
    const count = rows.reduce((sum, row) => sum + Number(/ (\d+) \d+\.00 /.exec(row)![1]), 0)
    t.deepEqual([rows.length, count], [all, sent + all])
    query.forget()
  })
}

test.serial(
  'where rows cannot go to disk, a task that needs it fails by name, and an idle thread drops its states',
  async (t) => {
    const query = new Query('update')
    await query.batch(users(0, 3000))
    const { TMPDIR: before } = process.env
    process.env['TMPDIR'] = '/nowhere/at/all'
    try {
      trim()
      t.is((await query.batch(users(0, 10))).length, 10)
      query.memoryBytes = 8 * MIB
      let failed = 0
      for (const from of [3000, 8000, 13_000, 18_000]) {
        await query.batch(users(from, 5000)).catch((error: Error) => {
          t.regex(error.message, /FAILED_WRITE_FILE.*\/nowhere\/at\/all/)
          failed++
        })
        if (failed > 0) break
      }
      t.is(failed, 1)
    } finally {
      query.memoryBytes = undefined
      if (before === undefined) delete process.env['TMPDIR']
      else process.env['TMPDIR'] = before
    }
    t.is((await query.batch(users(0, 3010))).length, 3010)
    query.forget()
  },
)

test.serial('where runs cannot be merged, an idle thread frees a state whose rows have left, once', async (t) => {
  const memory = threadMemory()
  const query = new Query('update')
  const before = memory.bytesInUse
  for (let round = 0; round < MOST_RUNS; round++) {
    await query.batch(users(round * 100, 100))
    trim()
  }
  await query.batch(users(5000, 100))
  const files = new Set<ScratchFile>()
  const { append } = ScratchFile.prototype
  ScratchFile.prototype.append = function (...pieces) {
    files.add(this)
    // The run of what leaves is written, that of what is merged is not.
    if (files.size > 1) throw new MillraceError('FAILED_WRITE_FILE', { path: 'run', reason: 'the disk is full' })
    return append.apply(this, [...pieces])
  }
  try {
    trim()
  } finally {
    ScratchFile.prototype.append = append
  }
  t.is(files.size, 2)
  t.is(memory.bytesInUse, before)
  t.is((await query.batch(users(0, 5))).length, 5)
  t.is(query.stateRows, MOST_RUNS * 100 + 100)
  query.forget()
})

onLinux(
  'runs are merged when there are too many of them, or too many rows in them that count no more, and closed with their state',
  async (t) => {
    const query = new Query('update')
    const before = openRuns().length
    let most = 0
    for (let round = 0; round < 40; round++) {
      await query.batch(users((round % 25) * 100, 150))
      trim()
      most = Math.max(most, openRuns().length - before)
      t.true(openRuns().length - before <= MOST_RUNS, `${openRuns().length - before} runs`)
    }
    t.true(most > 2, `${most} runs`)
    const rows = query.stateRows
    await query.batch(users(0, 100, 15), 9, 10)
    t.is(query.counts!.rowsRemoved, rows)
    t.is(openRuns().length, before)
    query.forget()
  },
)

onLinux(
  'a run that is damaged ends the task by name, and the next one has the state from the checkpoint',
  async (t) => {
    const query = new Query('update')
    await query.batch(users(0, 3000))
    const before = openRuns()
    trim()
    const [run] = openRuns().filter((path) => !before.includes(path))
    writeFileSync(run!, Buffer.alloc(1 << 16, 7), { flag: 'r+' })
    await t.throwsAsync(query.batch(users(0, 3000)), { message: /^\[BLOCK_CORRUPT\].*does not belong to its checksum/ })
    t.deepEqual(openRuns(), before)
    const out = await query.batch(users(0, 3000))
    t.true(out.length === 3000 && out.every((row) => / 2 2\.00 /.test(row)))
    query.forget()
  },
)
