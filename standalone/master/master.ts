import { randomBytes } from 'node:crypto'
import { MillraceError } from '../../common/errors/millrace-error.js'
import { type FolderLock, lockFolder } from '../../common/folder-lock.js'
import type { Logger } from '../../common/log.js'
import { tokenName } from '../../common/user-token.js'
import type { FromMaster, ToMaster } from '../../proto/cluster.js'
import { decodeToMaster, encodeFromMaster } from '../../proto/cluster-codec.js'
import type { Credentials } from '../../proto/rpc/credentials.js'
import { heardAsRead } from '../../proto/rpc/heard-as-read.js'
import { type ControlCall, RpcServer } from '../../proto/rpc/server.js'
import { statusOf } from '../../proto/rpc/typed-status.js'
import { ArchiveStore } from './archive-store.js'
import type { MasterAction, MasterEvent } from './events.js'
import { checkedJoin, otherThanBefore } from './join-check.js'
import { MasterCore } from './master-core.js'
import { RecordFile } from './record-file.js'
import { checkCanGo, checkRight } from './rights.js'
import { Starts } from './starts.js'
import { statusOfCluster } from './status.js'
import { type ClientMessage, Submissions } from './submissions.js'
import { Tokens } from './tokens.js'

export interface MasterOptions extends Credentials {
  readonly host: string
  /** 0 takes any that is free. */
  readonly port: number
  /** Where it keeps who belongs to the cluster. */
  readonly directory: string
  /** How long a worker or an application may be silent, or away, before it counts as gone. */
  readonly memberTimeoutMs: number
  readonly logger: Logger
}

const MAX_TICK_MS = 250
/** Members say so often within the time-out that they live. */
const HEARTBEATS_PER_TIMEOUT = 6
const CLOSE_GRACE_MS = 500
const MAX_NAME_CHARS = 200

/** What members alone say. */
type MemberMessage = Exclude<ToMaster, ClientMessage | { kind: 'askStatus' | 'alive' | 'decommission' }>

/** The master of a standalone cluster: takes workers and applications, and has executors of the one started on the other. */
export class Master {
  readonly #options: MasterOptions
  readonly #lock: FolderLock
  readonly #file: RecordFile
  readonly #core: MasterCore
  readonly #archives: ArchiveStore
  readonly #submissions: Submissions
  readonly #tokens: Tokens
  readonly #calls = new Map<string, ControlCall>()
  /** By which token each that is open came in. */
  readonly #tokenOf = new Map<ControlCall, string>()
  readonly #starts: Starts
  #server: RpcServer | undefined
  #timer: NodeJS.Timeout | undefined

  private constructor(options: MasterOptions, lock: FolderLock) {
    this.#options = options
    this.#lock = lock
    this.#file = new RecordFile(options.directory)
    this.#tokens = new Tokens(options.directory, options.logger)
    this.#core = new MasterCore({
      timeoutMs: options.memberTimeoutMs,
      epoch: randomBytes(3).toString('hex'),
      record: this.#file.read(),
      nowMs: performance.now(),
    })
    this.#starts = new Starts(options.secret)
    this.#archives = new ArchiveStore(options.directory)
    this.#submissions = new Submissions({
      store: this.#archives,
      drivers: this.#core.drivers,
      heartbeatMs: this.#heartbeatMs,
      handle: (event) => this.#handle(event),
    })
  }

  /** @throws FOLDER_IN_USE, CANNOT_LISTEN, FAILED_READ_FILE */
  static async start(options: MasterOptions): Promise<Master> {
    const lock = await lockFolder(options.directory)
    try {
      const master = new Master(options, lock)
      // Before drivers of users who were revoked meanwhile find room.
      master.#tick()
      const { host, port, secret, tls, logger } = options
      master.#server = await RpcServer.listen({
        host,
        port,
        secret,
        tls,
        logger,
        tokenRefusal: (token) => master.#tokens.refusalOf(token, Date.now()),
        joined: (call, token) => master.#joined(call, token),
      })
      const tickMs = Math.min(MAX_TICK_MS, options.memberTimeoutMs / 8)
      master.#timer = setInterval(() => master.#tick(), tickMs)
      return master
    } catch (error) {
      await lock.release()
      throw error
    }
  }

  get #heartbeatMs(): number {
    return Math.ceil(this.#options.memberTimeoutMs / HEARTBEATS_PER_TIMEOUT)
  }

  get address(): string {
    return this.#server!.address
  }

  /** Workers and applications wait for another master at the same address. */
  async close(): Promise<void> {
    clearInterval(this.#timer)
    for (const call of this.#calls.values()) call.end()
    this.#submissions.close()
    await this.#server?.close(CLOSE_GRACE_MS)
    await this.#lock.release()
  }

  /** A member's stream, from its greeting to its end. */
  #joined(call: ControlCall, token: string): void {
    let memberId: string | undefined
    const user = token === '' ? undefined : tokenName(token).user
    if (token !== '') this.#tokenOf.set(call, token)
    const gone = (): void => {
      this.#tokenOf.delete(call)
      this.#submissions.forget(call)
      // One that came back has another by now.
      if (memberId === undefined || this.#calls.get(memberId) !== call) return
      this.#calls.delete(memberId)
      this.#handle({ kind: 'disconnected', memberId })
    }
    heardAsRead(call, (bytes) => {
      // Its connection, and the call, may have come in long ago.
      if (this.#turnsAway(token)) return
      try {
        const message = decodeToMaster(bytes)
        checkRight(user, message, this.#core)
        memberId = this.#greeted(call, memberId, message) ?? memberId
        if (memberId === undefined || this.#calls.get(memberId) === call) this.#hear(call, memberId, message, user)
      } catch (error) {
        this.#options.logger.warn({ err: error, memberId }, 'a member of the cluster is refused')
        gone()
        call.emit('error', statusOf(error))
      }
    })
    const ended = (): void => {
      gone()
      call.end()
    }
    for (const event of ['end', 'cancelled', 'error']) call.on(event, ended)
  }

  /** Ends the connections that came in by a token when that is not taken any more. */
  #turnsAway(token: string): boolean {
    const reason = token === '' ? undefined : this.#tokens.refusalOf(token, Date.now())
    if (reason === undefined) return false
    const refusal = statusOf(new MillraceError('TOKEN_REFUSED', { address: this.address, reason }))
    for (const [call, ofCall] of this.#tokenOf) if (ofCall === token) call.emit('error', refusal)
    this.#server?.drop(token, CLOSE_GRACE_MS)
    return true
  }

  /** Who says by this message that it joins. @throws INVALID_CONF_VALUE, SEALED_OTHERWISE */
  #greeted(call: ControlCall, before: string | undefined, message: ToMaster): string | undefined {
    if (message.kind !== 'joinWorker' && message.kind !== 'joinApplication') return undefined
    const memberId = checkedJoin(message, this.#core.applications)
    if (before !== undefined && before !== memberId) throw otherThanBefore(memberId, before)
    // Before the welcome, and before an earlier line ends: who is refused changes nothing.
    if (message.kind === 'joinApplication') this.#starts.keep(message, this.#tokenOf.get(call))
    const earlier = this.#calls.get(memberId)
    if (earlier === call) return memberId
    this.#calls.set(memberId, call)
    earlier?.end()
    call.write(encodeFromMaster({ kind: 'welcome', heartbeatMs: this.#heartbeatMs }))
    return memberId
  }

  #hear(call: ControlCall, memberId: string | undefined, message: ToMaster, user: string | undefined): void {
    switch (message.kind) {
      case 'askStatus':
        return this.#tellStatus(call, user)
      case 'decommission':
        checkCanGo(message.name, this.#core)
        this.#handle({ kind: 'decommissionAsked', name: message.name })
        return this.#tellStatus(call, user)
      case 'submitDriver':
      case 'askDriver':
      case 'killDriver':
      case 'archivePart':
        return this.#submissions.hear(call, message, user, this.#tokenOf.get(call))
      case 'alive':
        call.write(encodeFromMaster({ kind: 'alive' }))
        return memberId === undefined ? undefined : this.#handle({ kind: 'heard', memberId })
      case 'joinWorker':
      case 'joinApplication':
      case 'leave':
      case 'executorEnded':
      case 'releaseExecutor':
      case 'fetchArchive':
      case 'driverStarted':
      case 'driverEnded':
        return memberId === undefined ? void call.end() : this.#hearMember(call, memberId, message)
    }
  }

  #hearMember(call: ControlCall, memberId: string, message: MemberMessage): void {
    switch (message.kind) {
      case 'joinWorker': {
        const { kind: _, executors, drivers, ...worker } = message
        return this.#handle({ kind: 'workerJoined', worker, executors, drivers })
      }
      case 'joinApplication': {
        const { applicationId, driverAddress, cores, memoryBytes, executors, driverId } = message
        const name = message.name.slice(0, MAX_NAME_CHARS)
        const token = this.#tokenOf.get(call)
        const ofUser = token === undefined ? {} : { user: tokenName(token).user }
        const application = { applicationId, name, driverAddress, cores, memoryBytes, executors, driverId, ...ofUser }
        return this.#handle({ kind: 'applicationJoined', application })
      }
      case 'leave':
        this.#handle({ kind: 'left', memberId })
        this.#calls.delete(memberId)
        return void call.end()
      case 'executorEnded':
        return this.#handle({ ...message, workerId: memberId })
      case 'releaseExecutor':
        return this.#handle({ ...message, kind: 'executorReleased', applicationId: memberId })
      case 'driverStarted':
      case 'driverEnded':
        return this.#handle({ ...message, workerId: memberId })
      case 'fetchArchive': {
        const { digest, offset } = message
        const bytes = this.#archives.part(digest, offset)
        return this.#send(memberId, { kind: 'archivePart', digest, offset, bytes })
      }
    }
  }

  #tick(): void {
    this.#tokens.readList()
    for (const token of this.#server?.tokens ?? []) this.#turnsAway(token)
    this.#handle({ kind: 'tick', revoked: this.#tokens.revoked })
  }

  #tellStatus(call: ControlCall, user: string | undefined): void {
    const heartbeatMs = this.#options.memberTimeoutMs
    call.write(encodeFromMaster({ kind: 'welcome', heartbeatMs }))
    call.write(encodeFromMaster({ kind: 'status', status: statusOfCluster(this.#core, user) }))
  }

  #handle(event: MasterEvent): void {
    for (const action of this.#core.handle(event, performance.now())) this.#perform(action)
  }

  #perform(action: MasterAction): void {
    switch (action.kind) {
      case 'save':
        return this.#save()
      case 'startExecutor': {
        const start = this.#starts.of(action.executor.applicationId)
        if (start) this.#send(action.workerId, { kind: 'startExecutor', executor: action.executor, ...start })
        return
      }
      case 'endExecutor':
        return this.#send(action.workerId, { kind: 'endExecutor', executorId: action.executorId })
      case 'startDriver':
        return this.#send(action.workerId, { kind: 'startDriver', driver: action.driver, launch: action.launch })
      case 'endDriver':
        return this.#send(action.workerId, { kind: 'endDriver', driverId: action.driverId, launch: action.launch })
      case 'decommission':
        return this.#send(action.workerId, { kind: 'decommission', name: action.name })
      case 'tell':
        return this.#send(action.applicationId, action.news)
      case 'disconnect':
        this.#options.logger.warn(action, 'a member of the cluster is silent')
        this.#calls.get(action.memberId)?.end()
        this.#calls.delete(action.memberId)
    }
  }

  /** A cluster whose record cannot be written goes on: only a new start of its master would know less. */
  #save(): void {
    const { record } = this.#core
    this.#starts.keepOnly(new Set(record.applications.map(({ applicationId }) => applicationId)))
    try {
      this.#file.write(record)
    } catch (error) {
      this.#options.logger.error({ err: error }, 'the record of the cluster could not be written')
    }
  }

  #send(memberId: string, message: FromMaster): void {
    this.#calls.get(memberId)?.write(encodeFromMaster(message))
  }
}
