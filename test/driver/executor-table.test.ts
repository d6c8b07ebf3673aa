import test from 'ava'
import { ExecutorTable } from '../../driver/executors/executor-table.js'

const TIMEOUT_MS = 8_000
const anywhere = (): boolean => true

function tableOf(slots: Readonly<Record<string, number>>): ExecutorTable {
  const table = new ExecutorTable(TIMEOUT_MS)
  table.advance(0)
  for (const [id, count] of Object.entries(slots)) table.register(id, count, `host of ${id}`, true, 0)
  return table
}

test('an executor that is gone does not come back under its id, and of a thousand others that is known', (t) => {
  const table = tableOf({ a: 2 })
  table.occupy('a', 7)
  t.deepEqual(table.remove('a'), [7])
  table.register('a', 2, 'h', true, 1)
  t.false(table.has('a'))
  t.is(table.hostOf('a'), 'host of a')
  for (let i = 0; i < 999; i++) table.remove(`other ${i}`)
  t.is(table.hostOf('a'), 'host of a')
  table.remove('the thousandth after it')
  t.is(table.hostOf('a'), '')
})

test('those are silent that send heartbeats and were not heard for the time-out, as far as the driver was awake', (t) => {
  const table = tableOf({ heard: 1, silent: 1 })
  table.register('in the process', 1, '', false, 0)
  for (let at = 1_000; at < TIMEOUT_MS; at += 1_000) {
    table.advance(at)
    if (at === 3_000) table.seen('heard', at)
  }
  table.advance(TIMEOUT_MS - 1)
  t.deepEqual(table.silent(TIMEOUT_MS - 1), [])
  t.is(table.nextWakeMs(), TIMEOUT_MS)
  table.advance(TIMEOUT_MS)
  t.deepEqual(table.silent(TIMEOUT_MS), ['silent'])
  for (let at = TIMEOUT_MS; at <= TIMEOUT_MS + 3_000; at += 1_000) table.advance(at)
  t.deepEqual(table.silent(TIMEOUT_MS + 3_000), ['heard', 'silent'])
  const alone = new ExecutorTable(TIMEOUT_MS)
  alone.register('in the process', 1, '', false, 0)
  t.is(alone.nextWakeMs(), Number.POSITIVE_INFINITY)
})

test('an executor is idle since its last task ended, and not while one runs', (t) => {
  const table = tableOf({ a: 2 })
  const idle = (): number | undefined => table.summaries()[0]!.idleSinceMs
  t.is(idle(), 0)
  table.occupy('a', 1)
  table.occupy('a', 2)
  table.advance(100)
  t.is(idle(), undefined)
  table.vacate('a', 1)
  t.is(idle(), undefined)
  table.advance(200)
  table.vacate('a', 2)
  table.advance(300)
  table.vacate('a', 2)
  t.is(idle(), 200)
})

test('when an executor was seen last does not go back', (t) => {
  const table = tableOf({ a: 1 })
  table.seen('a', 500)
  table.seen('a', 400)
  t.like(table.summaries()[0], { executorId: 'a', lastSeenMs: 500 })
})

test('a task goes where the largest share of slots is free, and where it failed only when there is no other', (t) => {
  const table = tableOf({ large: 4, small: 2, full: 1 })
  table.occupy('full', 1)
  table.occupy('large', 2)
  t.is(table.mostFree(anywhere, undefined), 'small', 'a whole one has a larger share than three of four')
  t.is(table.mostFree(anywhere, 'small'), 'large')
  t.is(
    table.mostFree((id) => id === 'small', 'small'),
    'small',
  )
  t.is(
    table.mostFree((id) => id === 'full', undefined),
    undefined,
  )
  table.occupy('small', 3)
  table.occupy('small', 4)
  t.is(table.mostFree(anywhere, 'large'), 'large')
  for (const attempt of [5, 6, 7]) table.occupy('large', attempt)
  t.is(table.mostFree(anywhere, 'large'), undefined)
  t.false(table.hasFree())
  table.vacate('full', 1)
  t.true(table.hasFree())
  t.is(table.free('full'), 1)
})
