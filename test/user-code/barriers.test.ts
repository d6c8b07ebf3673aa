import { existsSync, readFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import test from 'ava'
import type { BarrierTaskContext } from '../../api/index.js'
import { until } from '../support/fake-cluster.js'
import { raised } from '../support/raised.js'
import { withSession } from '../support/sessions.js'

const MASTERS = ['local[2]', 'local-cluster[2,1,1024]']
const PATIENCE_MS = 120_000
const BARRIER = { barrier: true } as const

for (const master of MASTERS)
  test.serial(`tasks wait for one another and hand each other texts on ${master}`, async (t) => {
    t.timeout(PATIENCE_MS)
    await withSession(master, async (session) => {
      const rows = session.range(0, 6, 1, 2).mapPartitions(
        async function* (given, context) {
          let sum = 0n
          for await (const { id } of given) sum += id
          await context.barrier()
          const sums = await context.allGather(String(sum))
          const second = await context.allGather(`${context.partitionId()}/${context.numPartitions()}`)
          const hosts = context.getTaskInfos().map(({ address }) => address.split(':')[0])
          yield { partition: context.partitionId(), sums: sums.join(), second: second.join(), hosts: hosts.join() }
        },
        'partition int, sums string, second string, hosts string',
        BARRIER,
      )
      const host = master.startsWith('local[') ? 'localhost' : '127.0.0.1'
      const common = { sums: '3,12', second: '0/2,1/2', hosts: `${host},${host}` }
      t.deepEqual(await rows.collect(), [
        { partition: 0, ...common },
        { partition: 1, ...common },
      ])
      t.regex(await session.engine.explain(rows.plan, 'simple'), /MapPartitions \(barrier\)/)
      t.deepEqual(await rows.groupBy('sums').count().collect(), [{ sums: '3,12', count: 2n }])
      const seen: string[] = []
      session.addListener({ onTaskEnd: ({ outcome }) => void seen.push(outcome) })
      await session.range(0, 6, 1, 2).foreachPartition(async (given, context) => {
        for await (const _ of given);
        await context.barrier()
      }, BARRIER)
      t.deepEqual(seen, ['succeeded', 'succeeded'])
      const tables = session.range(0, 4, 1, 2).mapInArrow(
        async function* (batches, context) {
          await context.barrier()
          yield* batches
        },
        'id bigint',
        BARRIER,
      )
      t.deepEqual(
        (await tables.collect()).map(({ id }) => id),
        [0n, 1n, 2n, 3n],
      )
    })
  })

test.serial('tasks that wait for one another are apart from those of a union that has more', async (t) => {
  t.timeout(PATIENCE_MS)
  await withSession('local[2]', async (session) => {
    const met = session.range(0, 4, 1, 2).mapPartitions(
      async function* (given, context) {
        for await (const { id } of given) {
          await context.barrier()
          yield { id }
        }
      },
      'id bigint',
      BARRIER,
    )
    const rows = await met.union(session.range(4, 12, 1, 5)).collect()
    t.deepEqual(
      rows.map(({ id }) => Number(id)).toSorted((a, b) => a - b),
      Array.from({ length: 12 }, (_, id) => id),
    )
  })
})

test.serial('an executor that is killed while tasks wait at a barrier has all of them run again', async (t) => {
  t.timeout(PATIENCE_MS)
  const folder = await mkdtemp(join(tmpdir(), 'millrace-barrier-'))
  try {
    await withSession('local-cluster[2,1,1024]', async (session) => {
      const file = join(folder, 'pid')
      const rows = session.range(0, 4, 1, 2).mapPartitions(
        async function* (given, context) {
          for await (const _ of given);
          if (context.attemptNumber() === 0) {
            const { renameSync, writeFileSync } = await import('node:fs')
            if (context.partitionId() === 1) await new Promise(() => {})
            writeFileSync(`${file}.new`, String(process.pid))
            renameSync(`${file}.new`, file)
          }
          await context.barrier()
          yield { partition: context.partitionId(), attempt: context.attemptNumber() }
        },
        'partition int, attempt int',
        { ...BARRIER, values: { file } },
      )
      const collected = rows.collect()
      await until(() => existsSync(file))
      process.kill(Number(readFileSync(file, 'utf8')), 'SIGKILL')
      t.deepEqual(await collected, [
        { partition: 0, attempt: 1 },
        { partition: 1, attempt: 1 },
      ])
    })
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
})

test.serial('what keeps tasks from meeting is one condition', async (t) => {
  t.timeout(PATIENCE_MS)
  await withSession(
    'local[2]',
    async (session) => {
      const run = (
        partitions: number,
        fn: (rows: AsyncIterable<object>, context: BarrierTaskContext) => unknown,
      ): Promise<void> => session.range(0, 9, 1, partitions).foreachPartition(fn, BARRIER)
      const tooFew = await raised(
        t,
        run(3, async () => {}),
        'BARRIER_TOO_FEW_SLOTS',
      )
      t.regex(tooFew.message, /The 3 tasks of stage 0 .* slots for 2 of them/)
      const ended = run(2, async (_, context) => {
        if (context.partitionId() === 0) await context.barrier()
      })
      await raised(t, ended, 'BARRIER_TASK_ENDED')
      // It does not wait, which nobody but its job suffers from, if the other one came later.
      const heedless = run(2, async (_, context) => {
        if (context.partitionId() === 0) void context.barrier()
        else await context.barrier()
      })
      await heedless.catch(() => {})
      t.is(await session.range(5).count(), 5)
      const mixed = run(2, async (_, context) => {
        if (context.partitionId() === 0) await context.barrier()
        else await context.allGather('')
      })
      await raised(t, mixed, 'BARRIER_SYNC_MISMATCH')
      const failing = run(2, async (_, context) => {
        if (context.partitionId() === 0) throw new Error('it is ill')
        await context.barrier()
      })
      t.regex((await raised(t, failing, 'FAILED_EXECUTE_UDF')).message, /it is ill/)
      const large = run(2, async (_, context) => {
        await context.allGather('x'.repeat(5 * 1024 * 1024))
      })
      await raised(t, large, 'CONTROL_MESSAGE_TOO_LARGE')
      const late = run(2, async (_, context) => {
        if (context.partitionId() === 0) await new Promise((resolve) => setTimeout(resolve, 60_000))
        await context.barrier()
      })
      t.regex((await raised(t, late, 'TASK_RETRIES_EXHAUSTED')).message, /waited 0.5 s at a barrier for its tasks 0/)
      t.is(await session.range(3).count(), 3, 'the session goes on')
      const stream = session.readStream
        .format('rate')
        .load()
        .mapPartitions(() => [], 'value bigint', BARRIER)
      const started = () => stream.writeStream.format('memory').queryName('q').start()
      t.regex((await raised(t, started, 'UNSUPPORTED_FEATURE')).message, /a function with a barrier over a stream/)
    },
    { 'barrier.sync.timeout': '500ms', 'task.maxFailures': 1 },
  )
})
