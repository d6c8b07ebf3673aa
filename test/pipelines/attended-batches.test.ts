import test from 'ava'
import type { Batch, BatchReader } from '../../connectors/api.js'
import { attended } from '../../executor/pipelines/attended-batches.js'

const BATCH: Batch = { rows: 1, columns: [] }

/** A source that gives one batch for each event, and tells when it is told to end. */
async function* source(events: readonly (() => Promise<unknown>)[], log: string[]): AsyncGenerator<Batch> {
  try {
    for (const event of events) {
      await event()
      log.push('batch')
      yield BATCH
    }
  } finally {
    log.push('returned')
  }
}

/** Batches as a pipeline takes them. */
async function* taken(reader: BatchReader): AsyncGenerator<Batch> {
  try {
    for (let batch = await reader.next(); batch; batch = await reader.next()) yield batch
  } finally {
    await reader.close()
  }
}

/** Something done once in a while, and what waits for it to be done. */
function attention(
  log: string[],
  doing: () => Promise<void> = async () => {},
): { meanwhile: () => Promise<void>; called: () => Promise<void> } {
  let waiting: (() => void) | undefined
  return {
    meanwhile: () => {
      log.push('meanwhile')
      waiting?.()
      return doing()
    },
    called: () =>
      new Promise((resolve) => {
        waiting = resolve
      }),
  }
}

test('while a batch is waited for something is done, again for each that is', async (t) => {
  const log: string[] = []
  const { meanwhile, called } = attention(log)
  for await (const batch of taken(attended(source([called, called], log), meanwhile))) t.is(batch, BATCH)
  t.deepEqual(log, ['meanwhile', 'batch', 'meanwhile', 'batch', 'returned'])
})

test('nothing is done while a batch is worked on', async (t) => {
  const log: string[] = []
  const { meanwhile, called } = attention(log)
  for await (const _ of taken(attended(source([async () => {}, called], log), meanwhile))) {
    if (log.length > 1) break
    // In the time in which another looks twice.
    const other = attention([])
    for await (const _ of taken(attended(source([other.called, other.called], []), other.meanwhile)));
    t.deepEqual(log, ['batch'])
  }
  t.deepEqual(log, ['batch', 'meanwhile', 'batch', 'returned'])
})

test('what fails meanwhile is told when the batch has come, and the source is ended', async (t) => {
  const log: string[] = []
  const { meanwhile, called } = attention(log, async () => {
    throw new Error('no room')
  })
  const afterwards = async (): Promise<void> => {
    await called()
    await new Promise((resolve) => setImmediate(resolve))
  }
  await t.throwsAsync(
    async () => {
      for await (const _ of taken(attended(source([afterwards, called], log), meanwhile))) log.push('worked on')
    },
    { message: 'no room' },
  )
  t.deepEqual(log, ['meanwhile', 'batch', 'returned'])
})

test('a batch is handed on when what is done meanwhile has ended', async (t) => {
  const log: string[] = []
  const { meanwhile, called } = attention(log, async () => {
    await new Promise((resolve) => setImmediate(resolve))
    log.push('done')
  })
  for await (const _ of taken(attended(source([called], log), meanwhile))) log.push('worked on')
  t.deepEqual(log, ['meanwhile', 'batch', 'done', 'worked on', 'returned'])
})

test('what a source has at hand comes without a promise, and the source is told when no more is wanted', async (t) => {
  const log: string[] = []
  function* atHand(): Generator<Batch> {
    try {
      yield BATCH
      yield BATCH
    } finally {
      log.push('returned')
    }
  }
  const reader = { next: () => (log.length < 2 ? BATCH : undefined), close: () => void log.push('closed') }
  for (const batches of [atHand(), reader]) {
    const read = attended(batches, async () => t.fail('nothing is waited for'))
    t.is(read.next(), BATCH)
    await read.close()
  }
  t.deepEqual(log, ['returned', 'closed'])
})
