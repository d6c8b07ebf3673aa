import test from 'ava'
import { field, INT } from '../../columnar/types.js'
import type { ReaderProvider } from '../../connectors/api.js'
import { threadMemory } from '../../executor/memory/linear-memory.js'
import type { PhysicalPlan } from '../../planner/plan/physical/plan.js'
import { memoryOf } from '../support/memory.js'
import { join, run, table } from '../support/stages.js'

/** A source of as many rows as its split says, without columns. */
const counting: ReaderProvider = {
  name: 'counting',
  openReader: async (_, { data }) => {
    const batches = [{ rows: data as number, columns: [] }]
    return { next: () => batches.pop(), close: () => {} }
  },
}

const scan = (scanId: number): PhysicalPlan => ({
  kind: 'scan',
  scanId,
  source: { provider: 'counting', options: {}, paths: [], schema: { fields: [] } },
  columns: [],
  filters: [],
  streaming: false,
  attributes: [],
})
const rows = table(
  [field('n', INT)],
  [1, 2, 3].map((n) => ({ n })),
)
const options = { reader: () => Promise.resolve(counting), splits: { 0: [7], 1: [2, 2] } }

test('a task has read the rows of its scans, whatever these are joined with', async (t) => {
  for (const plan of [join('inner', scan(0), rows, []), join('inner', rows, scan(0), [])]) {
    const { result } = await run(plan, options)
    t.is(result.rowsRead, 7)
    t.is(result.rowsWritten, 21)
  }
  const { result } = await run(join('inner', scan(0), scan(1), []), options)
  t.is(result.rowsRead, 11)
  t.is(result.rowsWritten, 28)
})

test('a task without a scan has read the rows of all its sources', async (t) => {
  const { result } = await run(join('inner', rows, rows, []), options)
  t.is(result.rowsRead, 6)
  t.is(result.rowsWritten, 9)
})

test('a split is closed before the next one is opened, and also when it cannot be read', async (t) => {
  const log: string[] = []
  const telling: ReaderProvider = {
    name: 'telling',
    openReader: async (_, { data }) => {
      log.push(`open ${String(data)}`)
      const batches = [{ rows: 1, columns: [] }]
      const next = () => {
        if (data === 'bad') throw new Error('unreadable')
        return batches.pop()
      }
      return { next, close: () => void log.push(`close ${String(data)}`) }
    },
  }
  const reader = () => Promise.resolve(telling)
  const { result } = await run(scan(0), { reader, splits: { 0: ['a', 'b'] } })
  t.is(result.rowsRead, 2)
  t.deepEqual(log.splice(0), ['open a', 'close a', 'open b', 'close b'])
  await t.throwsAsync(run(scan(0), { reader, splits: { 0: ['bad', 'b'] } }), { message: /unreadable/ })
  t.deepEqual(log, ['open bad', 'close bad'])
})

test('a source may have splits opened before their turn; all are closed, also when one cannot be read', async (t) => {
  const log: string[] = []
  const telling: ReaderProvider = {
    name: 'telling',
    opensAhead: { splits: 2, bytes: 1 },
    openReader: (_, { data }) => {
      log.push(`open ${String(data)}`)
      if (data === 'away') return Promise.reject(new Error('not there'))
      if (data === 'full') throw new Error('no room')
      const batches = [{ rows: 1, columns: [] }]
      return Promise.resolve({ next: () => batches.pop(), close: () => void log.push(`close ${String(data)}`) })
    },
  }
  const reader = () => Promise.resolve(telling)
  const { result } = await run(scan(0), { reader, splits: { 0: ['a', 'b', 'c', 'd'] } })
  t.is(result.rowsRead, 4)
  const opened = ['open a', 'open b', 'open c', 'close a', 'open d', 'close b', 'close c', 'close d']
  t.deepEqual(log.splice(0), opened)
  await t.throwsAsync(run(scan(0), { reader, splits: { 0: ['a', 'away', 'c', 'd'] } }), { message: /not there/ })
  t.deepEqual(log.splice(0), ['open a', 'open away', 'open c', 'close a', 'open d', 'close c', 'close d'])
  await t.throwsAsync(run(scan(0), { reader, splits: { 0: ['a', 'full', 'c'] } }), { message: /no room/ })
  t.deepEqual(log, ['open a', 'open full', 'open c', 'close a', 'close c'])
})

test('of splits that are opened before their turn there are as many as a part of the memory has room for, and their bytes are counted', async (t) => {
  const log: string[] = []
  const counted: number[] = []
  const memory = memoryOf(64 << 20)
  // Two of them, and not three, are within a sixteenth of the memory.
  const bytes = Math.floor(memory.share / 40)
  const telling: ReaderProvider = {
    name: 'telling',
    opensAhead: { splits: 7, bytes },
    openReader: (_, { data }, { isAhead }) => {
      log.push(`open ${String(data)}${isAhead ? ' ahead' : ''}`)
      const batches = [{ rows: 1, columns: [] }]
      const next = () => {
        const { taskBytes, bytesInUse } = threadMemory()
        counted.push(taskBytes - bytesInUse)
        return batches.pop()
      }
      return Promise.resolve({ next, close: () => void log.push(`close ${String(data)}`) })
    },
  }
  const reader = () => Promise.resolve(telling)
  const { result } = await run(scan(0), { reader, memory, splits: { 0: ['a', 'b', 'c', 'd'] } })
  t.is(result.rowsRead, 4)
  t.deepEqual(log, [
    'open a',
    'open b ahead',
    'open c ahead',
    'close a',
    'close b',
    'open d ahead',
    'close c',
    'close d',
  ])
  // Each is asked twice: with its first batch those count no more that wait no more.
  t.deepEqual(
    counted.map((now) => (now - counted.at(-1)!) / bytes),
    [2, 2, 2, 1, 2, 1, 1, 0],
  )
})

test('where memory is short splits are opened when their turn comes', async (t) => {
  const log: string[] = []
  const memory = memoryOf(64 << 20)
  let taken = 0
  const telling: ReaderProvider = {
    name: 'telling',
    opensAhead: { splits: 7, bytes: 1 << 20 },
    openReader: (_, { data }, { memory: ofThread }) => {
      if (data === 'a') taken = ofThread.allocate(memory.reach - threadMemory().taskBytes - (1 << 19))
      log.push(`open ${String(data)}`)
      const batches = [{ rows: 1, columns: [] }]
      const close = () => {
        if (data === 'b') ofThread.release(taken)
        log.push(`close ${String(data)}`)
      }
      return Promise.resolve({ next: () => batches.pop(), close })
    },
  }
  const reader = () => Promise.resolve(telling)
  await run(scan(0), { reader, memory, splits: { 0: ['a', 'b', 'c', 'd'] } })
  t.deepEqual(log, ['open a', 'close a', 'open b', 'close b', 'open c', 'open d', 'close c', 'close d'])
})
