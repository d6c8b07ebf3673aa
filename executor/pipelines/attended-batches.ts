import type { Batch } from '../../connectors/api.js'
import type { Batches } from './step.js'

/** How often something is done meanwhile. */
const EVERY_MS = 500

/** Batches of a source. While one is waited for, as over a network, something is done every now and then. */
export function attended(batches: Batches, meanwhile: () => Promise<void>): Batches {
  return Symbol.asyncIterator in batches ? attendedAsync(batches, meanwhile) : batches
}

async function* attendedAsync(batches: AsyncIterable<Batch>, meanwhile: () => Promise<void>): AsyncGenerator<Batch> {
  const iterator = batches[Symbol.asyncIterator]()
  try {
    for (;;) {
      const next = iterator.next()
      await attend(next, meanwhile)
      const { done, value } = await next
      if (done) return
      yield value
    }
  } finally {
    await iterator.return?.()
  }
}

async function attend(next: Promise<unknown>, meanwhile: () => Promise<void>): Promise<void> {
  let hasCome = false
  const come = () => {
    hasCome = true
  }
  const arrival = next.then(come, come)
  for (;;) {
    await within(EVERY_MS, arrival)
    if (hasCome) return
    try {
      await meanwhile()
    } catch (error) {
      // Not before the source has stopped to write into the memory of the task.
      await arrival
      throw error
    }
  }
}

/** Waits for an event, but no longer than so long. */
const within = (milliseconds: number, event: Promise<void>): Promise<void> =>
  new Promise((resolve) => {
    const timer = setTimeout(resolve, milliseconds)
    void event.then(() => {
      clearTimeout(timer)
      resolve()
    })
  })
