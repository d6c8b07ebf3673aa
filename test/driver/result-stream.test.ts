import test from 'ava'
import type { Block } from '../../columnar/blocks/block.js'
import { MillraceError } from '../../common/errors/millrace-error.js'
import { type ReadyPartition, type ResultListener, ResultStream } from '../../driver/result-stream.js'

const MIB = 1024 ** 2
/** Only its size matters here. */
const blockOf = (rows: number, mib: number): Block => ({ rows, bytes: { length: mib * MIB } as Uint8Array })
const cut = new MillraceError('BLOCKS_UNAVAILABLE', { address: 'a', reason: 'cut' })

/** A stream of one partition, and what it told. */
const newStream = (): { stream: ResultStream; told: string[] } => {
  const told: string[] = []
  const listener: ResultListener = {
    delivered: (partition) => told.push(`delivered ${partition}`),
    lost: (partition, attemptId, error) => told.push(`lost ${partition} ${attemptId} ${error.condition}`),
    broken: (error) => told.push(`broken ${error.condition}`),
    abandoned: () => told.push('abandoned'),
  }
  return { stream: new ResultStream(1, listener), told }
}

/** An attempt whose n-th fetch breaks off before the block at `cuts[n]`. */
const attempt = (blocks: readonly Block[], cuts: readonly number[], error: Error = cut): ReadyPartition => {
  let fetches = 0
  return {
    attemptId: 7,
    fetch: async function* () {
      const at = cuts[fetches++]
      for (const [i, block] of blocks.entries()) {
        if (i === at) throw error
        yield block
      }
    },
  }
}

const rowsOf = async (stream: ResultStream): Promise<number[]> => {
  const rows: number[] = []
  for await (const block of stream.blocks()) rows.push(block.rows)
  return rows
}

const large = [1, 2, 3, 4, 5, 6].map((rows) => blockOf(rows, 40))

test('a large partition that breaks off in the middle goes on where it broke, each block once', async (t) => {
  const { stream, told } = newStream()
  stream.ready(0, attempt(large, [3, 4, 2, 5]))
  t.deepEqual(await rowsOf(stream), [1, 2, 3, 4, 5, 6])
  t.deepEqual(told, ['delivered 0'])
})

test('one that breaks off again and again, or for good, fails the job with what broke it', async (t) => {
  for (const [cuts, error] of [
    // The first cut comes after progress; three more in a row are too many.
    [[3, 3, 3, 3], cut],
    [[3], new MillraceError('BLOCK_TOO_LARGE', { bytes: 1, limit: 1 })],
  ] as const) {
    const { stream, told } = newStream()
    stream.ready(0, attempt(large, cuts, error))
    t.is(await t.throwsAsync(rowsOf(stream)), error)
    t.deepEqual(told, [`broken ${error.condition}`, 'abandoned'])
  }
})

test('what is forgotten is not handed over, also when it is being fetched', async (t) => {
  const { stream, told } = newStream()
  const old = attempt([blockOf(1, 1)], [])
  stream.ready(0, old)
  stream.forget(8)
  const rows = rowsOf(stream)
  let go!: () => void
  const gate = new Promise<void>((resolve) => {
    go = resolve
  })
  const isFetched = new Promise<void>((resolve) => {
    stream.ready(0, {
      attemptId: 8,
      fetch: async function* () {
        resolve()
        await gate
        yield blockOf(2, 1)
      },
    })
  })
  await isFetched
  stream.forget(9)
  stream.ready(0, { ...attempt([blockOf(3, 1)], []), attemptId: 9 })
  go()
  t.deepEqual(await rows, [3])
  t.deepEqual(told, ['delivered 0'])
})

test('one of which nothing was handed over yet is computed again', async (t) => {
  const { stream, told } = newStream()
  stream.ready(0, attempt([blockOf(1, 1), blockOf(2, 1)], [1]))
  const rows = rowsOf(stream)
  while (told.length === 0) await new Promise((resolve) => setImmediate(resolve))
  t.deepEqual(told, ['lost 0 7 BLOCKS_UNAVAILABLE'])
  stream.ready(0, attempt([blockOf(1, 1), blockOf(2, 1)], []))
  t.deepEqual(await rows, [1, 2])
})

/** A fetch that waits before its n-th block until the test lets it go on. */
const gated = (blocks: readonly Block[], at: number) => {
  let open!: () => void
  const gate = new Promise<void>((resolve) => {
    open = resolve
  })
  let arrive!: (signal: AbortSignal) => void
  const arrived = new Promise<AbortSignal>((resolve) => {
    arrive = resolve
  })
  const fetch: ReadyPartition['fetch'] = async function* (signal) {
    for (const [i, block] of blocks.entries()) {
      if (i === at) {
        arrive(signal)
        await gate
      }
      yield block
    }
    if (at === blocks.length) {
      arrive(signal)
      await gate
      throw cut
    }
  }
  return { open, arrived, fetch }
}

test('a large partition that is forgotten before any of it was handed over is not begun', async (t) => {
  const { stream, told } = newStream()
  const { open, arrived, fetch } = gated(large, 1)
  stream.ready(0, { attemptId: 7, fetch })
  const rows = rowsOf(stream)
  await arrived
  stream.forget(8)
  stream.ready(0, { ...attempt([blockOf(9, 1)], []), attemptId: 8 })
  open()
  t.deepEqual(await rows, [9])
  t.deepEqual(told, ['delivered 0'])
})

test('an attempt that comes while another one is fetched is taken when that breaks off', async (t) => {
  const { stream, told } = newStream()
  const { open, arrived, fetch } = gated([blockOf(1, 1)], 1)
  stream.ready(0, { attemptId: 7, fetch })
  const rows = rowsOf(stream)
  await arrived
  stream.ready(0, { ...attempt([blockOf(2, 1)], []), attemptId: 8 })
  open()
  t.deepEqual(await rows, [2])
  t.deepEqual(told, ['lost 0 7 BLOCKS_UNAVAILABLE', 'delivered 0'])
})

test('what is fetched for a consumer that wants no more is fetched no more', async (t) => {
  const { stream, told } = newStream()
  let given: AbortSignal | undefined
  const fetch: ReadyPartition['fetch'] = async function* (signal) {
    given = signal
    yield* large
  }
  stream.ready(0, { attemptId: 7, fetch })
  for await (const _ of stream.blocks()) break
  t.deepEqual(told, ['abandoned'])
  t.true(given?.aborted)
})

test('what failed a job first is what its reader is told', async (t) => {
  const { stream } = newStream()
  stream.fail(cut)
  stream.fail(new MillraceError('OPERATION_CANCELED'))
  t.is(await t.throwsAsync(rowsOf(stream)), cut)
})
