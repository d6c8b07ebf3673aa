import test from 'ava'
import { blockFromRows } from '../../columnar/blocks/block-from-rows.js'
import { Timestamp } from '../../columnar/times/timestamp.js'
import { BIGINT, BOOLEAN, decimal, field, INT, STRING, struct, TIMESTAMP } from '../../columnar/types.js'
import type { BlockWriter } from '../../connectors/api.js'
import { call, literal } from '../../planner/plan/expression/build.js'
import type { PhysicalPlan } from '../../planner/plan/physical/plan.js'
import { connect } from '../support/duckdb-connection.js'
import { memoryOf } from '../support/memory.js'
import { randomTable } from '../support/oracle.js'
import { Random } from '../support/random.js'
import {
  aggregate,
  aggregateCall,
  attribute,
  bound,
  named,
  project,
  run,
  schemaOf,
  table,
  watermarkOf,
} from '../support/stages.js'

test('every row goes to one partition, rows of one key to the same, whatever may be NULL', async (t) => {
  const connection = await connect()
  const fields = [field('k', STRING), field('n', BIGINT), field('w', decimal(38, 2))]
  const { plan } = await randomTable(connection, new Random(12), 't', fields, 4000, 300)
  const partitions = 7
  const keys = ['k', 'n'].map((name) => bound(plan, name))
  const { emitted, rows, result } = await run(plan, {
    sink: { kind: 'shuffle', partitioning: { kind: 'hash', keys, partitions } },
  })
  t.is(rows.length, 4000)
  t.is(result.rowsWritten, 4000)
  const all = (await run(plan)).rows
  t.deepEqual(rows.map(String).sort(), all.map(String).sort())
  t.is(new Set(emitted.map((x) => x.partition)).size, partitions)
  const sure = project(plan, [
    named('k', call('coalesce', STRING, [bound(plan, 'k'), literal(STRING, '?')], { nullable: false })),
    named('n', call('coalesce', BIGINT, [bound(plan, 'n'), literal(BIGINT, 1n)], { nullable: false })),
  ])
  const partitionOf = async (input: PhysicalPlan) => {
    const found = new Map<string, number>()
    const done = await run(input, {
      sink: {
        kind: 'shuffle',
        partitioning: { kind: 'hash', keys: ['k', 'n'].map((name) => bound(input, name)), partitions },
      },
    })
    const { tuplesFromBlock } = await import('../../columnar/rows.js')
    for (const { partition, block } of done.emitted) {
      for (const [k, n] of tuplesFromBlock(schemaOf(input), block)) {
        const key = `${k}|${n}`
        t.is(found.get(key) ?? partition, partition)
        found.set(key, partition)
      }
    }
    return found
  }
  const [nullable, certain] = [await partitionOf(plan), await partitionOf(sure)]
  for (const [key, partition] of certain)
    if (nullable.has(key) && !key.includes('?')) t.is(nullable.get(key), partition)
})

test('strings longer than a block make blocks of their own', async (t) => {
  const rows = Array.from({ length: 6 }, (_, i) => ({ n: i, s: String.fromCharCode(97 + i).repeat(3_000_000) }))
  const plan = table([field('n', INT, false), field('s', STRING)], rows, 2)
  const done = await run(plan)
  t.true(done.emitted.length >= 3)
  t.deepEqual(
    done.rows.map(([n, s]) => ({ n, s })),
    rows,
  )
})

test('structs pass through, are grouped by and keep their NULLs', async (t) => {
  const type = struct([field('start', TIMESTAMP), field('tag', STRING)])
  const at = (second: number) => new Timestamp(second * 1000)
  const rows = [
    { w: { start: at(1), tag: 'a' }, v: 1n },
    { w: { start: at(1), tag: null }, v: 2n },
    { w: null, v: 3n },
    { w: { start: at(1), tag: 'a' }, v: 4n },
    { w: null, v: 5n },
  ]
  const plan = table([field('w', type), field('v', BIGINT, false)], rows)
  t.deepEqual(
    (await run(plan)).rows.map(([w, v]) => ({ w, v })),
    rows,
  )
  const sum = aggregateCall('s', 'sum', BIGINT, [bound(plan, 'v')])
  t.deepEqual((await run(aggregate('complete', plan, [named('w', bound(plan, 'w'))], [sum]))).rows, [
    [{ start: at(1), tag: 'a' }, 5n],
    [{ start: at(1), tag: null }, 2n],
    [null, 8n],
  ])
})

test('of a cached relation only the columns wanted are read', async (t) => {
  const fields = [field('a', INT), field('b', STRING), field('c', BOOLEAN), field('d', BIGINT, false)]
  const rows = Array.from({ length: 20_000 }, (_, i) => ({
    a: i % 3 === 0 ? null : i,
    b: i % 5 === 0 ? null : `row ${i}`,
    c: i % 7 === 0 ? null : i % 2 === 0,
    d: BigInt(i),
  }))
  const relation = fields.map((x) => attribute(x.name, x.type, x.nullable))
  const plan: PhysicalPlan = {
    kind: 'cachedScan',
    cacheId: 'c',
    columns: [2, 1, 0],
    relation,
    attributes: [relation[2]!, relation[1]!, relation[0]!],
  }
  const blocks = [blockFromRows({ fields }, rows)]
  const cachedBlocks = async function* () {
    yield* blocks
  }
  t.deepEqual(
    (await run(plan, { cachedBlocks })).rows,
    rows.map(({ a, b, c }) => [c, b, a]),
  )
})

const writing = (log: string[], fails: boolean): BlockWriter => ({
  write: (block) => {
    log.push(`write ${block.rows}`)
  },
  prepare: async () => {
    log.push('prepare')
    return { files: 1 }
  },
  abort: async () => {
    log.push('abort')
    if (fails) throw new Error('cannot abort')
  },
})

test('a writer gets the blocks and prepares, or aborts when the task fails', async (t) => {
  const plan = table([field('n', INT, false)], [{ n: 1 }, { n: 0 }])
  const log: string[] = []
  const write = { provider: 'p', options: {}, mode: 'append', schema: schemaOf(plan), jobId: 'j' } as const
  const writer = (fails: boolean) => async () => ({ name: 'p', openWriter: async () => writing(log, fails) })
  const { result } = await run(plan, { sink: { kind: 'write', write }, writer: writer(false) })
  t.deepEqual(result, { rowsRead: 2, rowsWritten: 2, spilledBytes: 0, commitMessage: { files: 1 } })
  t.deepEqual(log.splice(0), ['write 2', 'prepare'])
  const failing = project(plan, [
    named(
      'x',
      call('int_divide', BIGINT, [
        literal(BIGINT, 1n),
        { kind: 'cast', child: bound(plan, 'n'), type: BIGINT, mode: 'ansi', nullable: false },
      ]),
    ),
  ])
  for (const fails of [false, true]) {
    await t.throwsAsync(run(failing, { sink: { kind: 'write', write }, writer: writer(fails) }), {
      message: /DIVIDE_BY_ZERO/,
    })
    t.deepEqual(log.splice(0), ['abort'])
  }
})

test('a watermark reports the least and the greatest event time, how many there were and their sum, and nothing without one', async (t) => {
  const fields = [field('at', TIMESTAMP)]
  const marked = (rows: readonly object[]): PhysicalPlan => {
    const input = table(fields, rows)
    return watermarkOf(input, 0)
  }
  const streaming = {
    queryId: 'q',
    batchId: 0,
    timeMs: 0,
    epoch: 1,
    checkpointLocation: '',
    minBatchesToRetain: 9,
    operators: {},
  }
  const timesOf = async (rows: readonly object[]) => {
    const { result, rows: passed } = await run(marked(rows), { streaming })
    return { times: result.streaming?.eventTimes, rows: passed.length }
  }
  const some = await timesOf([{ at: new Date(5000) }, { at: null }, { at: new Date(7000) }, { at: new Date(6000) }])
  const seen = { watermarkId: 0, rows: 3, minMicros: 5_000_000n, maxMicros: 7_000_000n, sumMicros: 18_000_000 }
  t.deepEqual(some, { times: [seen], rows: 4 })
  const early = await timesOf([{ at: new Date(-3000) }])
  t.deepEqual(early.times, [
    { watermarkId: 0, rows: 1, minMicros: -3_000_000n, maxMicros: -3_000_000n, sumMicros: -3_000_000 },
  ])
  t.deepEqual(await timesOf([{ at: null }]), { times: [], rows: 1 })
})

test('a cancelled task stops between batches and says why', async (t) => {
  const plan = table(
    [field('n', INT, false)],
    Array.from({ length: 5000 }, (_, n) => ({ n })),
    100,
  )
  const abort = new AbortController()
  const reason = new Error('enough')
  abort.abort(reason)
  const error = await t.throwsAsync(run(plan, { signal: abort.signal }), { message: /OPERATION_CANCELED/ })
  t.is(error?.cause, reason)
})

test('a budget too small even for the first block raises and keeps nothing', async (t) => {
  const plan = table([field('s', STRING), field('n', BIGINT), field('u', STRING)], [{ s: 'a', n: 1n, u: 'b' }])
  for (const bytes of [0, 1_000, 5_000, 10_000]) {
    await t.throwsAsync(run(plan, { memory: memoryOf(bytes) }), { message: /UNABLE_TO_ACQUIRE_MEMORY/ })
  }
  t.is((await run(plan)).rows.length, 1)
})
