import { closeSync, openSync, readSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import type { MillraceError } from '../../common/errors/millrace-error.js'
import type { Logger } from '../../common/log.js'
import type { FromMaster, ToMaster } from '../../proto/cluster.js'
import type { DriverSpec, DriverStatus } from '../../proto/drivers.js'
import { type MasterAddress, MasterLink } from '../../proto/rpc/master-link.js'
import { PART_BYTES } from '../archive/archive-format.js'

/** How often a client that waits for a driver asks how it is. */
const ASK_EVERY_MS = 250

/** Told of a master that is away while its answer is awaited, with the reason, and of one that is back. */
type MasterWatcher = (
  news: { readonly kind: 'lost'; readonly error: MillraceError } | { readonly kind: 'back' },
) => void

/** Asks the master of a cluster about drivers. */
export class DriverClient {
  readonly #master: MasterAddress
  readonly #logger: Logger
  readonly #watcher: MasterWatcher | undefined

  constructor(master: MasterAddress, logger: Logger, watcher?: MasterWatcher) {
    this.#master = master
    this.#logger = logger
    this.#watcher = watcher
  }

  /** @throws DRIVER_NOT_FOUND, and what `MasterLink.open` does */
  status(driverId: string): Promise<DriverStatus> {
    return this.#answerTo({ kind: 'askDriver', driverId })
  }

  /** @throws DRIVER_NOT_FOUND, and what `MasterLink.open` does */
  kill(driverId: string): Promise<DriverStatus> {
    return this.#answerTo({ kind: 'killDriver', driverId })
  }

  /** Sends the archive as well if the master does not have it. @throws ARCHIVE_REFUSED, SUBMISSION_REFUSED, and what `MasterLink.open` does */
  async submit(driver: DriverSpec, archive: string): Promise<DriverStatus> {
    const file = openSync(archive, 'r')
    try {
      return await this.#answerTo({ kind: 'submitDriver', driver }, (offset) => partOf(file, offset))
    } finally {
      closeSync(file)
    }
  }

  /** Resolves with how the driver is when that is as awaited, or when the time is over. A master that is away then is not waited for. @throws DRIVER_NOT_FOUND, MASTER_LOST, MASTER_UNREACHABLE */
  async waitFor(
    driverId: string,
    isAwaited: (status: DriverStatus) => boolean,
    waitMs?: number,
  ): Promise<DriverStatus> {
    const heard = new Answers()
    const ask: ToMaster = { kind: 'askDriver', driverId }
    let isLate = false
    let loss: MillraceError | undefined
    const giveUpLate = (): void => {
      if (isLate && loss) heard.fail(loss)
    }
    const link = await this.#open(ask, heard, {
      watcher: (news) => {
        loss = news.kind === 'lost' ? news.error : undefined
        giveUpLate()
      },
    })
    const end = (): void => {
      isLate = true
      giveUpLate()
    }
    const limit = waitMs === undefined ? undefined : setTimeout(end, waitMs)
    try {
      for (;;) {
        const status = await heard.next()
        if (isAwaited(status) || isLate) return status
        await sleep(ASK_EVERY_MS)
        link.send(ask)
      }
    } finally {
      clearTimeout(limit)
      await link.leave()
    }
  }

  async #answerTo(question: ToMaster, part?: (offset: number) => Uint8Array): Promise<DriverStatus> {
    const heard = new Answers()
    const link = await this.#open(question, heard, { part })
    return await heard.next().finally(() => link.leave())
  }

  /** What a greeting asks is asked again on each connection. */
  async #open(question: ToMaster, heard: Answers, { part, watcher }: Listening): Promise<MasterLink> {
    let link: MasterLink | undefined
    const early: FromMaster[] = []
    const receive = (message: FromMaster): void => {
      if (message.kind === 'driver') heard.take(message.driver)
      if (message.kind !== 'archiveWanted' || !part) return
      const { digest, offset } = message
      if (link) link.send({ kind: 'archivePart', digest, offset, bytes: part(offset) })
      else early.push(message)
    }
    const tell: MasterWatcher = (news) => {
      watcher?.(news)
      this.#watcher?.(news)
    }
    link = await MasterLink.open({
      ...this.#master,
      logger: this.#logger,
      keepsAlive: true,
      greeting: () => question,
      onMessage: receive,
      onLost: (error) => tell({ kind: 'lost', error }),
      onBack: () => tell({ kind: 'back' }),
      onGivenUp: (error) => heard.fail(error),
    })
    for (const message of early) receive(message)
    return link
  }
}

interface Listening {
  /** Of the archive that the master asks for. */
  readonly part?: ((offset: number) => Uint8Array) | undefined
  readonly watcher?: MasterWatcher
}

/** What the master says of a driver, one after the other. */
class Answers {
  #answers: DriverStatus[] = []
  #failure: MillraceError | undefined
  #wake: () => void = () => undefined

  take(status: DriverStatus): void {
    this.#answers.push(status)
    this.#wake()
  }

  fail(error: MillraceError): void {
    this.#failure = error
    this.#wake()
  }

  async next(): Promise<DriverStatus> {
    for (;;) {
      const status = this.#answers.shift()
      if (status) return status
      if (this.#failure) throw this.#failure
      await new Promise<void>((resolve) => {
        this.#wake = resolve
      })
    }
  }
}

function partOf(file: number, offset: number): Uint8Array {
  const part = Buffer.alloc(PART_BYTES)
  return part.subarray(0, readSync(file, part, 0, PART_BYTES, offset))
}
