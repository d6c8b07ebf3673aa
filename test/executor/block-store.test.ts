import {
  closeSync,
  existsSync,
  ftruncateSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readlinkSync,
  rmSync,
  writeSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import test from 'ava'
import type { Block } from '../../columnar/blocks/block.js'
import { MillraceError } from '../../common/errors/millrace-error.js'
import type { MemoryPool } from '../../executor/memory/memory-pool.js'
import { BlockSources } from '../../executor/shuffle/block-sources.js'
import { BlockStore } from '../../executor/shuffle/block-store.js'
import { until } from '../support/fake-cluster.js'
import { poolForBlocks } from '../support/memory.js'
import { raised } from '../support/raised.js'

const JOB = { kind: 'job' } as const
const block = (value: number, bytes = 100): Block => ({
  rows: value,
  bytes: new Uint8Array(new SharedArrayBuffer(bytes)).fill(value),
})
const valuesOf = async (blocks: AsyncIterable<Block>): Promise<number[]> => {
  const values: number[] = []
  for await (const { rows, bytes } of blocks) {
    if (bytes.every((byte) => byte === rows)) values.push(rows)
  }
  return values
}
const withStore = async (
  budget: number,
  body: (store: BlockStore, directory: string, pool: MemoryPool) => Promise<void>,
): Promise<void> => {
  const directory = mkdtempSync(join(tmpdir(), 'block-store-test-'))
  const pool = poolForBlocks(budget)
  const store = new BlockStore(pool, directory)
  await body(store, directory, pool).finally(async () => {
    await store.close()
    rmSync(directory, { recursive: true })
  })
}

test('blocks come back by partition in their order, from memory and from files alike', async (t) => {
  for (const budget of [1_000_000, 1000, 0]) {
    await withStore(budget, async (store, directory, pool) => {
      store.open(1, 1, JOB)
      await Promise.all(Array.from({ length: 60 }, (_, i) => store.put(1, i % 3, block(i))))
      t.true(pool.storedBytes <= budget)
      t.deepEqual(
        await valuesOf(store.read(1, 1)),
        Array.from({ length: 20 }, (_, i) => 3 * i + 1),
      )
      t.is((await valuesOf(store.read(1, 'all'))).length, 60)
      t.deepEqual(await valuesOf(store.read(1, 7)), [])
      t.is(store.bytesOf(1), 6000)
      t.deepEqual(readdirSync(directory), [], 'files have no names that could outlive the process')
      store.discard(1)
      t.is(pool.storedBytes, 0, 'what is in files counts no more')
    })
  }
})

const onLinux = existsSync('/proc/self/fd') ? test : test.skip

onLinux(
  'a block that its file gives back changed or not at all is BLOCK_CORRUPT, and a lost output to who reads it',
  async (t) => {
    await withStore(0, async (store, directory) => {
      const client = { fetch: () => t.fail() as never, fetchLocal: () => t.fail() as never }
      const sources = new BlockSources('own', store, client, poolForBlocks(0))
      const source = { kind: 'stage', stageId: 0, stageKey: 7 } as const
      const read = (attemptId: number): Promise<number[]> => {
        const groups = [{ executorId: 'own', address: '', attemptIds: [attemptId] }]
        return valuesOf(sources.partition({ ...source, groups }, 0, new AbortController().signal))
      }
      for (const [attemptId, damage] of [
        [1, (fd: number) => writeSync(fd, Uint8Array.of(9), 0, 1, 50)],
        [2, (fd: number) => ftruncateSync(fd, 50)],
      ] as const) {
        store.open(attemptId, 1, JOB)
        await store.put(attemptId, 0, block(4))
        t.deepEqual(await read(attemptId), [4])
        const fd = openSync(spillFile(directory), 'r+')
        damage(fd)
        closeSync(fd)
        const lost = await t.throwsAsync(read(attemptId))
        t.like(lost, { condition: 'FETCH_FAILED', parameters: { executor: 'own', stage: '7' } })
        t.like(lost?.cause, { condition: 'BLOCK_CORRUPT' })
        store.discard(attemptId)
        await until(() => !hasSpillFile(directory))
      }
    })
  },
)

/** Files of a store have no name; their descriptors still tell it. */
const spillFiles = (directory: string): string[] =>
  readdirSync('/proc/self/fd').flatMap((fd) => {
    const path = `/proc/self/fd/${fd}`
    try {
      return readlinkSync(path).startsWith(directory) ? [path] : []
    } catch {
      return []
    }
  })
const spillFile = (directory: string): string => spillFiles(directory)[0]!
const hasSpillFile = (directory: string): boolean => spillFiles(directory).length > 0

test('a broadcast that was fetched counts once while its job goes on, and not at all when fetching failed', async (t) => {
  await withStore(10_000, async (store, _, pool) => {
    let isCut = true
    const client = {
      fetch: async function* () {
        yield block(1)
        if (isCut) throw new Error('cut')
        yield block(2)
      },
      fetchLocal: () => t.fail() as never,
    }
    const sources = new BlockSources('own', store, client, pool)
    store.open(1, 1, JOB)
    await store.put(1, 0, block(3))
    t.is(pool.storedBytes, 100)
    const groups = ['own', 'other'].map((executorId) => ({ executorId, address: '', attemptIds: [1] }))
    const source = { kind: 'stage', stageId: 0, stageKey: 7, groups } as const
    const signal = new AbortController().signal
    await t.throwsAsync(valuesOf(sources.broadcast(1, source, signal)), { message: /FETCH_FAILED/ })
    t.is(pool.storedBytes, 100)
    isCut = false
    t.deepEqual(await valuesOf(sources.broadcast(1, source, signal)), [3, 1, 2])
    t.deepEqual(await valuesOf(sources.broadcast(1, source, signal)), [3, 1, 2])
    t.is(pool.storedBytes, 300, 'the block of the store counts there')
    const ended = new AbortController()
    const rest = sources.broadcast(1, source, ended.signal)
    t.is((await rest.next()).value?.rows, 3)
    ended.abort()
    t.deepEqual(await valuesOf(rest), [], 'a task that has ended gets no more')
    sources.releaseJob(1)
    t.is(pool.storedBytes, 100)
    pool.holdStored(10_000 - 250)
    t.deepEqual(await valuesOf(sources.broadcast(1, source, signal)), [3, 1, 2], 'each task fetches it itself')
    t.is(pool.storedBytes, 10_000 - 150, 'when there is no memory for all')
    sources.releaseJob(1)
    t.is(pool.storedBytes, 10_000 - 150)
  })
})

test('what is fetched for a job that ends is fetched no more, and counts no more', async (t) => {
  await withStore(10_000, async (store, _, pool) => {
    const told: AbortSignal[] = []
    const client = {
      fetch: async function* (_: string, __: unknown, signal: AbortSignal) {
        told.push(signal)
        yield block(1)
        await new Promise((resolve) => signal.addEventListener('abort', resolve))
        // It was under way.
        yield block(2)
        throw new Error('it was given up')
      },
      fetchLocal: () => t.fail() as never,
    }
    const sources = new BlockSources('own', store, client, pool)
    const groups = [{ executorId: 'other', address: '', attemptIds: [1] }]
    const source = { kind: 'stage', stageId: 0, stageKey: 7, groups } as const
    const reading = valuesOf(sources.broadcast(1, source, new AbortController().signal))
    await until(() => pool.storedBytes === 100)
    sources.releaseJob(1)
    t.true(told[0]!.aborted)
    t.is(pool.storedBytes, 0)
    t.like(await t.throwsAsync(reading), { condition: 'OPERATION_CANCELED' })
    t.is(pool.storedBytes, 0, 'given back once')
  })
})

test('what the user must mend is told as it is when blocks are fetched, and not computed again', async (t) => {
  await withStore(0, async (store, _, pool) => {
    const told = new MillraceError('CORRUPT_RECORD', { provider: 'p', position: '1', reason: 'r' })
    const gone = new Error('gone')
    for (const [cause, condition] of [
      [told, 'CORRUPT_RECORD'],
      [gone, 'FETCH_FAILED'],
    ] as const) {
      const fetch = async function* () {
        yield block(1)
        throw cause
      }
      const sources = new BlockSources('own', store, { fetch, fetchLocal: () => t.fail() as never }, pool)
      const groups = [{ executorId: 'other', address: '', attemptIds: [1] }]
      const source = { kind: 'stage', stageId: 0, stageKey: 7, groups } as const
      const failed = await t.throwsAsync(valuesOf(sources.partition(source, 0, new AbortController().signal)))
      t.like(failed, { condition })
    }
  })
})

test('ending a job drops its output, and leaves what belongs to caches', async (t) => {
  await withStore(0, async (store, directory) => {
    store.open(1, 1, JOB)
    store.open(2, 1, { kind: 'cache', cacheId: 'c' })
    store.open(3, 2, JOB)
    await Promise.all([store.put(1, 0, block(1)), store.put(2, 0, block(2)), store.put(3, 0, block(3))])
    store.releaseJob(1)
    t.deepEqual([store.has(1), store.has(2), store.has(3)], [false, true, true])
    await t.throwsAsync(valuesOf(store.read(1, 0)), { message: /OUTPUT_NOT_HELD/ })
    store.dropCache('c')
    t.false(store.has(2))
    await store.close()
    t.deepEqual(readdirSync(directory), [])
  })
})

test('what a task still emits after its job ended is dropped', async (t) => {
  await withStore(1000, async (store, _, pool) => {
    store.open(1, 1, JOB)
    store.discard(1)
    t.is(store.put(1, 0, block(1)), undefined)
    t.is(pool.storedBytes, 0)
  })
})

test('an output discarded while it is written to its file leaves neither bytes nor files', async (t) => {
  await withStore(0, async (store, directory, pool) => {
    store.open(1, 1, JOB)
    const writing = [store.put(1, 0, block(1)), store.put(1, 0, block(2))]
    store.discard(1)
    await Promise.all(writing)
    await store.close()
    t.is(pool.storedBytes, 0)
    t.deepEqual(readdirSync(directory), [])
  })
})

test('an output discarded while its second block is on its way to the file gives its bytes back once', async (t) => {
  await withStore(0, async (store, _, pool) => {
    store.open(1, 1, JOB)
    await store.put(1, 0, block(1))
    const writing = store.put(1, 0, block(2))
    // The write has begun, and cannot have ended without any I/O being looked at.
    for (let i = 0; i < 10; i++) await undefined
    store.discard(1)
    t.is(pool.storedBytes, 0)
    await writing
    t.is(pool.storedBytes, 0)
  })
})

test('a block is told to be in memory until it is in a file', async (t) => {
  await withStore(0, async (store) => {
    store.open(1, 1, JOB)
    const one = block(1)
    const writing = store.put(1, 0, one)
    t.true(store.counts(one))
    await writing
    t.false(store.counts(one))
  })
})

test('all of an output is read in the order of the numbers of its partitions', async (t) => {
  await withStore(10_000, async (store) => {
    store.open(1, 1, JOB)
    for (const partition of [10, 2, 0, 11, 1]) await store.put(1, partition, block(partition))
    t.deepEqual(await valuesOf(store.read(1, 'all')), [0, 1, 2, 10, 11])
  })
})

test('an output that is not held, or is dropped while it is read, is not taken for one that ends there', async (t) => {
  await withStore(10_000, async (store) => {
    await raised(t, valuesOf(store.read(1, 'all')), 'OUTPUT_NOT_HELD')
    await raised(t, valuesOf(store.readOutput(1)), 'OUTPUT_NOT_HELD')
    for (const read of [() => store.read(1, 'all'), () => store.readOutput(1)]) {
      store.open(1, 1, JOB)
      for (const partition of [0, 1]) await store.put(1, partition, block(partition))
      const blocks = read()
      await blocks.next()
      store.discard(1)
      await raised(t, valuesOf(blocks), 'OUTPUT_NOT_HELD')
    }
    store.open(1, 1, JOB)
    t.deepEqual(await valuesOf(store.readOutput(1)), [], 'one without rows')
  })
})

onLinux('a store that was closed has no file open any more', async (t) => {
  await withStore(0, async (store, directory) => {
    store.open(1, 1, JOB)
    await store.put(1, 0, block(1))
    t.true(hasSpillFile(directory))
    await store.close()
    t.false(hasSpillFile(directory))
  })
})

test('a disk that cannot be written is FAILED_WRITE_FILE', async (t) => {
  const store = new BlockStore(poolForBlocks(0), '/nowhere')
  store.open(1, 1, JOB)
  await t.throwsAsync(async () => store.put(1, 0, block(1)), { message: /FAILED_WRITE_FILE/ })
  await store.close()
})

test('the sizes of an output and of its partitions count all blocks, those in files as well, and are none once it is gone', async (t) => {
  for (const budget of [1_000_000, 150, 0]) {
    await withStore(budget, async (store, _directory, pool) => {
      store.open(1, 7, JOB)
      for (const [partition, bytes] of [
        [0, 100],
        [2, 10],
        [0, 50],
        [2, 1],
        [0, 7],
      ] as const)
        await store.put(1, partition, block(partition, bytes))
      t.is(store.bytesOf(1), 168)
      t.deepEqual(store.partitionBytesOf(1, 4), [157, 0, 11, 0])
      t.deepEqual(store.partitionBytesOf(2, 2), [0, 0])
      // What lies in files is not counted as memory, what was refused memory is not either.
      t.true(pool.storedBytes <= budget)
      store.discard(1)
      t.is(store.bytesOf(1), 0)
      t.deepEqual(store.partitionBytesOf(1, 3), [0, 0, 0])
      t.is(pool.storedBytes, 0)
    })
  }
})
