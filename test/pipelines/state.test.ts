import test from 'ava'
import type { Block } from '../../columnar/block.js'
import type { Timestamp } from '../../columnar/timestamp.js'
import { BIGINT, decimal, field, STRING, struct, TIMESTAMP } from '../../columnar/types.js'
import type { TaskState } from '../../executor/pipelines/task.js'
import type { PhysicalPlan } from '../../planner/plan/physical/plan.js'
import type { OutputMode } from '../../planner/plan/physical/stateful.js'
import { Random } from '../support/random.js'
import { aggregate, aggregateCall, bound, named, run, schemaOf, table, tableOfBlocks } from '../support/stages.js'

const WINDOW = struct([field('start', TIMESTAMP, false), field('end', TIMESTAMP, false)])
const FIELDS = [field('w', WINDOW, false), field('user', STRING), field('v', decimal(12, 2)), field('n', BIGINT)]

interface Event {
  readonly second: number
  readonly user: string | null
  readonly v: string | null
}

const microsOf = (name: 'lateMicros' | 'finalMicros', seconds: number | undefined) =>
  seconds === undefined ? {} : { [name]: BigInt(seconds) * 1_000_000n }

const windowOf = (second: number) => {
  const start = Math.floor(second / 10) * 10
  return { start: new Date(start * 1000), end: new Date((start + 10) * 1000) }
}

/** A streaming query's stateful stage, batch by batch, with its state in memory. */
class Query {
  readonly #mode: OutputMode
  #blocks: readonly Block[] = []
  #batchId = 0
  stateRows = 0

  constructor(mode: OutputMode) {
    this.#mode = mode
  }

  async batch(events: readonly Event[], lateSeconds?: number, finalSeconds = lateSeconds): Promise<string[]> {
    const rows = events.map(({ second, user, v }) => ({ w: windowOf(second), user, v, n: 1n }))
    const input = table(FIELDS, rows, 50)
    const keys = ['w', 'user'].map((name) => named(name, bound(input, name)))
    const calls = [
      aggregateCall('count', 'count', BIGINT, []),
      aggregateCall('sum', 'sum', decimal(22, 2), [bound(input, 'v')]),
      aggregateCall('last', 'max', STRING, [bound(input, 'user')]),
      aggregateCall('avg', 'avg', decimal(16, 6), [bound(input, 'v')]),
    ]
    const partial = aggregate('partial', input, keys, calls)
    const { emitted } = await run(partial)
    const read = tableOfBlocks(
      schemaOf(partial).fields,
      emitted.map((x) => x.block),
    )
    const merged = keys.map((key, i) => ({ ...key, expression: bound(read, i === 0 ? 'w' : 'user') }))
    const window = merged[0]!.expression
    const plan: PhysicalPlan = {
      kind: 'stateAggregate',
      state: { operatorId: 0, signature: '', watermarks: [0] },
      inputs: [read],
      keys: merged,
      aggregates: calls,
      outputMode: this.#mode,
      expiry: { kind: 'getField', child: window, ordinal: 1, type: TIMESTAMP, nullable: false },
      attributes: aggregate('final', read, merged, calls).attributes,
    }
    const before = this.#blocks
    const state: TaskState = {
      blocks: async function* () {
        yield* before
      },
      save: async (_, blocks) => {
        this.#blocks = blocks
        this.stateRows = blocks.reduce((sum, block) => sum + block.rows, 0)
      },
    }
    const streaming = {
      queryId: 'q',
      batchId: this.#batchId++,
      epoch: 1,
      checkpointLocation: '',
      operators: { 0: { ...microsOf('lateMicros', lateSeconds), ...microsOf('finalMicros', finalSeconds) } },
    }
    const { rows: out } = await run(plan, { state, streaming })
    return out
      .map(([w, user, count, sum, last, avg]) => {
        const { start } = w as { start: Timestamp }
        return [start.getTime() / 1000, user, count, sum, last, avg].map(String).join(' ')
      })
      .sort()
  }
}

const ann = (second: number, v: string | null = '1.00'): Event => ({ second, user: 'ann', v })
const nobody = (second: number): Event => ({ second, user: null, v: null })

test('update emits the groups that changed, and forgets those that are final', async (t) => {
  const query = new Query('update')
  t.deepEqual(await query.batch([ann(1), ann(2, '2.50'), nobody(3)]), [
    '0 ann 2 3.50 ann 1.750000',
    '0 null 1 null null null',
  ])
  t.deepEqual(await query.batch([ann(12), ann(3, null)]), ['0 ann 3 3.50 ann 1.750000', '10 ann 1 1.00 ann 1.000000'])
  t.is(query.stateRows, 3)
  // The window up to 10 s is final: what comes for it is late, and it leaves the state.
  t.deepEqual(await query.batch([ann(4), ann(13)], 10), ['10 ann 2 2.00 ann 1.000000'])
  t.is(query.stateRows, 1)
  t.deepEqual(await query.batch([], 10), [])
  t.is(query.stateRows, 1)
})

test('rows are late by the watermark of the batch before, while groups are final by that of the batch', async (t) => {
  const query = new Query('update')
  await query.batch([ann(1), ann(12)])
  t.deepEqual(await query.batch([ann(4)], 9, 10), ['0 ann 2 2.00 ann 1.000000'])
  t.is(query.stateRows, 1)
  const appended = new Query('append')
  await appended.batch([ann(1)])
  t.deepEqual(await appended.batch([ann(2)], 9, 10), ['0 ann 2 2.00 ann 1.000000'])
  t.deepEqual(await appended.batch([ann(3)], 10, 10), [])
})

test('append emits groups once, when they are final', async (t) => {
  const query = new Query('append')
  t.deepEqual(await query.batch([ann(1), ann(11)]), [])
  t.deepEqual(await query.batch([ann(2)], 9), [])
  t.deepEqual(await query.batch([ann(3), ann(12)], 10), ['0 ann 2 2.00 ann 1.000000'])
  t.deepEqual(await query.batch([], 30), ['10 ann 2 2.00 ann 1.000000'])
  t.is(query.stateRows, 0)
})

test('complete emits all groups of all batches and forgets none', async (t) => {
  const query = new Query('complete')
  await query.batch([ann(1), nobody(1)])
  t.deepEqual(await query.batch([ann(11), ann(2)], 100), [
    '0 ann 2 2.00 ann 1.000000',
    '0 null 1 null null null',
    '10 ann 1 1.00 ann 1.000000',
  ])
})

test('random batches add up to what one batch of everything gives', async (t) => {
  const random = new Random(31)
  const events = Array.from({ length: 9000 }, (): Event => {
    const user = random.chance(0.1) ? null : `user ${random.integer(0, 2500)}`
    return { second: random.integer(0, 60), user, v: random.chance(0.1) ? null : `${random.integer(-500, 500)}.25` }
  })
  const parts = new Query('complete')
  let last: string[] = []
  for (let at = 0; at < events.length; at += 1500) last = await parts.batch(events.slice(at, at + 1500))
  t.true(last.length > 5000)
  t.deepEqual(last, await new Query('complete').batch(events))
})

test('a state of more groups than a block holds is kept whole', async (t) => {
  const events = Array.from({ length: 40_000 }, (_, i): Event => ({ second: 1, user: `user ${i}`, v: '1.00' }))
  const query = new Query('update')
  t.is((await query.batch(events)).length, events.length)
  t.is(query.stateRows, events.length)
  t.deepEqual(await query.batch([events[7]!, events[39_999]!]), [
    '0 user 39999 2 2.00 user 39999 1.000000',
    '0 user 7 2 2.00 user 7 1.000000',
  ])
  t.is(query.stateRows, events.length)
})

test('a stateful operator outside a streaming query is refused', async (t) => {
  const input = table([field('k', STRING), field('c', BIGINT, false)], [{ k: 'a', c: 1n }])
  const calls = [aggregateCall('c', 'count', BIGINT, [])]
  const keys = [named('k', bound(input, 'k'))]
  const attributes = aggregate('final', input, keys, calls).attributes
  const plan: PhysicalPlan = {
    kind: 'stateAggregate',
    state: { operatorId: 0, signature: '', watermarks: [] },
    inputs: [input],
    keys,
    aggregates: calls,
    outputMode: 'update',
    attributes,
  }
  await t.throwsAsync(run(plan), { message: /UNSUPPORTED_FEATURE/ })
})
