import { setTimeout as sleep } from 'node:timers/promises'
import { type ClientDuplexStream, type ServiceError, status } from '@grpc/grpc-js'
import { MillraceError, toMillraceError } from '../../common/errors/millrace-error.js'
import { growingPauseMs } from '../../common/growing-pause.js'
import type { Logger } from '../../common/log.js'
import type { ClusterStatus, FromMaster, ToMaster } from '../cluster.js'
import { decodeFromMaster, encodeToMaster } from '../cluster-codec.js'
import { Channel } from './channel.js'
import type { Credentials } from './credentials.js'
import { grpcReason } from './grpc-reason.js'
import { MASTER_CONNECT_TIMEOUT_MS, MASTER_PATIENCE_MS, MASTER_SILENCE_MS } from './limits.js'
import { Patience } from './patience.js'
import { CLUSTER_SERVICE } from './services.js'

export interface MasterAddress extends Credentials {
  /** host:port */
  readonly address: string
}

export interface MasterLinkOptions extends MasterAddress {
  readonly logger: Logger
  /** What is said first on each connection: who this is, and what it has. */
  greeting(): ToMaster
  onMessage(message: FromMaster): void
  /** The line broke, and is made again from now on. */
  onLost?(error: MillraceError): void
  /** One that broke is there again. */
  onBack?(): void
  /** The master was away for too long, or has no use for this any more. */
  onGivenUp(error: MillraceError): void
  readonly connectTimeoutMs?: number
  /** How long a master that was lost is looked for; default ten minutes. */
  readonly patienceMs?: number
  /** A master that sends nothing for so long is lost; default 30 s, and less where it is to hear of its members more often. */
  readonly silenceMs?: number
  /** Whether the process lives on for it. */
  readonly keepsAlive: boolean
}

const PAUSE = { firstMs: 100, mostMs: 5_000 }
/** An address where nothing answers at all is given up after this long, and tried again. */
const ATTEMPT_TIMEOUT_MS = 5_000
/** The master answers each heartbeat, and counts members as gone after six that it did not hear: a line that carries none any more must be noticed before. */
const SILENT_HEARTBEATS = 4
/** How long what was said last may take to arrive. */
const LEAVE_GRACE_MS = 1_000

/** A worker's or an application's line to the master, which is made again when it breaks. What is said meanwhile is lost: the greeting tells how things are. */
export class MasterLink {
  readonly #options: MasterLinkOptions
  readonly #closed = new AbortController()
  #connection: MasterConnection | undefined

  private constructor(options: MasterLinkOptions) {
    this.#options = options
  }

  /** @throws MASTER_UNREACHABLE, why the two cannot work together, and why the master refuses */
  static async open(options: MasterLinkOptions): Promise<MasterLink> {
    const link = new MasterLink(options)
    await link.#connect(options.connectTimeoutMs ?? MASTER_CONNECT_TIMEOUT_MS)
    return link
  }

  send(message: ToMaster): void {
    this.#connection?.send(message)
  }

  /** Tells the master that this will not come back, and waits for a moment until that is heard. */
  async leave(): Promise<void> {
    this.#closed.abort()
    this.send({ kind: 'leave' })
    await this.#connection?.end()
  }

  async #connect(timeoutMs: number): Promise<void> {
    const { address } = this.#options
    const untilMs = performance.now() + timeoutMs
    for (let failed = 0; ; failed++) {
      const pauseMs = growingPauseMs(PAUSE, failed)
      const connection = new MasterConnection(this.#options, (error) => this.#lost(error))
      // Before the welcome: what happens after the greeting, which tells how things are by now, must follow it.
      this.#connection = connection
      try {
        return await connection.welcomed
      } catch (error) {
        if (this.#connection === connection) this.#connection = undefined
        if (!MillraceError.is(error) || error.condition !== 'MASTER_LOST') throw error
        if (performance.now() + pauseMs >= untilMs || this.#closed.signal.aborted) {
          const { reason = '' } = error.parameters
          throw new MillraceError(
            'MASTER_UNREACHABLE',
            { address, within: ` within ${timeoutMs / 1000} s`, reason },
            { cause: error },
          )
        }
      }
      const waiting = { signal: this.#closed.signal, ref: this.#options.keepsAlive }
      await sleep(pauseMs, undefined, waiting).catch(() => undefined)
      if (this.#closed.signal.aborted) return
    }
  }

  #lost(error: MillraceError): void {
    this.#connection = undefined
    const { logger, onLost, onBack, onGivenUp } = this.#options
    if (this.#closed.signal.aborted) return
    if (error.condition !== 'MASTER_LOST') return onGivenUp(error)
    logger.warn({ err: error }, 'the master is lost')
    onLost?.(error)
    this.#connect(this.#options.patienceMs ?? MASTER_PATIENCE_MS).then(
      () => {
        if (this.#closed.signal.aborted) return
        logger.info({}, 'the master is back')
        onBack?.()
      },
      (failure: unknown) => {
        if (!this.#closed.signal.aborted) onGivenUp(toMillraceError(failure))
      },
    )
  }
}

/** One connection: from the greeting, which the master answers by a welcome, to its end. */
class MasterConnection {
  /** Resolves with the welcome. */
  readonly welcomed: Promise<void>
  readonly #options: Omit<MasterLinkOptions, 'onGivenUp' | 'logger'>
  readonly #channel: Channel
  readonly #call: ClientDuplexStream<Buffer, Buffer>
  #patience: Patience
  readonly #attempt: NodeJS.Timeout
  #heartbeat: NodeJS.Timeout | undefined
  #settle!: { resolve(): void; reject(error: MillraceError): void }
  /** Set as the welcome is read, not by its promise: the call may end before that is heard. */
  #isWelcome = false
  #isOver = false

  constructor(options: Omit<MasterLinkOptions, 'onGivenUp' | 'logger'>, onLost: (error: MillraceError) => void) {
    this.#options = options
    this.welcomed = new Promise((resolve, reject) => {
      this.#settle = { resolve, reject }
    })
    const over = (error: MillraceError): void => {
      if (this.#isOver) return
      this.#close()
      if (this.#isWelcome) onLost(error)
      else this.#settle.reject(error)
    }
    this.#channel = new Channel(options.address, options, 'control')
    this.#call = this.#channel.stream(CLUSTER_SERVICE)
    this.#call.on('data', (bytes: Buffer) => this.#receive(bytes, over))
    this.#call.on('error', (error: ServiceError) => over(this.#errorOf(error)))
    this.#call.on('end', () => over(this.#broken('it closed the connection')))
    this.#attempt = setTimeout(() => over(this.#broken('nothing answers there')), ATTEMPT_TIMEOUT_MS)
    this.#patience = this.#patienceOf(options.silenceMs ?? MASTER_SILENCE_MS, over)
    this.send(options.greeting())
  }

  send(message: ToMaster): void {
    if (!this.#isOver) this.#call.write(encodeToMaster(message))
  }

  /** Lets what was said arrive, for a bounded while. */
  async end(): Promise<void> {
    if (this.#isOver) return
    this.#isOver = true
    // A welcome that comes now is not read any more.
    this.#settle.reject(this.#broken('it was left'))
    let timer: NodeJS.Timeout | undefined
    await new Promise<void>((resolve) => {
      timer = setTimeout(resolve, LEAVE_GRACE_MS)
      for (const event of ['end', 'error', 'close']) this.#call.once(event, () => resolve())
      this.#call.end()
    })
    clearTimeout(timer)
    this.#close()
  }

  #receive(bytes: Buffer, over: (error: MillraceError) => void): void {
    if (this.#isOver) return
    this.#patience.begin()
    try {
      const message = decodeFromMaster(bytes)
      if (message.kind !== 'welcome') return this.#options.onMessage(message)
      clearTimeout(this.#attempt)
      if (!this.#options.keepsAlive) this.#channel.unref()
      this.#heartbeat = setInterval(() => this.send({ kind: 'alive' }), message.heartbeatMs).unref()
      this.#patience.close()
      const silenceMs = Math.min(MASTER_SILENCE_MS, SILENT_HEARTBEATS * message.heartbeatMs)
      this.#patience = this.#patienceOf(this.#options.silenceMs ?? silenceMs, over)
      this.#patience.begin()
      this.#isWelcome = true
      this.#settle.resolve()
    } catch (error) {
      over(toMillraceError(error))
    }
  }

  #patienceOf(silenceMs: number, over: (error: MillraceError) => void): Patience {
    return new Patience(silenceMs, () => over(this.#broken('it sends nothing any more')))
  }

  #close(): void {
    this.#isOver = true
    clearTimeout(this.#attempt)
    clearInterval(this.#heartbeat)
    this.#patience.close()
    this.#call.cancel()
    this.#channel.close()
  }

  #errorOf(error: ServiceError): MillraceError {
    const { address } = this.#options
    if (error.code === status.UNIMPLEMENTED) {
      const reason = 'what answers there is no master of a cluster'
      return new MillraceError('MASTER_UNREACHABLE', { address, within: '', reason }, { cause: error })
    }
    return this.#channel.conditionOf(error) ?? this.#broken(grpcReason(error))
  }

  #broken(reason: string): MillraceError {
    return new MillraceError('MASTER_LOST', { address: this.#options.address, reason })
  }
}

/** How a cluster is. @throws what `MasterLink.open` does */
export const clusterStatus = (master: MasterAddress, logger: Logger): Promise<ClusterStatus> =>
  answerTo({ kind: 'askStatus' }, master, logger, { of: (status) => status, ifRefused: () => undefined })

/** Has a worker or an executor go when others have what it holds. @throws CLUSTER_MEMBER_NOT_FOUND, CLUSTER_WORKER_AWAY, CLUSTER_PERMISSION_DENIED, and what `MasterLink.open` does */
export async function decommission(name: string, master: MasterAddress, logger: Logger): Promise<void> {
  await answerTo({ kind: 'decommission', name }, master, logger, {
    of: () => true,
    // The master that welcomed the question did what it was asked.
    ifRefused: ({ condition }) => (condition === 'CLUSTER_MEMBER_NOT_FOUND' ? true : undefined),
  })
}

interface Reading<Answer> {
  of(status: ClusterStatus): Answer
  /** The answer when what was welcomed, and asked again as the line broke, is refused by this. */
  ifRefused(refusal: MillraceError): Answer | undefined
}

async function answerTo<Answer>(
  question: ToMaster,
  master: MasterAddress,
  logger: Logger,
  reading: Reading<Answer>,
): Promise<Answer> {
  let hear!: { resolve(answer: Answer): void; reject(error: MillraceError): void }
  const answer = new Promise<Answer>((resolve, reject) => {
    hear = { resolve, reject }
  })
  answer.catch(() => undefined)
  const link = await MasterLink.open({
    ...master,
    logger,
    keepsAlive: true,
    greeting: () => question,
    onMessage: (message) => {
      if (message.kind === 'status') hear.resolve(reading.of(message.status))
    },
    onGivenUp: (error) => {
      const done = reading.ifRefused(error)
      if (done === undefined) hear.reject(error)
      else hear.resolve(done)
    },
  })
  return await answer.finally(() => link.leave())
}
