import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import test from 'ava'
import type { Block } from '../../columnar/blocks/block.js'
import { createLogger } from '../../common/log.js'
import { Driver, type JobHandle } from '../../driver/index.js'
import type { Executor } from '../../executor/executor.js'
import { createLocalExecutor } from '../../executor/local-executor.js'
import type { Stage } from '../../planner/plan/physical/plan.js'
import { FAKE_MODULES, until } from '../support/fake-cluster.js'
import {
  cachedSum,
  collect,
  FakeSink,
  fakeConnectors,
  hash,
  localSum,
  scan,
  sum,
  sumOfAll,
  writeTo,
} from '../support/fake-plans.js'
import { blockOf, valuesOf } from '../support/fake-task.js'
import { raised } from '../support/raised.js'

interface Local {
  readonly driver: Driver
  readonly executor: Executor
  readonly sink: FakeSink
}

interface Asked {
  readonly slots?: number
  readonly memoryBytes?: number
  readonly closePatienceMs?: number
}

const withLocal = async (
  body: (local: Local) => Promise<void>,
  { slots = 2, memoryBytes = 1024 ** 3, ...options }: Asked = {},
): Promise<void> => {
  const sink = new FakeSink()
  const driver = new Driver({
    connectors: fakeConnectors(sink),
    expectedSlots: slots,
    maxFailures: 4,
    executorTimeoutMs: 10_000,
    logger: createLogger('driver', 'silent'),
    ...options,
  })
  const executor = createLocalExecutor({ driver, slots, memoryBytes, modules: FAKE_MODULES })
  try {
    await body({ driver, executor, sink })
  } finally {
    await driver.close()
    await executor.close()
  }
}

const collected = async (handle: JobHandle): Promise<bigint[]> => {
  const values: bigint[] = []
  for await (const block of handle.blocks) values.push(...valuesOf(block))
  return values
}
const run = (driver: Driver, ...stages: Stage[]): Promise<bigint[]> => collected(driver.submit({ stages }))
const numbers = (count: number): bigint[] => Array.from({ length: count }, (_, i) => BigInt(i))

test('a scan is collected in the order of its splits', async (t) => {
  await withLocal(async ({ driver }) => {
    t.deepEqual(await run(driver, scan(0, 1000, 7, collect)), numbers(1000))
  })
})

test('a shuffle brings each value to its partition exactly once', async (t) => {
  await withLocal(async ({ driver }) => {
    const sums = await run(driver, scan(5, 1000, 8, hash(3), { blockRows: 10 }), sum(9, 5, 3, collect))
    const expected = [0, 1, 2].map((p) =>
      numbers(1000)
        .filter((v) => v % 3n === BigInt(p))
        .reduce((a, b) => a + b),
    )
    t.deepEqual(sums, expected)
  })
})

test('a broadcast is whole in each task', async (t) => {
  await withLocal(async ({ driver }) => {
    t.deepEqual(await run(driver, scan(0, 100, 4, collect), sumOfAll(1, 0, 3, collect)), [4950n, 4950n, 4950n])
  })
})

test('blocks of the session reach the tasks, each once', async (t) => {
  await withLocal(async ({ driver }) => {
    driver.registerLocalBlocks(
      'rows',
      [1n, 2n, 3n, 4n, 5n].map((value) => blockOf([value])),
    )
    t.deepEqual(await run(driver, localSum(0, 'rows', 2, collect)), [3n, 12n])
  })
})

test('blocks of the session that are released stay until the jobs over them end, over what was cached of them too', async (t) => {
  await withLocal(async ({ driver }) => {
    driver.registerLocalBlocks('rows', [blockOf([1n]), blockOf([2n])])
    const filling = driver.submit({ stages: [localSum(0, 'rows', 2, { kind: 'cache', cacheId: 'c' })] })
    await filling.result
    const reading = driver.submit({ stages: [cachedSum(0, 'c', collect)] })
    driver.releaseLocalBlocks('rows')
    t.is(driver.localBlocks.size, 1)
    t.deepEqual(await collected(reading), [1n, 2n])
    await reading.result
    t.is(driver.localBlocks.size, 0)
  })
})

test('a job reports rows and, for a write, is committed once with one message per partition in order', async (t) => {
  await withLocal(async ({ driver, sink }) => {
    const result = await driver.submit({ stages: [scan(0, 4, 2, writeTo('j'), { fault: 'once' })] }).result
    t.deepEqual(sink.calls, ['begin', 'commit [["0","1"],["2","3"]]'])
    t.is(result.rowsRead, 4)
    t.is(result.stages[0]!.retries, 2)
  })
})

test("a user's error fails the job at once with its own condition, and takes the write back", async (t) => {
  await withLocal(async ({ driver, sink }) => {
    const handle = driver.submit({ stages: [scan(0, 4, 2, writeTo('j'), { fault: 'user' })] })
    await t.throwsAsync(handle.result, { message: /CORRUPT_RECORD.*odd/ })
    t.deepEqual(sink.calls, ['begin', 'abort'])
  })
})

test('what tasks prepared for a transactional sink is kept before it is committed, and not taken back when that fails', async (t) => {
  await withLocal(async ({ driver, sink }) => {
    const stages = [scan(0, 4, 2, writeTo('j'))]
    const keepPrepared = async (messages: readonly unknown[]): Promise<void> => {
      sink.calls.push(`kept ${JSON.stringify(messages)}`)
    }
    await driver.submit({ stages }, { keepPrepared }).result
    t.deepEqual(sink.calls.splice(0), ['begin', 'commit [["0","1"],["2","3"]]'], 'a sink without transactions')
    sink.awaitsCommit = (_, messages) => messages.length === 0
    await driver.submit({ stages }, { keepPrepared }).result
    t.deepEqual(sink.calls.splice(0), ['begin', 'commit [["0","1"],["2","3"]]'], 'nothing waits for the commit')
    sink.awaitsCommit = async (_, messages) => messages.length === 2
    sink.committing = () => Promise.reject(new Error('gone'))
    const { result } = driver.submit({ stages }, { keepPrepared })
    await t.throwsAsync(result, { message: /gone/ })
    t.deepEqual(sink.calls.splice(0), ['begin', 'kept [["0","1"],["2","3"]]', 'commit [["0","1"],["2","3"]]'])
    const failing = driver.submit({ stages }, { keepPrepared: () => Promise.reject(new Error('full')) })
    await t.throwsAsync(failing.result, { message: /full/ })
    t.deepEqual(sink.calls.splice(0), ['begin'], 'it may have been kept all the same')
    sink.awaitsCommit = () => Promise.reject(new Error('refused'))
    await t.throwsAsync(driver.submit({ stages }, { keepPrepared }).result, { message: /refused/ })
    t.deepEqual(sink.calls, ['begin', 'abort'], 'what may not be committed is not kept')
  })
})

test('a driver that closes while a write begins ends when that is taken back', async (t) => {
  await withLocal(async ({ driver, sink }) => {
    let closing: Promise<unknown> = Promise.resolve()
    sink.beginning = async () => {
      await new Promise(setImmediate)
      closing = driver.close().then(() => sink.calls.push('closed'))
      await new Promise(setImmediate)
    }
    const { result } = driver.submit({ stages: [scan(0, 4, 2, writeTo('j'))] })
    await t.throwsAsync(result, { message: /SESSION_CLOSED/ })
    t.is(sink.calls[1], 'abort', 'the job has failed only now')
    await closing
    t.deepEqual(sink.calls, ['begin', 'abort', 'closed'])
  })
})

test('a driver closes though the beginning, the commit or the end of a write does not come, and its job has failed', async (t) => {
  const never = (): Promise<void> => new Promise(() => undefined)
  for (const stuck of ['beginning', 'committing', 'aborting'] as const)
    await withLocal(
      async ({ driver, sink }) => {
        const reached = new Promise<void>((resolve) => {
          sink[stuck] = () => {
            resolve()
            return never()
          }
        })
        const job = driver.submit({ stages: [scan(0, 4, 2, writeTo('j'))] })
        if (stuck === 'aborting') sink.committing = () => Promise.reject(new Error('gone'))
        const blocks = (async () => {
          for await (const _ of job.blocks) t.fail()
        })()
        blocks.catch(() => undefined)
        await reached
        await driver.close()
        await t.throwsAsync(job.result, { message: /SESSION_CLOSED/ }, stuck)
        await t.throwsAsync(blocks, { message: /SESSION_CLOSED/ }, stuck)
      },
      { closePatienceMs: 1 },
    )
})

test('a task that always fails is tried four times, then its job fails naming the last cause', async (t) => {
  await withLocal(async ({ driver }) => {
    const failing = run(driver, scan(0, 4, 1, collect, { fault: 'always' }))
    const error = await t.throwsAsync(failing, {
      message: /TASK_RETRIES_EXHAUSTED.*attempted 4 times.*FAILED_WRITE_FILE/,
    })
    t.is(error!.message.split('SQLSTATE').length, 2, 'it is told once')
  })
})

test('a task whose thread dies is run again on a new thread', async (t) => {
  await withLocal(async ({ driver }) => {
    t.deepEqual(await run(driver, scan(0, 100, 3, collect, { fault: 'exitOnce' })), numbers(100))
  })
})

test('a thread that holds more than half as much again as its share is replaced, and no other', async (t) => {
  await withLocal(
    async ({ driver, executor }) => {
      const most = Math.floor(executor.memory.share * 1.5)
      const ageHolding = (holdBytes: number) => run(driver, scan(0, 10, 1, collect, { fault: 'age', holdBytes }))
      t.deepEqual(await ageHolding(most), [1n])
      t.deepEqual(await ageHolding(most + 1), [2n])
      t.deepEqual(await ageHolding(0), [1n], 'it is a new one')
    },
    { slots: 1, memoryBytes: 16 * 1024 ** 2 },
  )
})

test('a cached relation is computed once, read where it is held, and gone when dropped', async (t) => {
  await withLocal(async ({ driver, executor }) => {
    const fill = scan(0, 30, 3, { kind: 'cache', cacheId: 'c' })
    const first = await driver.submit({ stages: [fill] }).result
    t.is(first.rowsRead, 30)
    const again = driver.submit({ stages: [cachedSum(0, 'c', collect)] })
    t.deepEqual(await collected(again), [45n, 145n, 245n])
    t.is((await again.result).stages[0]!.finished, 0, 'the lineage must not run again')
    t.true(executor.memory.storedBytes > 0)
    driver.dropCache('c')
    await t.throwsAsync(run(driver, cachedSum(0, 'c', collect)), { message: /nothing makes the cache/ })
    t.is(executor.memory.storedBytes, 0)
  })
})

test('a cache that is dropped takes along those that are made of it, which could not be made again', async (t) => {
  await withLocal(async ({ driver, executor }) => {
    await driver.submit({ stages: [scan(0, 30, 3, { kind: 'cache', cacheId: 'c' })] }).result
    await driver.submit({ stages: [cachedSum(0, 'c', { kind: 'cache', cacheId: 'd' })] }).result
    t.true(driver.knowsCache('d'))
    driver.dropCache('c')
    t.false(driver.knowsCache('d'))
    await until(() => executor.memory.storedBytes === 0)
  })
})

test('jobs that make the same cache at once divide it in the same way', async (t) => {
  await withLocal(async ({ driver }) => {
    const sums = [3, 5].map((splits) =>
      run(driver, scan(0, 30, splits, { kind: 'cache', cacheId: 'c' }), cachedSum(1, 'c', collect)),
    )
    for (const each of await Promise.all(sums)) t.deepEqual(each, [45n, 145n, 245n])
  })
})

test('output beyond the budget goes to files and comes back as it was', async (t) => {
  const directory = mkdtempSync(join(tmpdir(), 'output-'))
  await withLocal(
    async ({ driver, executor }) => {
      const [count, gate] = [200_000, join(directory, 'gate')]
      const stages = [scan(0, count, 4, hash(2), { blockRows: 5000 }), sum(1, 0, 2, collect, { gate })]
      const sums = run(driver, ...stages)
      await until(() => readdirSync(directory).length === 2)
      const { size, storedBytes } = executor.memory
      t.true(storedBytes > 0 && storedBytes <= size.storeBytes, `${storedBytes} bytes of ${8 * count} are in memory`)
      writeFileSync(gate, '')
      const [even, odd] = await sums
      t.is(even! + odd!, (BigInt(count) * BigInt(count - 1)) / 2n)
    },
    { memoryBytes: 1024 ** 2 },
  ).finally(() => rmSync(directory, { recursive: true }))
})

test('nothing of a job is kept once it ended', async (t) => {
  await withLocal(async ({ driver, executor }) => {
    const handle = driver.submit({ stages: [scan(0, 100_000, 4, hash(2)), sum(1, 0, 2, collect)] })
    await collected(handle)
    await handle.result
    t.is(executor.memory.storedBytes, 0)
    t.is(executor.memory.free, 1024 ** 3)
    t.is(executor.memory.part, 1024 ** 3, 'and the next task may have all')
  })
})

test('a cancelled job ends with OPERATION_CANCELED and gives its slots back, even when a task never looks', async (t) => {
  await withLocal(
    async ({ driver }) => {
      for (const fault of ['hang', 'spin'] as const) {
        const handle = driver.submit({ stages: [scan(0, 10, 2, collect, { fault })] })
        const failed = t.throwsAsync(handle.result, { message: /OPERATION_CANCELED/ })
        while (driver.executors()[0]?.running !== 1) await new Promise((resolve) => setImmediate(resolve))
        const next = run(driver, scan(0, 10, 2, collect))
        handle.cancel()
        await failed
        t.deepEqual(await next, numbers(10))
      }
    },
    { slots: 1 },
  )
})

test('a busy task that looks at its signal is cancelled without losing its thread', async (t) => {
  await withLocal(
    async ({ driver }) => {
      t.deepEqual(await run(driver, scan(0, 10, 1, collect, { fault: 'age' })), [1n])
      const handle = driver.submit({ stages: [scan(0, 10, 1, collect, { fault: 'poll' })] })
      const failed = t.throwsAsync(handle.result, { message: /OPERATION_CANCELED/ })
      while (driver.executors()[0]?.running !== 1) await new Promise((resolve) => setImmediate(resolve))
      handle.cancel()
      await failed
      t.deepEqual(await run(driver, scan(0, 10, 1, collect, { fault: 'age' })), [3n])
    },
    { slots: 1 },
  )
})

/** What tasks fail with that do so. */
const FAULTS = {
  trap: 'INTERNAL_ERROR',
  memory: 'UNABLE_TO_ACQUIRE_MEMORY',
  spin: 'OPERATION_CANCELED',
} as const

test('a thread is replaced after a trap or a refused allocation, also when it was cancelled, and kept after an error of the user', async (t) => {
  const age = (driver: Driver): Promise<bigint[]> => run(driver, scan(0, 10, 1, collect, { fault: 'age' }))
  await withLocal(
    async ({ driver }) => {
      for (const fault of ['trap', 'memory'] as const) {
        t.deepEqual(await age(driver), [1n])
        await raised(t, run(driver, scan(0, 10, 1, collect, { fault })), FAULTS[fault])
        t.deepEqual(await age(driver), [1n], fault)
        await t.throwsAsync(run(driver, scan(0, 10, 1, collect, { fault: 'user' })), { message: /CORRUPT_RECORD/ })
        t.deepEqual(await age(driver), [3n])
        await raised(t, run(driver, scan(0, 10, 1, collect, { fault: 'memory' })), FAULTS.memory)
      }
      t.deepEqual(await age(driver), [1n])
      const handle = driver.submit({ stages: [scan(0, 10, 1, collect, { fault: 'trapLate' })] })
      const failed = t.throwsAsync(handle.result, { message: /OPERATION_CANCELED/ })
      while (driver.executors()[0]?.running !== 1) await new Promise((resolve) => setImmediate(resolve))
      handle.cancel()
      await failed
      t.deepEqual(await age(driver), [1n], 'a trap that a cancelled task met')
    },
    { slots: 1 },
  )
})

test('what a thread had taken of the executor`s memory returns when the thread is replaced, whatever ended it', async (t) => {
  const memoryBytes = 64 * 1024 ** 2
  const takeBytes = memoryBytes / 2
  await withLocal(
    async ({ driver, executor }) => {
      for (const fault of ['trap', 'memory', 'exitOnce', 'spin'] as const) {
        const handle = driver.submit({ stages: [scan(0, 10, 1, collect, { fault, takeBytes })] })
        if (fault === 'spin') {
          while (executor.memory.free === memoryBytes) await new Promise((resolve) => setImmediate(resolve))
          handle.cancel()
        }
        await (fault === 'exitOnce' ? collected(handle) : raised(t, handle.result, FAULTS[fault]))
        t.true(fault !== 'exitOnce' || executor.memory.free <= memoryBytes - takeBytes, 'the second try ended well')
        await raised(t, run(driver, scan(0, 10, 1, collect, { fault: 'trap' })), FAULTS.trap)
        t.is(executor.memory.free, memoryBytes, fault)
      }
    },
    { slots: 1, memoryBytes },
  )
})

test('a task that is short of memory has idle threads give back what they keep', async (t) => {
  const memoryBytes = 64 * 1024 ** 2
  const takeBytes = 8 * 1024 ** 2
  await withLocal(
    async ({ driver, executor }) => {
      const gate = join(mkdtempSync(join(tmpdir(), 'idle-')), 'gate')
      const both = run(driver, scan(0, 10, 2, collect, { takeBytes, gate }))
      while (executor.memory.free > memoryBytes - 2 * takeBytes) await new Promise((resolve) => setImmediate(resolve))
      t.is(executor.memory.part, memoryBytes / 2)
      writeFileSync(gate, '')
      t.deepEqual(await both, numbers(10))
      t.is(executor.memory.free, memoryBytes - 2 * takeBytes)
      t.deepEqual(await run(driver, scan(0, 10, 1, collect, { trims: true })), numbers(10))
      t.is(executor.memory.free, memoryBytes - takeBytes)
      rmSync(dirname(gate), { recursive: true })
    },
    { memoryBytes },
  )
})

test('a task that runs out of memory is run again in a way that needs little, without counting as failed, and so are others of its stage', async (t) => {
  await withLocal(
    async ({ driver }) => {
      const { blocks, result } = driver.submit({ stages: [scan(0, 100, 5, collect, { fault: 'spills' })] })
      const values: bigint[] = []
      for await (const block of blocks) values.push(...valuesOf(block))
      t.deepEqual(values, numbers(100))
      t.is((await result).stages[0]!.retries, 0)
      // One thread was replaced, for the first task: it alone met the fault.
      t.deepEqual(await run(driver, scan(0, 10, 1, collect, { fault: 'age' })), [6n])
    },
    { slots: 1 },
  )
})

test('leaving the loop over the blocks early cancels the job', async (t) => {
  await withLocal(async ({ driver }) => {
    const handle = driver.submit({ stages: [scan(0, 1000, 4, collect)] })
    for await (const block of handle.blocks as AsyncIterable<Block>) {
      t.is(block.rows, 250)
      break
    }
    await t.throwsAsync(handle.result, { message: /OPERATION_CANCELED/ })
  })
})

test('jobs at the same time share the slots and do not mix', async (t) => {
  await withLocal(async ({ driver }) => {
    const jobs = [1, 2, 3, 4, 5].map((n) => run(driver, scan(0, n * 100, n, hash(2)), sum(1, 0, 2, collect)))
    const totals = (await Promise.all(jobs)).map(([a, b]) => a! + b!)
    t.deepEqual(
      totals,
      [1, 2, 3, 4, 5].map((n) => BigInt((n * 100 * (n * 100 - 1)) / 2)),
    )
  })
})

test('closing the driver fails what runs, and later jobs, with SESSION_CLOSED', async (t) => {
  await withLocal(async ({ driver }) => {
    const handle = driver.submit({ stages: [scan(0, 10, 2, collect, { fault: 'hang' })] })
    const failed = t.throwsAsync(handle.result, { message: /SESSION_CLOSED/ })
    await driver.close()
    await failed
    await t.throwsAsync(run(driver, scan(0, 10, 2, collect)), { message: /SESSION_CLOSED/ })
  })
})
