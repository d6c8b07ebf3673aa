import type { Block } from '../../columnar/blocks/block.js'
import { serializeError, toMillraceError } from '../../common/errors/millrace-error.js'
import {
  type HostMessage,
  MESSAGE_BLOCKS,
  MESSAGE_BYTES,
  STREAM_WINDOW,
  type StreamRequest,
} from '../worker/thread-protocol.js'

interface Feed {
  credit: number
  wake: (() => void) | undefined
  readonly abort: AbortController
}

/** The streams of blocks that a task reads: sent to its thread no faster than it takes them. */
export class BlockFeeds {
  readonly #feeds = new Map<number, Feed>()
  readonly #blocks: (request: StreamRequest, signal: AbortSignal) => AsyncIterable<Block>
  readonly #post: (message: HostMessage) => void

  constructor(
    blocks: (request: StreamRequest, signal: AbortSignal) => AsyncIterable<Block>,
    post: (message: HostMessage) => void,
  ) {
    this.#blocks = blocks
    this.#post = post
  }

  open(stream: number, request: StreamRequest): void {
    const feed: Feed = { credit: STREAM_WINDOW, wake: undefined, abort: new AbortController() }
    this.#feeds.set(stream, feed)
    this.#pump(stream, feed, request)
      .catch((error: unknown) =>
        this.#post({ kind: 'streamFailed', stream, error: serializeError(toMillraceError(error)) }),
      )
      .finally(() => this.#feeds.delete(stream))
  }

  /** The thread took a message and has room for another. */
  more(stream: number): void {
    const feed = this.#feeds.get(stream)
    if (!feed) return
    feed.credit++
    feed.wake?.()
  }

  close(stream: number): void {
    const feed = this.#feeds.get(stream)
    if (!feed) return
    feed.abort.abort()
    feed.wake?.()
  }

  closeAll(): void {
    for (const stream of this.#feeds.keys()) this.close(stream)
  }

  /** Sends a stream's blocks in messages of a fair size, no more of them than the thread has room for. */
  async #pump(stream: number, feed: Feed, request: StreamRequest): Promise<void> {
    let blocks: Block[] = []
    let bytes = 0
    const send = async (areLast: boolean): Promise<void> => {
      while (feed.credit === 0 && !feed.abort.signal.aborted) {
        await new Promise<void>((resolve) => {
          feed.wake = resolve
        })
      }
      feed.credit--
      this.#post({ kind: 'blocks', stream, blocks, areLast })
      blocks = []
      bytes = 0
    }
    for await (const block of this.#blocks(request, feed.abort.signal)) {
      if (feed.abort.signal.aborted) return this.#post({ kind: 'end', stream })
      blocks.push(block)
      bytes += block.bytes.length
      if (bytes >= MESSAGE_BYTES || blocks.length >= MESSAGE_BLOCKS) await send(false)
    }
    // A message costs more than a small block: the end of a stream comes with what is left of it.
    if (blocks.length > 0) await send(true)
    else this.#post({ kind: 'end', stream })
  }
}
