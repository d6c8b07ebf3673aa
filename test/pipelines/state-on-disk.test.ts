import { readdirSync, readlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import test from 'ava'
import { trim } from '../../executor/pipelines/run-task.js'
import { MOST_RUNS } from '../../executor/spill/state-runs.js'
import type { OutputMode } from '../../planner/plan/physical/stateful.js'
import { type Event, Query } from '../support/event-query.js'
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
