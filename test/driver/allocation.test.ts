import test from 'ava'
import { Config } from '../../common/config/config.js'
import type { Driver } from '../../driver/driver.js'
import { DynamicAllocation } from '../../driver/dynamic-allocation.js'
import { Allocation, type AllocationOptions, allocationOptions } from '../../driver/index.js'
import type { Workload } from '../../driver/jobs/workload.js'
import type { Fleet } from '../../driver/launch/fleet.js'
import { Random } from '../support/random.js'

type Held = 'cache' | 'shuffle' | 'result'

const OPTIONS: AllocationOptions = {
  ...{ minExecutors: 1, maxExecutors: 20, initialExecutors: 1, ratio: 1, slots: 2 },
  ...{ backlogMs: 1_000, sustainedBacklogMs: 500, idleMs: 60_000 },
  ...{ cachedIdleMs: Number.POSITIVE_INFINITY, shuffleIdleMs: Number.POSITIVE_INFINITY },
}

interface Fake {
  readonly id: string
  readonly holds?: readonly Held[]
  /** Since when it is idle; undefined when it works. */
  readonly idleMs?: number
  readonly isLeaving?: boolean
  readonly slots?: number
}

const load = (waiting: number, fakes: readonly Fake[]): Workload => ({
  waiting,
  running: fakes.filter(({ idleMs }) => idleMs === undefined).length * 2,
  executors: fakes.map(({ id, idleMs, isLeaving = false, slots = 2 }) => {
    const running = idleMs === undefined ? 2 : 0
    return { executorId: id, slots, running, lastSeenMs: 0, idleSinceMs: idleMs, isLeaving }
  }),
  heldBy: (id) => new Set(fakes.find((fake) => fake.id === id)!.holds),
})
const busy = (count: number): Fake[] => Array.from({ length: count }, (_, i) => ({ id: `e${i}` }))

test('while tasks wait, executors are added one, two, four and so on at a time, up to what the tasks need', (t) => {
  const allocation = new Allocation(OPTIONS)
  const targets: number[] = []
  let nowMs = 0
  for (let i = 0; i < 8; i++) {
    const { target } = allocation.decide(load(22, busy(targets.at(-1) ?? 1)), nowMs)
    targets.push(target)
    nowMs = allocation.wakeAtMs
  }
  t.deepEqual(targets, [1, 2, 4, 8, 16, 20, 20, 20])
  t.is(nowMs, 1_000 + 7 * 500)
})

test('no more are wanted than the tasks need, by the part that settings say', (t) => {
  for (const [ratio, expected] of [
    [1, 6],
    [0.5, 3],
  ] as const) {
    const allocation = new Allocation({ ...OPTIONS, ratio })
    let target = 1
    for (let i = 0, nowMs = 0; i < 6; i++, nowMs += 1_000) target = allocation.decide(load(10, busy(1)), nowMs).target
    t.is(target, expected)
  }
})

test('where executors have different numbers of slots, new ones are expected to have as many as the largest', (t) => {
  const allocation = new Allocation({ ...OPTIONS, initialExecutors: 10 })
  const fakes: Fake[] = [
    { id: 'a', slots: 2 },
    { id: 'b', slots: 8 },
    { id: 'c', slots: 4 },
  ]
  t.is(allocation.decide(load(18, fakes), 0).target, 3, '24 tasks at 8 for each')
})

test('when fewer were needed than would have been added, one is added at a time again', (t) => {
  const allocation = new Allocation(OPTIONS)
  const targets: number[] = []
  let nowMs = 0
  // Executors that are needed, of two slots each: those that are there work.
  for (const needed of [5, 5, 5, 5, 20, 20]) {
    const there = targets.at(-1) ?? 1
    const { target } = allocation.decide(load((needed - there) * 2, busy(there)), nowMs)
    targets.push(target)
    nowMs = Number.isFinite(allocation.wakeAtMs) ? allocation.wakeAtMs : nowMs + 1_000
  }
  t.deepEqual(targets, [1, 2, 4, 5, 6, 8])
})

test('who holds both a cache and what a shuffle wrote stays for the longer of both times', (t) => {
  for (const [cachedIdleMs, shuffleIdleMs] of [
    [300_000, 100_000],
    [100_000, 300_000],
  ] as const) {
    const allocation = new Allocation({ ...OPTIONS, minExecutors: 0, initialExecutors: 0, cachedIdleMs, shuffleIdleMs })
    const fakes: Fake[] = [{ id: 'a', idleMs: 0, holds: ['cache', 'shuffle'] }]
    t.deepEqual(allocation.decide(load(0, fakes), 299_999).leave, [])
    t.is(allocation.decide(load(0, fakes), 300_000).leave.length, 1)
  }
})

test('waits shorter than the time-out add none, and each backlog begins anew', (t) => {
  const allocation = new Allocation(OPTIONS)
  t.is(allocation.decide(load(10, busy(1)), 0).target, 1)
  t.is(allocation.decide(load(10, busy(1)), 999).target, 1)
  t.is(allocation.decide(load(0, busy(1)), 1_000).target, 1)
  t.is(allocation.wakeAtMs, Number.POSITIVE_INFINITY)
  t.is(allocation.decide(load(10, busy(1)), 1_100).target, 1)
  t.is(allocation.decide(load(10, busy(1)), 2_099).target, 1)
  t.is(allocation.decide(load(10, busy(1)), 2_100).target, 2)
})

test('executors that are there beyond what was wanted count when a new backlog comes', (t) => {
  const allocation = new Allocation({ ...OPTIONS, minExecutors: 0 })
  const idle = [1, 2, 3, 4].map((i): Fake => ({ id: `e${i}`, idleMs: 0, holds: ['cache'] }))
  allocation.decide(load(0, busy(1)), 0)
  t.is(allocation.decide(load(0, idle), 1).target, 0)
  allocation.decide(load(20, busy(4)), 10)
  t.is(allocation.decide(load(20, busy(4)), 1_010).target, 5)
})

test('one that runs nothing for long goes, unless too few would be left', (t) => {
  const allocation = new Allocation(OPTIONS)
  allocation.decide(load(0, busy(3)), 0)
  const idle: Fake[] = [
    { id: 'a', idleMs: 0 },
    { id: 'b', idleMs: 10 },
    { id: 'c', idleMs: 20 },
  ]
  t.deepEqual(allocation.decide(load(0, idle), 59_999).leave, [])
  t.is(allocation.wakeAtMs, 60_000)
  t.deepEqual(allocation.decide(load(0, idle), 60_000).leave, [{ executorId: 'a', reason: 'it ran nothing for 60 s' }])
  const left: Fake[] = [{ ...idle[0]!, isLeaving: true }, ...idle.slice(1)]
  t.deepEqual(
    allocation.decide(load(0, left), 90_000).leave.map(({ executorId }) => executorId),
    ['b'],
  )
})

test('those that hold nothing go first, and what they hold keeps them for as long as settings say', (t) => {
  const options = { ...OPTIONS, minExecutors: 0, cachedIdleMs: 100_000, shuffleIdleMs: 200_000 }
  const fakes: Fake[] = [
    { id: 'cached', idleMs: 0, holds: ['cache'] },
    { id: 'shuffled', idleMs: 0, holds: ['shuffle'] },
    { id: 'both', idleMs: 0, holds: ['cache', 'shuffle'] },
    { id: 'result', idleMs: 0, holds: ['result'] },
    { id: 'empty', idleMs: 1 },
  ]
  const leaving = (nowMs: number): string[] => {
    const allocation = new Allocation(options)
    allocation.decide(load(0, busy(1)), 0)
    return allocation.decide(load(0, fakes), nowMs).leave.map(({ executorId }) => executorId)
  }
  t.deepEqual(leaving(60_001), ['empty'])
  t.deepEqual(leaving(100_000), ['empty', 'cached'])
  t.deepEqual(leaving(200_000), ['empty', 'cached', 'shuffled', 'both'])
  const one = new Allocation({ ...options, minExecutors: 4 })
  one.decide(load(0, busy(4)), 0)
  t.deepEqual(
    one.decide(load(0, fakes), 300_000).leave.map(({ executorId }) => executorId),
    ['empty'],
  )
})

test('the first executors stay until there was work, or one had nothing to do for too long', (t) => {
  const first = new Allocation({ ...OPTIONS, initialExecutors: 5 })
  t.is(first.decide(load(0, []), 0).target, 5)
  t.is(first.decide(load(1, busy(1)), 10).target, 2)
  const second = new Allocation({ ...OPTIONS, initialExecutors: 2 })
  const idle: Fake[] = [
    { id: 'a', idleMs: 0 },
    { id: 'b', idleMs: 0 },
  ]
  t.is(second.decide(load(0, idle), 59_999).target, 2)
  t.deepEqual(second.decide(load(0, idle), 60_000), {
    target: 1,
    leave: [{ executorId: 'a', reason: 'it ran nothing for 60 s' }],
  })
})

/** Executors that start after a while and may fail to, tasks in bursts, caches that come and go. */
function history(seed: number): { readonly grown: number; readonly shrunk: number } {
  const random = new Random(seed)
  const minExecutors = random.integer(0, 3)
  const maxExecutors = minExecutors + random.integer(1, 8)
  const options: AllocationOptions = {
    ...{ minExecutors, maxExecutors, initialExecutors: random.integer(minExecutors, maxExecutors) },
    ...{ ratio: random.pick([1, 0.5]), slots: 2, backlogMs: random.integer(1, 2_000) },
    ...{ sustainedBacklogMs: random.integer(1, 2_000), idleMs: random.integer(1, 5_000) },
    ...{ cachedIdleMs: random.integer(5_000, 9_000), shuffleIdleMs: random.integer(5_000, 9_000) },
  }
  const allocation = new Allocation(options)
  const executors = new Map<string, { idleMs: number | undefined; isLeaving: boolean; holds: Held[] }>()
  let [next, waiting, grown, shrunk, nowMs, target] = [0, 0, 0, 0, 0, options.initialExecutors]
  const step = (isCalm: boolean): void => {
    nowMs += random.integer(0, 700)
    if (!isCalm && random.chance(0.1)) waiting += random.integer(0, 30)
    for (const [id, one] of executors) {
      const works = waiting > 0 && !one.isLeaving && random.chance(0.8)
      if (works) waiting = Math.max(0, waiting - 2)
      if (works) one.idleMs = undefined
      else one.idleMs ??= nowMs
      if (!isCalm && random.chance(0.05)) one.holds = random.pick<Held[]>([[], ['cache'], ['shuffle', 'cache']])
      if ((one.isLeaving && random.chance(0.5)) || (!isCalm && random.chance(0.01))) executors.delete(id)
    }
    const there = [...executors].map(([id, one]): Fake => ({ id, ...one, idleMs: one.idleMs! }))
    const decision = allocation.decide(load(waiting, there), nowMs)
    const staying = [...executors.values()].filter(({ isLeaving }) => !isLeaving).length
    const { leave } = decision
    const within = decision.target >= minExecutors && decision.target <= maxExecutors
    if (!within) throw new Error(`${decision.target} executors are wanted`)
    const needed = Math.ceil(((waiting + load(0, there).running) * options.ratio) / 2)
    if (decision.target > Math.max(target, needed, minExecutors)) throw new Error('more are wanted than are needed')
    if (leave.length > 0 && staying - leave.length < Math.max(minExecutors, decision.target))
      throw new Error('too few are left')
    for (const { executorId } of leave) {
      const one = executors.get(executorId)!
      if (one.isLeaving || one.idleMs === undefined) throw new Error('one that works, or goes already, is to go')
      if (nowMs - one.idleMs < options.idleMs) throw new Error('one goes that was idle for a moment')
      one.isLeaving = true
    }
    if (decision.target > target) grown++
    shrunk += leave.length
    target = decision.target
    if (staying < target && random.chance(0.7)) {
      executors.set(`e${next++}`, { idleMs: nowMs, isLeaving: false, holds: [] })
    }
  }
  for (let i = 0; i < 200; i++) step(false)
  for (let i = 0; i < 200; i++) step(true)
  if (waiting > 0 || target !== minExecutors || executors.size !== minExecutors)
    throw new Error(`in the end ${executors.size} of ${target} executors are there, for ${waiting} tasks`)
  return { grown, shrunk }
}

test('in every random history the bounds are kept, nobody goes who works, and calm leaves the least', (t) => {
  let [grown, shrunk] = [0, 0]
  for (let seed = 1; seed <= 2_000; seed++) {
    try {
      const one = history(seed)
      grown += one.grown
      shrunk += one.shrunk
    } catch (error) {
      t.fail(`seed ${seed}: ${(error as Error).message}`)
      return
    }
  }
  t.true(grown > 5_000 && shrunk > 5_000, `${grown} ${shrunk}`)
})

test('settings are those of Spark, and what cannot be is refused', (t) => {
  const room = { mostExecutors: 8, slots: 2, firstExecutors: 0 }
  const read = (settings: Record<string, string>, place = room) => {
    const all = { 'spark.dynamicAllocation.enabled': 'true', ...settings }
    return allocationOptions(new Config(all), place)
  }
  t.is(allocationOptions(new Config({}), room), undefined)
  t.deepEqual(read({}), {
    ...{ minExecutors: 0, maxExecutors: 8, initialExecutors: 0, ratio: 1, slots: 2, backlogMs: 1_000 },
    ...{ sustainedBacklogMs: 1_000, idleMs: 60_000 },
    ...{ cachedIdleMs: Number.POSITIVE_INFINITY, shuffleIdleMs: Number.POSITIVE_INFINITY },
  })
  t.like(read({ 'spark.dynamicAllocation.initialExecutors': '3' }, { ...room, firstExecutors: 5 }), {
    initialExecutors: 5,
  })
  t.like(read({ 'spark.dynamicAllocation.maxExecutors': '4' }, { ...room, firstExecutors: 5 }), {
    initialExecutors: 4,
    maxExecutors: 4,
  })
  t.like(read({ 'spark.dynamicAllocation.shuffleTracking.enabled': 'false' }), { shuffleIdleMs: 0 })
  t.like(read({ 'spark.dynamicAllocation.minExecutors': '8' }), { minExecutors: 8, initialExecutors: 8 })
  const others = {
    'spark.dynamicAllocation.executorAllocationRatio': '0.5',
    'spark.dynamicAllocation.schedulerBacklogTimeout': '3s',
    'spark.dynamicAllocation.executorIdleTimeout': '4s',
    'spark.dynamicAllocation.cachedExecutorIdleTimeout': '5s',
    'spark.dynamicAllocation.shuffleTracking.timeout': '6s',
  }
  const times = { backlogMs: 3_000, idleMs: 4_000, cachedIdleMs: 5_000, shuffleIdleMs: 6_000 }
  t.like(read(others), { ratio: 0.5, ...times, sustainedBacklogMs: 3_000 })
  t.like(read({ ...others, 'spark.dynamicAllocation.sustainedSchedulerBacklogTimeout': '2s' }), {
    ...{ backlogMs: 3_000, sustainedBacklogMs: 2_000 },
  })
  const refused: readonly (readonly [Record<string, string>, string])[] = [
    [{ 'dynamicAllocation.minExecutors': '9' }, 'dynamicAllocation.minExecutors'],
    [{ 'dynamicAllocation.maxExecutors': '0' }, 'dynamicAllocation.maxExecutors'],
    [
      { 'dynamicAllocation.shuffleTracking.enabled': 'false', 'decommission.enabled': 'false' },
      'dynamicAllocation.shuffleTracking.enabled',
    ],
  ]
  for (const [settings, key] of refused)
    t.like(
      t.throws(() => read(settings)),
      { condition: 'INVALID_CONF_VALUE', parameters: { key } },
    )
})

test('only executors that the session had started are let go, and as many are asked for as are wanted', async (t) => {
  const told: (readonly [string, unknown])[] = []
  const fleet = {
    started: (executorId: string) => executorId !== 'of others',
    request: (target: number) => void told.push(['request', target]),
    retire: (executorId: string) => void told.push(['retire', executorId]),
  }
  let allocated: DynamicAllocation | undefined
  // What wakes it keeps no process alive, as this does while nothing else is left to do.
  const alive = setInterval(() => undefined, 60_000)
  t.teardown(() => clearInterval(alive))
  await new Promise<void>((resolve) => {
    const driver = {
      events: { add: () => {}, remove: () => {} },
      workload: () =>
        load(0, [
          { id: 'of others', idleMs: -1e9 },
          { id: 'own', idleMs: -1e9 },
        ]),
      decommission: (executorId: string) => {
        told.push(['decommission', executorId])
        resolve()
      },
    }
    const allocation = new Allocation({ ...OPTIONS, minExecutors: 0, initialExecutors: 0 })
    allocated = new DynamicAllocation(driver as unknown as Driver, fleet as unknown as Fleet, allocation)
  })
  allocated!.close()
  t.deepEqual(told, [
    ['request', 0],
    ['retire', 'own'],
    ['decommission', 'own'],
  ])
})
