import { randomBytes } from 'node:crypto'
import { MillraceError } from '../../common/errors/millrace-error.js'
import { type FolderLock, lockFolder } from '../../common/folder-lock.js'
import type { Logger } from '../../common/log.js'
import type { FromMaster, JoinApplication, JoinWorker, StartExecutor, ToMaster } from '../../proto/cluster.js'
import { decodeToMaster, encodeFromMaster } from '../../proto/cluster-codec.js'
import { type ControlCall, RpcServer } from '../../proto/rpc/server.js'
import { statusOf } from '../../proto/rpc/typed-status.js'
import type { MasterAction, MasterEvent } from './events.js'
import { MasterCore } from './master-core.js'
import { RecordFile } from './record-file.js'
import { statusOfCluster } from './status.js'

export interface MasterOptions {
  readonly host: string
  /** 0 takes any that is free. */
  readonly port: number
  /** Where it keeps who belongs to the cluster. */
  readonly directory: string
  readonly secret: string
  /** How long a worker or an application may be silent, or away, before it counts as gone. */
  readonly memberTimeoutMs: number
  readonly logger: Logger
}

const MAX_TICK_MS = 250
/** Members say so often within the time-out that they live. */
const HEARTBEATS_PER_TIMEOUT = 6
const CLOSE_GRACE_MS = 500
const MAX_NAME_CHARS = 200
const MAX_CORES = 65_536

/** The master of a standalone cluster: takes workers and applications, and has executors of the one started on the other. */
export class Master {
  readonly #options: MasterOptions
  readonly #lock: FolderLock
  readonly #file: RecordFile
  readonly #core: MasterCore
  readonly #calls = new Map<string, ControlCall>()
  /** What executors of an application are told; its secret is never on disk. */
  readonly #starts = new Map<string, Omit<StartExecutor, 'executor'>>()
  #server: RpcServer | undefined
  #timer: NodeJS.Timeout | undefined

  private constructor(options: MasterOptions, lock: FolderLock) {
    this.#options = options
    this.#lock = lock
    this.#file = new RecordFile(options.directory)
    this.#core = new MasterCore({
      timeoutMs: options.memberTimeoutMs,
      epoch: randomBytes(3).toString('hex'),
      record: this.#file.read(),
      nowMs: performance.now(),
    })
  }

  /** @throws FOLDER_IN_USE, CANNOT_LISTEN, FAILED_READ_FILE */
  static async start(options: MasterOptions): Promise<Master> {
    const lock = await lockFolder(options.directory)
    try {
      const master = new Master(options, lock)
      const { host, port, secret } = options
      master.#server = await RpcServer.listen({ host, port, secret, joined: (call) => master.#joined(call) })
      const tickMs = Math.min(MAX_TICK_MS, options.memberTimeoutMs / 8)
      master.#timer = setInterval(() => master.#handle({ kind: 'tick' }), tickMs)
      return master
    } catch (error) {
      await lock.release()
      throw error
    }
  }

  get address(): string {
    return this.#server!.address
  }

  /** Workers and applications wait for another master at the same address. */
  async close(): Promise<void> {
    clearInterval(this.#timer)
    for (const call of this.#calls.values()) call.end()
    await this.#server?.close(CLOSE_GRACE_MS)
    await this.#lock.release()
  }

  /** A member's stream, from its greeting to its end. */
  #joined(call: ControlCall): void {
    let memberId: string | undefined
    const gone = (): void => {
      // One that came back has another by now.
      if (memberId === undefined || this.#calls.get(memberId) !== call) return
      this.#calls.delete(memberId)
      this.#handle({ kind: 'disconnected', memberId })
    }
    call.on('data', (bytes: Buffer) => {
      try {
        const message = decodeToMaster(bytes)
        memberId = this.#greeted(call, message) ?? memberId
        if (memberId === undefined || this.#calls.get(memberId) === call) this.#hear(call, memberId, message)
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

  /** Who says by this message that it joins. */
  #greeted(call: ControlCall, message: ToMaster): string | undefined {
    if (message.kind !== 'joinWorker' && message.kind !== 'joinApplication') return undefined
    const memberId = message.kind === 'joinWorker' ? message.workerId : message.applicationId
    checkJoin(message, memberId)
    const before = this.#calls.get(memberId)
    if (before === call) return memberId
    this.#calls.set(memberId, call)
    before?.end()
    const heartbeatMs = Math.ceil(this.#options.memberTimeoutMs / HEARTBEATS_PER_TIMEOUT)
    call.write(encodeFromMaster({ kind: 'welcome', heartbeatMs }))
    return memberId
  }

  #hear(call: ControlCall, memberId: string | undefined, message: ToMaster): void {
    if (message.kind === 'askStatus') return this.#tellStatus(call)
    if (memberId === undefined) return void call.end()
    switch (message.kind) {
      case 'joinWorker': {
        const { workerId, host, cores, memoryBytes, executors } = message
        return this.#handle({ kind: 'workerJoined', worker: { workerId, host, cores, memoryBytes }, executors })
      }
      case 'joinApplication': {
        const { applicationId, driverAddress, secret, heartbeatIntervalMs, cores, memoryBytes, executors } = message
        const name = message.name.slice(0, MAX_NAME_CHARS)
        this.#starts.set(applicationId, { driverAddress, secret, heartbeatIntervalMs })
        const application = { applicationId, name, driverAddress, cores, memoryBytes, executors }
        return this.#handle({ kind: 'applicationJoined', application })
      }
      case 'alive':
        this.#send(memberId, { kind: 'alive' })
        return this.#handle({ kind: 'heard', memberId })
      case 'leave':
        this.#handle({ kind: 'left', memberId })
        this.#calls.delete(memberId)
        return void call.end()
      case 'executorEnded':
        return this.#handle({ ...message, workerId: memberId })
      case 'releaseExecutor':
        return this.#handle({ ...message, kind: 'executorReleased', applicationId: memberId })
    }
  }

  #tellStatus(call: ControlCall): void {
    const heartbeatMs = this.#options.memberTimeoutMs
    call.write(encodeFromMaster({ kind: 'welcome', heartbeatMs }))
    call.write(encodeFromMaster({ kind: 'status', status: statusOfCluster(this.#core) }))
  }

  #handle(event: MasterEvent): void {
    for (const action of this.#core.handle(event, performance.now())) this.#perform(action)
  }

  #perform(action: MasterAction): void {
    switch (action.kind) {
      case 'save':
        return this.#save()
      case 'startExecutor': {
        const start = this.#starts.get(action.executor.applicationId)
        if (start) this.#send(action.workerId, { kind: 'startExecutor', executor: action.executor, ...start })
        return
      }
      case 'endExecutor':
        return this.#send(action.workerId, { kind: 'endExecutor', executorId: action.executorId })
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
    const known = new Set(record.applications.map(({ applicationId }) => applicationId))
    for (const applicationId of this.#starts.keys()) if (!known.has(applicationId)) this.#starts.delete(applicationId)
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

/** @throws INVALID_CONF_VALUE */
function checkJoin({ cores, memoryBytes }: JoinWorker | JoinApplication, memberId: string): void {
  const refuse = (key: string, value: string | number, reason: string): MillraceError =>
    new MillraceError('INVALID_CONF_VALUE', { key, value: String(value), reason })
  if (memberId === '') throw refuse('id', memberId, 'a member of a cluster has one')
  if (cores > MAX_CORES) throw refuse('cores', cores, `there are at most ${MAX_CORES}`)
  if (!Number.isSafeInteger(memoryBytes) || memoryBytes <= 0) throw refuse('memory', memoryBytes, 'it is no size')
}
