import type { EndingSignal } from '../../common/ending-signals.js'
import type { Worker } from '../../standalone/worker/worker.js'

/** Resolves when the worker is to be closed: by a signal, or when its executors have gone after SIGTERM or because somebody asked for that. @throws why it gave up */
export async function stayUntilToEnd(
  worker: Pick<Worker, 'givenUp' | 'isToLeave' | 'decommission'>,
  stop: Promise<EndingSignal>,
  decommissionTimeoutMs: number,
): Promise<void> {
  const ended = await Promise.race([stop, worker.givenUp, worker.isToLeave])
  if (ended instanceof Error) throw ended
  if (ended === 'SIGTERM') return await worker.decommission(decommissionTimeoutMs)
  // No signal was there yet: the first one ends what it waits for.
  if (ended === undefined) await Promise.race([worker.decommission(decommissionTimeoutMs), stop])
}
