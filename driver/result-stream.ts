import { setTimeout as sleep } from 'node:timers/promises'
import type { Block } from '../columnar/blocks/block.js'
import { type MillraceError, toMillraceError } from '../common/errors/millrace-error.js'
import { growingPauseMs } from '../common/growing-pause.js'

/** A partition up to this size is handed over only when it is here whole, so that losing it in the middle goes unnoticed. */
const WHOLE_PARTITION_BYTES = 64 * 1024 ** 2
/** How often in a row a larger one may break off in the middle before the job fails. */
const MAX_CUTS = 3
const CUT_PAUSE = { firstMs: 100, mostMs: 1_000 }

/** Where a partition of the result can be taken from. */
export interface ReadyPartition {
  readonly attemptId: number
  fetch(signal: AbortSignal): AsyncIterable<Block>
}

/** What the stream tells the driver. */
export interface ResultListener {
  delivered(partition: number, attemptId: number): void
  /** It could not be fetched, and nothing of it was handed over. */
  lost(partition: number, attemptId: number, error: MillraceError): void
  /** It broke off in the middle: the job cannot go on. */
  broken(error: MillraceError): void
  /** The consumer wants no more. */
  abandoned(): void
}

/**
 * The blocks of a job's result in the order of partitions. It pulls: a partition is fetched when the consumer comes to it, so at most
 * one is held here.
 */
export class ResultStream {
  #partitions: number
  readonly #listener: ResultListener
  readonly #ready = new Map<number, ReadyPartition>()
  readonly #abort = new AbortController()
  /** Attempts with smaller ids are not to be handed over. */
  #forgottenBefore = 0
  #wake: (() => void) | undefined
  #failure: MillraceError | undefined

  constructor(partitions: number, listener: ResultListener) {
    this.#partitions = partitions
    this.#listener = listener
  }

  /** There are so many, which is decided before any of them is there. */
  divide(partitions: number): void {
    this.#partitions = partitions
  }

  ready(partition: number, source: ReadyPartition): void {
    this.#ready.set(partition, source)
    this.#wake?.()
  }

  /** What attempts with smaller ids made is made again, from other rows. */
  forget(beforeAttemptId: number): void {
    this.#forgottenBefore = beforeAttemptId
    for (const [partition, source] of this.#ready) if (this.#isForgotten(source)) this.#ready.delete(partition)
  }

  #isForgotten({ attemptId }: ReadyPartition): boolean {
    return attemptId < this.#forgottenBefore
  }

  fail(error: MillraceError): void {
    this.#failure ??= error
    this.#abort.abort()
    this.#wake?.()
  }

  async *blocks(): AsyncGenerator<Block> {
    let partition = 0
    try {
      for (; partition < this.#partitions; partition++) yield* this.#partition(partition)
    } finally {
      if (partition < this.#partitions) {
        this.#abort.abort()
        this.#listener.abandoned()
      }
    }
  }

  async *#partition(partition: number): AsyncGenerator<Block> {
    for (;;) {
      const source = await this.#waitFor(partition)
      const progress = { handedOver: 0 }
      try {
        yield* this.#fetched(source, progress)
      } catch (error) {
        if (this.#failure) throw this.#failure
        const cause = toMillraceError(error)
        if (progress.handedOver > 0) {
          this.#listener.broken(cause)
          throw cause
        }
        if (this.#ready.get(partition) === source) this.#ready.delete(partition)
        this.#listener.lost(partition, source.attemptId, cause)
        continue
      }
      // It was forgotten while it was fetched.
      if (progress.handedOver === 0 && this.#isForgotten(source)) continue
      this.#ready.delete(partition)
      this.#listener.delivered(partition, source.attemptId)
      return
    }
  }

  /** The blocks of an attempt. When they break off after some were handed over, the rest is fetched again: an attempt always gives the same. */
  async *#fetched(source: ReadyPartition, progress: { handedOver: number }): AsyncGenerator<Block> {
    for (let cuts = 0; ; cuts++) {
      const before = progress.handedOver
      try {
        yield* this.#rest(source, progress)
        return
      } catch (error) {
        if (this.#failure || progress.handedOver === 0 || toMillraceError(error).retry === 'never') throw error
        if (progress.handedOver > before) cuts = 0
        if (cuts >= MAX_CUTS) throw error
        await sleep(growingPauseMs(CUT_PAUSE, cuts), undefined, { signal: this.#abort.signal })
      }
    }
  }

  async *#rest(source: ReadyPartition, progress: { handedOver: number }): AsyncGenerator<Block> {
    const held: Block[] = []
    let bytes = 0
    let toSkip = progress.handedOver
    for await (const block of source.fetch(this.#abort.signal)) {
      if (toSkip-- > 0) continue
      held.push(block)
      bytes += block.bytes.length
      if (bytes <= WHOLE_PARTITION_BYTES && progress.handedOver === 0) continue
      if (progress.handedOver === 0 && this.#isForgotten(source)) return
      progress.handedOver += held.length
      yield* held.splice(0)
    }
    if (progress.handedOver === 0 && this.#isForgotten(source)) return
    progress.handedOver += held.length
    yield* held
  }

  async #waitFor(partition: number): Promise<ReadyPartition> {
    for (;;) {
      if (this.#failure) throw this.#failure
      const source = this.#ready.get(partition)
      if (source) return source
      await new Promise<void>((resolve) => {
        this.#wake = resolve
      })
    }
  }
}
