import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import test from 'ava'
import { createLogger } from '../../common/log.js'
import type { EngineEvent } from '../../driver/events/engine-event.js'
import { EventLog, type EventLogOptions } from '../../driver/events/log/event-log.js'
import { until } from '../support/fake-cluster.js'

const START: EngineEvent = {
  kind: 'applicationStart',
  ...{ timeMs: 0, appId: 'a', appName: 'name', user: 'u', master: 'local', settings: {} },
}
const added = (n: number, reason = ''): EngineEvent => ({
  ...{ kind: 'executorRemoved', timeMs: n, executorId: `e${n}`, reason, isDecommissioned: false },
})

async function withFolder(body: (dir: string) => Promise<void>): Promise<void> {
  const dir = mkdtempSync(join(tmpdir(), 'event-log-'))
  await body(dir).finally(() => rmSync(dir, { recursive: true, force: true }))
}
const open = (dir: string, options: Partial<EventLogOptions> = {}): Promise<EventLog> =>
  EventLog.open({
    ...{ dir, appId: 'a', maxFileBytes: 1e6, maxFiles: 3, logger: createLogger('test', 'silent') },
    ...options,
  })
const linesOf = (dir: string, file: string): readonly Record<string, unknown>[] =>
  readFileSync(join(dir, 'eventlog_v2_a', file), 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line))
const ids = (dir: string, file: string): readonly unknown[] =>
  linesOf(dir, file).map(({ kind, executorId }) => executorId ?? kind)

test('events are kept in their order, and the log tells whether it has ended', (t) =>
  withFolder(async (dir) => {
    const log = await open(dir)
    log.onEvent(START)
    for (const n of [1, 2, 3]) log.onEvent(added(n))
    log.onEvent({
      kind: 'executorMetrics',
      timeMs: 0,
      executorId: 'e',
      memory: { limitBytes: 1, heldBytes: 1, storedBytes: 1, residentBytes: 1 },
    })
    t.deepEqual(readdirSync(join(dir, 'eventlog_v2_a')), ['appstatus_a.inprogress'])
    await log.close()
    t.deepEqual(readdirSync(join(dir, 'eventlog_v2_a')), ['appstatus_a', 'events_1_a'])
    t.deepEqual(ids(dir, 'events_1_a'), ['applicationStart', 'e1', 'e2', 'e3'])
    t.is(statSync(join(dir, 'eventlog_v2_a')).mode & 0o77, 0)
    t.is(statSync(join(dir, 'eventlog_v2_a', 'events_1_a')).mode & 0o77, 0)
  }))

test('a start that is longer than a file takes no room from the events', (t) =>
  withFolder(async (dir) => {
    const log = await open(dir, { maxFileBytes: 4000, maxFiles: 2 })
    log.onEvent({ ...START, settings: { long: 'x'.repeat(5000) } })
    for (let n = 1; n <= 9; n++) log.onEvent(added(n))
    await log.close()
    t.deepEqual(ids(dir, 'events_1_a'), ['applicationStart', 'e1', 'e2', 'e3', 'e4', 'e5', 'e6', 'e7', 'e8', 'e9'])
  }))

test('files are rolled, each begins with the start of the application, and the oldest are removed', (t) =>
  withFolder(async (dir) => {
    const log = await open(dir, { maxFileBytes: 200, maxFiles: 2 })
    log.onEvent(START)
    for (let n = 1; n <= 9; n++) log.onEvent(added(n))
    await log.close()
    const [, ...files] = readdirSync(join(dir, 'eventlog_v2_a'))
    t.deepEqual(files, ['events_2_a', 'events_3_a'])
    t.deepEqual(
      files.flatMap((file) => ids(dir, file)),
      ['applicationStart', 'e4', 'e5', 'e6', 'applicationStart', 'e7', 'e8', 'e9'],
    )
  }))

test('a start that is larger than a file leaves room for one event in each', (t) =>
  withFolder(async (dir) => {
    const log = await open(dir, { maxFileBytes: 10, maxFiles: 9 })
    log.onEvent(START)
    for (const n of [1, 2]) log.onEvent(added(n))
    await log.close()
    t.deepEqual(ids(dir, 'events_1_a'), ['applicationStart', 'e1'])
    t.deepEqual(ids(dir, 'events_2_a'), ['applicationStart', 'e2'])
  }))

test('events that find no room are left out and counted, and those behind them are kept', (t) =>
  withFolder(async (dir) => {
    const log = await open(dir, { mostWaitingBytes: 200 })
    log.onEvent(START)
    for (let n = 1; n <= 5; n++) log.onEvent(added(n))
    const file = join(dir, 'eventlog_v2_a', 'events_1_a')
    await until(() => existsSync(file) && /eventsLeftOut.*\n$/.test(readFileSync(file, 'utf8')))
    log.onEvent(added(6))
    await log.close()
    t.deepEqual(ids(dir, 'events_1_a'), ['applicationStart', 'e1', 'e2', 'eventsLeftOut', 'e6'])
    t.is(linesOf(dir, 'events_1_a')[3]!['events'], 3)
  }))

test('nobody reads in the log what URLs tell of their user, and numbers of any size are written', (t) =>
  withFolder(async (dir) => {
    const log = await open(dir)
    log.onEvent(START)
    log.onEvent(added(1, 'cannot read https://me:hidden@host/x?token=hidden&a=1'))
    log.onEvent({ ...added(2), timeMs: 2n ** 60n } as unknown as EngineEvent)
    await log.close()
    const text = readFileSync(join(dir, 'eventlog_v2_a', 'events_1_a'), 'utf8')
    t.false(text.includes('hidden'))
    t.regex(text, /https:\/\/\*+@host\/x\?token=\*+&a=1/)
    t.is(linesOf(dir, 'events_1_a')[2]!['timeMs'], String(2n ** 60n))
  }))

test('a folder that cannot be made is one condition, and a disk that fails later ends the log with one warning', (t) =>
  withFolder(async (dir) => {
    writeFileSync(join(dir, 'file'), '')
    await t.throwsAsync(open(join(dir, 'file')), { message: /^\[CANNOT_WRITE_EVENT_LOG\].*file\/eventlog_v2_a/ })
    const warned: unknown[] = []
    const logger = { ...createLogger('test', 'silent'), warn: (_: object, text: string) => void warned.push(text) }
    const log = await open(dir, { logger: logger as unknown as EventLogOptions['logger'] })
    log.onEvent(START)
    rmSync(join(dir, 'eventlog_v2_a'), { recursive: true })
    log.onEvent(added(1))
    await log.close()
    log.onEvent(added(2))
    await log.close()
    t.deepEqual(warned, ['the log of events ends here'])
  }))
