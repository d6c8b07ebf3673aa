import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import test, { type ExecutionContext } from 'ava'
import {
  afterBatches,
  CHILD,
  KILL_AT_STEP,
  type Kill,
  killedUntilDone,
  NO_KILL,
  ONE_THREAD,
  runUntil,
} from '../support/killed-program.js'
import { nodeArguments } from '../support/programs.js'
import { withSession } from '../support/sessions.js'
import {
  nothingIsLeft,
  RECORDS,
  START_MS,
  STEP_MS,
  windowsAreOnceAndWhole,
  withRecords,
} from '../support/stream-records.js'

/** Starts the program until one start comes to the end. @returns how many were killed */
const runKilled = (
  servers: string,
  directory: string,
  kind: 'rows' | 'windows' | 'joined' | 'sessions' | 'states' | 'groups',
  killOf: (run: number) => Kill,
  env?: NodeJS.ProcessEnv,
): Promise<number> =>
  killedUntilDone([servers, 'events', join(directory, 'out'), join(directory, 'checkpoint'), kind], killOf, CHILD, env)

/** Of the driver: a start, and a batch with its commit. What comes behind these are further batches. */
const STEPS_OF_A_BATCH = 16

/**
 * Every third step of a thread. A file has two, as it is opened and as its folder is then opened to flush it: of four of these one after another
 * the thread is killed before an opening, before a flush, after an opening and after a flush.
 */
const everyThird = (thread: 'main' | 'worker', nth: number): string =>
  `${thread}:${3 * nth + 1}${nth % 4 < 2 ? '' : '+'}`

/** Checkpoint and output lie below; each start goes further than the one before it in the same thread, the driver's by a step for one batch. */
const eachStep =
  (directory: string) =>
  (run: number): Kill => {
    const third = Math.floor(run / 3)
    const nth = run - third + 1
    const driverStep = `main:${nth + 2 * Math.max(0, nth - STEPS_OF_A_BATCH)}${run % 2 === 0 ? '' : '+'}`
    return { step: run % 3 === 2 ? everyThird('worker', third) : driverStep, below: join(directory, '') }
  }

/** The files of state lie below, of which each start touches three more than the one before it, and is killed before or after that. */
const eachStateFile =
  (directory: string) =>
  (run: number): Kill => ({ step: everyThird('worker', run), below: join(directory, 'checkpoint', 'state') })

/** What is written to files of state, of which each start writes more than the one before it, and is killed in the middle of a part or behind it. */
const eachPartOfState =
  (directory: string) =>
  (run: number): Kill => ({
    step: `worker:${run + 1}${run % 3 === 1 ? '+' : ''}`,
    below: join(directory, 'checkpoint', 'state'),
    ofParts: true,
  })

test('a stream into Parquet that is killed again and again writes every record exactly once', (t) =>
  withRecords(async (servers, directory) => {
    t.true((await runKilled(servers, directory, 'rows', afterBatches)) >= 3)
    await withSession('local[2]', async (session) => {
      const rows = await session.read.parquet(join(directory, 'out')).select('id').orderBy('id').collect()
      t.deepEqual(
        rows.map((row) => Number(row['id'])),
        Array.from({ length: RECORDS }, (_, id) => id),
      )
    })
  }))

test('windows of a stream that is killed again and again come out once, whole, and only when they are final', (t) =>
  withRecords(async (servers, directory) => {
    t.true((await runKilled(servers, directory, 'windows', afterBatches)) >= 3)
    await windowsAreOnceAndWhole(t, directory)
    await nothingIsLeft(t, directory)
  }))

test('windows over a join of a stream with itself that is killed again and again come out once and whole', (t) =>
  withRecords(async (servers, directory) => {
    t.true((await runKilled(servers, directory, 'joined', afterBatches)) >= 3)
    await windowsAreOnceAndWhole(t, directory, 1000)
    await nothingIsLeft(t, directory)
  }))

async function sessionsAreOnceAndWhole(t: ExecutionContext, directory: string): Promise<void> {
  await withSession('local[2]', async (session) => {
    const rows = await session.read.parquet(join(directory, 'out')).orderBy('start').collect()
    const lastMs = START_MS + (RECORDS - 1) * STEP_MS
    const all = Array.from({ length: RECORDS / 100 }, (_, i) => ({
      start: START_MS + i * 100 * STEP_MS,
      least: i * 100,
    }))
    const final = all.filter(({ start }) => start + 99 * STEP_MS + 1000 <= lastMs - 10_000)
    t.deepEqual(
      rows.map((row) => [row['start'], row['n'], row['least']].map(Number)),
      final.map(({ start, least }) => [start, 100, least]),
    )
  })
}

test('sessions of a stream that is killed again and again come out once and whole', (t) =>
  withRecords(async (servers, directory) => {
    t.true((await runKilled(servers, directory, 'sessions', afterBatches)) >= 3)
    await sessionsAreOnceAndWhole(t, directory)
    await nothingIsLeft(t, directory)
  }))

test('windows come out once and whole when the program is killed before or after each file it touches', (t) =>
  withRecords(async (servers, directory) => {
    const kills = await runKilled(servers, directory, 'windows', eachStep(directory), ONE_THREAD)
    t.log(`${kills} kills`)
    t.true(kills >= 20, `${kills} kills`)
    await windowsAreOnceAndWhole(t, directory)
    await nothingIsLeft(t, directory)
  }))

// The driver's files are the same whatever the state is: they are struck above.
test('timers and all kinds of state of a class are right when the program is killed before or after each file of them', (t) =>
  withRecords(async (servers, directory) => {
    const kills = await runKilled(servers, directory, 'states', eachStateFile(directory), ONE_THREAD)
    t.log(`${kills} kills`)
    t.true(kills >= 5, `${kills} kills`)
    await windowsAreOnceAndWhole(t, directory)
    await nothingIsLeft(t, directory)
  }))

test('the state and time-outs of groups are right when the program is killed before or after each file of them', (t) =>
  withRecords(async (servers, directory) => {
    const kills = await runKilled(servers, directory, 'groups', eachStateFile(directory), ONE_THREAD)
    t.log(`${kills} kills`)
    t.true(kills >= 5, `${kills} kills`)
    await windowsAreOnceAndWhole(t, directory)
    await nothingIsLeft(t, directory)
  }))

/** Of what is kept how many steps of threads are struck when it is moved, and what the output must be; a join has three states. */
const MOVED = [
  { kind: 'windows', steps: 12, check: windowsAreOnceAndWhole },
  { kind: 'states', steps: 12, check: windowsAreOnceAndWhole },
  { kind: 'sessions', steps: 12, check: sessionsAreOnceAndWhole },
  {
    kind: 'joined',
    steps: 24,
    check: (t: ExecutionContext, directory: string) => windowsAreOnceAndWhole(t, directory, 1000),
  },
]

for (const { kind, steps, check } of MOVED)
  test(`windows come out once and whole when their state (${kind}) is divided anew, and the program is killed at each file that it touches for that`, (t) =>
    withRecords(async (servers, directory) => {
      const args = [servers, 'events', join(directory, 'out'), join(directory, 'checkpoint'), kind]
      const partitionsOf = (run: number): NodeJS.ProcessEnv => ({ ...ONE_THREAD, PARTITIONS: String(2 + (run % 4)) })
      let kills = 0
      // What the driver does is the same for all.
      for (const thread of kind === 'windows' ? (['main', 'worker'] as const) : (['worker'] as const)) {
        t.false(await runUntil(args, { batches: 2 }, { env: partitionsOf(kills) }))
        for (let nth = 0; 3 * nth < (thread === 'main' ? 34 : steps); nth++) {
          const kill = { step: everyThird(thread, nth), below: join(directory, 'checkpoint', '') }
          if (!(await runUntil(args, kill, { env: partitionsOf(++kills) }))) continue
          t.fail(`the query came to its end before ${kill.step}`)
        }
      }
      t.true(await runUntil(args, NO_KILL, { env: partitionsOf(++kills) }))
      t.true(
        (await readdir(join(directory, 'checkpoint', 'metadata'))).length > (kind === 'windows' ? 3 : 1),
        'the state was moved again and again',
      )
      await check(t, directory)
      await nothingIsLeft(t, directory)
    }))

test('windows come out once and whole when a thread is killed within and between the parts of the files of their state', (t) =>
  withRecords(async (servers, directory) => {
    const kills = await runKilled(servers, directory, 'windows', eachPartOfState(directory), ONE_THREAD)
    t.log(`${kills} kills`)
    t.true(kills >= 5, `${kills} kills`)
    await windowsAreOnceAndWhole(t, directory)
    await nothingIsLeft(t, directory)
  }))

test('windows over a join come out once and whole when a thread is killed before or after each file it touches', (t) =>
  withRecords(async (servers, directory) => {
    const kills = await runKilled(servers, directory, 'joined', eachStateFile(directory), ONE_THREAD)
    t.log(`${kills} kills`)
    t.true(kills >= 5, `${kills} kills`)
    await windowsAreOnceAndWhole(t, directory, 1000)
    await nothingIsLeft(t, directory)
  }))

test('a commit comes when the files of state that it names are on the disk, and so are their folders', (t) =>
  withRecords(async (servers, directory) => {
    const below = join(directory, 'checkpoint', '')
    const args = [servers, 'events', join(directory, 'out'), join(directory, 'checkpoint'), 'windows']
    const recorder = new URL('../support/syncs-recorded.js', import.meta.url).href
    const child = spawn(process.execPath, nodeArguments(CHILD, args, [recorder]), {
      stdio: ['ignore', 'pipe', 'inherit'],
      env: { ...process.env, SYNCS_BELOW: below },
    })
    const exited = once(child, 'exit')
    const lines: string[] = []
    createInterface({ input: child.stdout }).on('line', (line) => lines.push(line.replace('/', '')))
    t.is((await exited)[0], 0)
    const places = new Map<string, number[]>()
    for (const [at, line] of lines.entries()) places.set(line, [...(places.get(line) ?? []), at])
    const isBetween = (line: string, from: number, to: number): boolean =>
      (places.get(line) ?? []).some((at) => at > from && at < to)
    const files = lines.filter((line) => /^sync state\/0\/\d+\/\d+\.[^/]*$/.test(line))
    t.true(files.length >= 4)
    for (const file of files) {
      const [, folder, batch] = /^sync (.*)\/(\d+)\.[^/]*$/.exec(file)!
      const [written] = places.get(file)!
      // The offsets of the next batch tell of the commit where that began at once.
      const entries = [`link commits/${batch}`, `link offsets/${Number(batch) + 1}`]
      const [committed] = entries.flatMap((entry) => places.get(entry) ?? [])
      t.true(isBetween(`sync ${folder}`, written!, committed!), file)
    }
    const entries = lines.filter((line) => /^link (commits|offsets)\//.test(line))
    t.true(entries.length > 1)
    for (const [i, entry] of entries.entries()) {
      const end = places.get(entries[i + 1] ?? '')?.[0] ?? Number.POSITIVE_INFINITY
      const [, log] = /^link (\w+)/.exec(entry)!
      t.true(isBetween(`sync ${log}`, places.get(entry)![0]!, end), entry)
    }
  }))

test('a driver that is stopped before it logs a batch, and wakes when another has gone on, fails and harms nothing', (t) =>
  withRecords(async (servers, directory) => {
    const args = [servers, 'events', join(directory, 'out'), join(directory, 'checkpoint'), 'rows']
    const stopped = spawn(process.execPath, nodeArguments(CHILD, args, [KILL_AT_STEP]), {
      stdio: ['ignore', 'pipe', 'inherit'],
      env: {
        ...process.env,
        STOP_ONCE: join(directory, 'stopped-once'),
        // The entry of batch 2 is opened aside, then linked: its files have been published.
        KILL_AT: 'main:2',
        KILL_BELOW: join(directory, 'out', '_millrace_metadata', '.2.'),
      },
    })
    const exited = once(stopped, 'exit') as Promise<[number | null, string | null]>
    const said: string[] = []
    const lines = createInterface({ input: stopped.stdout })
    const isClosed = once(lines, 'close')
    const isStopped = new Promise<void>((resolve) => {
      lines.on('line', (line) => {
        said.push(line)
        if (line === 'stopped') resolve()
      })
    })
    try {
      await Promise.race([isStopped, exited])
      t.true(await runUntil(args, NO_KILL))
      stopped.kill('SIGCONT')
      t.not((await exited)[0], 0)
      await isClosed
      t.regex(said.at(-1)!, /^failed STREAM_FAILED CONCURRENT_STREAM_LOG_UPDATE/)
    } finally {
      stopped.kill('SIGKILL')
    }
    await withSession('local[2]', async (session) => {
      const rows = await session.read.parquet(join(directory, 'out')).select('id').orderBy('id').collect()
      t.deepEqual(
        rows.map((row) => Number(row['id'])),
        Array.from({ length: RECORDS }, (_, id) => id),
      )
    })
    await nothingIsLeft(t, directory)
  }))
