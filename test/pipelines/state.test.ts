import { rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import test from 'ava'
import { BIGINT, field, STRING } from '../../columnar/types.js'
import type { PhysicalPlan } from '../../planner/plan/physical/plan.js'
import { type Event, Query } from '../support/event-query.js'
import { snapshotsInParts } from '../support/kept-stage.js'
import { Random } from '../support/random.js'
import { aggregate, aggregateCall, bound, keptOf, named, run, table } from '../support/stages.js'

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

/** Events of a batch that moves on in time, with names of many lengths. */
const randomEvents = (random: Random, batch: number): readonly Event[] =>
  Array.from({ length: random.pick([0, 1, 60, 400]) }, () => {
    const user = random.chance(0.05) ? null : `${'user '.repeat(random.integer(0, 4))}${random.integer(0, 900)}`
    const second = Math.max(0, batch * 4 + random.integer(-25, 15))
    return { second, user, v: random.chance(0.1) ? null : `${random.integer(-500, 500)}.25` }
  })

/** What differs from run to run. */
const UNCERTAIN = { memoryBytes: 0, updatesMs: 0, removalsMs: 0, commitMs: 0 }

test('state that stays in memory, and state that each batch or some batches restore, give the same for ever', async (t) => {
  for (const mode of ['update', 'append', 'complete'] as const) {
    const random = new Random(mode === 'append' ? 5 : 6)
    const [kept, restored, mixed] = [new Query(mode), new Query(mode, false), new Query(mode)]
    let [late, final]: (number | undefined)[] = []
    for (let batch = 0; batch < 90; batch++) {
      const events = randomEvents(random, batch)
      const out = await kept.batch(events, late, final)
      t.deepEqual(await restored.batch(events, late, final), out, `${mode}, batch ${batch}`)
      if (random.chance(0.2)) mixed.forget()
      t.deepEqual(await mixed.batch(events, late, final), out, `${mode}, batch ${batch}, mixed`)
      t.deepEqual({ ...restored.counts, ...UNCERTAIN }, { ...kept.counts, ...UNCERTAIN })
      late = final
      if (events.length > 0) final = Math.max(final ?? 0, batch * 4 - 20)
    }
    const kinds = kept.files().map((file) => file.split('.').at(-1))
    t.true(kinds.includes('delta') && kinds.includes('snapshot'), `${mode}: ${kinds}`)
    kept.forget()
    mixed.forget()
  }
})

test('snapshots of many groups are made bit by bit, and what is read again is what stays in memory', async (t) => {
  const random = new Random(77)
  const [kept, mixed] = [new Query('update'), new Query('update')]
  let inParts = 0
  let [late, final]: (number | undefined)[] = []
  for (let batch = 0; batch < 60; batch++) {
    const events = Array.from({ length: 3000 }, (_, i): Event => {
      const user = random.chance(0.5) ? `user ${random.integer(0, 900)}` : `${'user '.repeat(i % 4)}${batch * 3000 + i}`
      return { second: batch * 2 + random.integer(0, 60), user, v: `${random.integer(-500, 500)}.25` }
    })
    const out = await kept.batch(events, late, final)
    if (random.chance(0.15)) mixed.forget()
    t.deepEqual(await mixed.batch(events, late, final), out, `batch ${batch}`)
    t.deepEqual({ ...mixed.counts, ...UNCERTAIN }, { ...kept.counts, ...UNCERTAIN })
    late = final
    final = batch * 2 - 10
    inParts = Math.max(inParts, snapshotsInParts(kept.files()))
    const isDelta = kept.files().some((file) => file.startsWith(`${batch}.`) && file.endsWith('.delta'))
    if (batch > 15) t.true(isDelta, `batch ${batch} writes all rows`)
  }
  t.true(kept.stateRows > 40_000, `${kept.stateRows} rows`)
  t.true(inParts > 0, kept.files().join(' '))
  kept.forget()
  mixed.forget()
  const all = Array.from({ length: 900 }, (_, i): Event => ({ second: 125, user: `user ${i}`, v: '1.00' }))
  t.deepEqual(await mixed.batch(all, late, final), await kept.batch(all, late, final))
  kept.forget()
  mixed.forget()
})

test('a snapshot that is made bit by bit begins anew when so many rows expired that the others moved together', async (t) => {
  const [kept, restored] = [new Query('update'), new Query('update', false)]
  const users = (second: number, from: number, count: number): readonly Event[] =>
    Array.from({ length: count }, (_, i) => ({ second, user: `a user of some name ${from + i}`, v: '1.00' }))
  const run = async (events: readonly Event[], final?: number): Promise<void> => {
    t.deepEqual(await kept.batch(events, 0, final), await restored.batch(events, 0, final))
  }
  await run([...users(5, 0, 25_000), ...users(15, 0, 20_000)], 1)
  while (snapshotsInParts(kept.files()) === 0) await run(users(15, 0, 2500), 1)
  await run(users(15, 2500, 2500), 10)
  t.is(kept.stateRows, 20_000)
  for (let i = 0; i < 4; i++) await run(users(15, 5000, 2500), 10)
  t.true(snapshotsInParts(kept.files()) > 0, kept.files().join(' '))
  kept.forget()
  await run(users(15, 0, 20_000), 10)
  kept.forget()
})

test('a batch whose state is in memory reads no file, and one that finds another version there reads them', async (t) => {
  const query = new Query('update')
  const names = Array.from({ length: 100 }, (_, i): Event => ({ second: 1, user: `user ${i}`, v: '1.00' }))
  await query.batch(names)
  await query.batch([ann(1)])
  rmSync(query.fileFolder, { recursive: true })
  t.deepEqual(await query.batch([ann(2)]), ['0 ann 2 2.00 ann 1.000000'])
  query.goBack()
  await t.throwsAsync(query.batch([ann(2)]), { message: /STREAMING_CHECKPOINT_CORRUPT.*no such file/ })
})

test('a batch writes what it touches, and nothing when it touches nothing', async (t) => {
  const query = new Query('update')
  await query.batch(Array.from({ length: 20_000 }, (_, i): Event => ({ second: 1, user: `user ${i}`, v: '1.00' })))
  const [first] = query.files()
  const sizeOf = (file: string): number => statSync(join(query.fileFolder, file)).size
  await query.batch([{ second: 1, user: 'user 7', v: '1.00' }])
  const [, second] = query.files()
  t.true(sizeOf(second!) * 100 < sizeOf(first!), `${sizeOf(second!)} of ${sizeOf(first!)}`)
  await query.batch([], 0, 5)
  t.is(query.files().length, 2)
  t.deepEqual(
    { ...query.counts, ...UNCERTAIN },
    { rowsTotal: 20_000, rowsUpdated: 0, rowsRemoved: 0, rowsDropped: 0, ...UNCERTAIN },
  )
  await query.batch([ann(3)], 5, 10)
  t.like(query.counts, { rowsTotal: 0, rowsUpdated: 1, rowsRemoved: 20_001, rowsDropped: 0 })
  await query.batch([ann(3)], 10, 10)
  t.like(query.counts, { rowsTotal: 0, rowsUpdated: 0, rowsRemoved: 0, rowsDropped: 1 })
  query.forget()
})

test('rows that a batch adds and removes again are not written', async (t) => {
  const query = new Query('update')
  const named = (second: number, count: number): readonly Event[] =>
    Array.from({ length: count }, (_, i) => ({ second, user: `a user with a name of some length ${i}`, v: '1.00' }))
  await query.batch(named(55, 3000))
  await query.batch(named(5, 500), 0, 10)
  const [, delta] = query.files()
  const { size } = statSync(join(query.fileFolder, delta!))
  t.true(size < 2000, `${size} bytes`)
  t.like(query.counts, { rowsTotal: 3000, rowsUpdated: 500, rowsRemoved: 500 })
  query.forget()
})

test('the memory of groups that were removed is used again', async (t) => {
  const query = new Query('update')
  let most = 0
  for (let batch = 0; batch < 40; batch++) {
    const user = (i: number): string => `a name that is long enough to lie beside its row, ${batch} ${i}`
    const events = Array.from({ length: 1000 }, (_, i): Event => ({ second: batch * 10, user: user(i), v: '1.00' }))
    await query.batch(events, batch * 10 - 10, batch * 10)
    if (batch === 5) most = query.counts!.memoryBytes * 2
    if (batch > 5) t.true(query.counts!.memoryBytes < most, `${query.counts!.memoryBytes} bytes in batch ${batch}`)
  }
  query.forget()
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

test('a task that has no memory to read its state for those of others has these leave it', async (t) => {
  const named = (users: number): readonly Event[] =>
    Array.from({ length: users }, (_, i) => ({ second: 1, user: `user ${i}`, v: '1.00' }))
  const [large, small] = [new Query('update'), new Query('update')]
  await large.batch(named(60_000))
  await small.batch(named(10_000))
  small.forget()
  const [file] = small.files()
  small.memoryBytes = large.counts!.memoryBytes + statSync(join(small.fileFolder, file!)).size
  t.is((await small.batch([ann(1)])).length, 1)
  t.is(small.stateRows, 10_001)
  large.forget()
  small.forget()
})

test('a stateful operator outside a streaming query is refused', async (t) => {
  const input = table([field('k', STRING), field('c', BIGINT, false)], [{ k: 'a', c: 1n }])
  const calls = [aggregateCall('c', 'count', BIGINT, [])]
  const keys = [named('k', bound(input, 'k'))]
  const attributes = aggregate('final', input, keys, calls).attributes
  const plan: PhysicalPlan = {
    kind: 'stateAggregate',
    state: keptOf(keys, calls),
    inputs: [input],
    keys,
    aggregates: calls,
    outputMode: 'update',
    attributes,
  }
  await t.throwsAsync(run(plan), { message: /UNSUPPORTED_FEATURE/ })
})
