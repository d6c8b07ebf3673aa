/*
 * The types of what tools/build.mjs generates from the .proto files into dist/proto/wire.js. Written by hand because the generated ones
 * take longer to make than everything else; the round-trip test over all kinds of messages keeps them true.
 */

export interface MessageType<T> {
  encode(message: T): { finish(): Buffer }
  decode(bytes: Uint8Array): T
}

export interface BlockFrame {
  readonly rows: number
  readonly bytes: Uint8Array
  readonly checksum: number
}

export interface Register {
  readonly executorId: string
  readonly slots: number
  readonly blockAddress: string
  readonly protocolVersion: number
  /** Empty for an executor that has not been here before. */
  readonly previousId: string
}

export interface Heartbeat {
  readonly limitBytes: number
  readonly heldBytes: number
  readonly storedBytes: number
  readonly residentBytes: number
}

export interface TaskSucceeded {
  readonly attemptId: number
  readonly report: Uint8Array
  readonly hasBlocks: boolean
  readonly blocks: readonly BlockFrame[]
}

export interface TaskFailed {
  readonly attemptId: number
  readonly error: Uint8Array
}

/** `kind` names the member that is set; it is there when decoded and not needed to encode. */
export interface FromExecutor {
  readonly kind?: 'register' | 'heartbeat' | 'taskSucceeded' | 'taskFailed'
  readonly register?: Register | null
  readonly heartbeat?: Heartbeat | null
  readonly taskSucceeded?: TaskSucceeded | null
  readonly taskFailed?: TaskFailed | null
}

export interface SourceGroup {
  readonly executorId: string
  readonly address: string
  readonly attemptIds: readonly number[]
}

export interface Source {
  readonly kind?: 'stage' | 'cache' | 'local'
  readonly stage?: {
    readonly stageId: number
    readonly stageKey: number
    readonly groups: readonly SourceGroup[]
  } | null
  readonly cache?: {
    readonly cacheId: string
    readonly stageKey: number
    readonly groups: readonly SourceGroup[]
  } | null
  readonly local?: { readonly id: string; readonly from: number; readonly until: number } | null
}

export interface LaunchTask {
  readonly attemptId: number
  readonly jobId: number
  readonly stageKey: number
  readonly attempt: number
  readonly stage: Uint8Array
  readonly inputs: Uint8Array
  readonly sources: readonly Source[]
  readonly cacheId: string
  readonly inlineBytes: number
}

export interface FromDriver {
  readonly kind?: 'launchTask' | 'cancelTask' | 'releaseJob' | 'dropCache' | 'dropState' | 'shutdown'
  readonly launchTask?: LaunchTask | null
  readonly cancelTask?: { readonly attemptId: number } | null
  readonly releaseJob?: { readonly jobId: number } | null
  readonly dropCache?: { readonly cacheId: string } | null
  readonly dropState?: { readonly queryId: string } | null
  readonly shutdown?: Record<string, never> | null
}

export interface FetchRequest {
  readonly kind?: 'attempts' | 'local'
  readonly attempts?: {
    readonly attemptIds: readonly number[]
    readonly partition: number
    readonly allPartitions: boolean
  } | null
  readonly local?: { readonly id: string; readonly from: number; readonly until: number } | null
}

export interface HeldExecutor {
  readonly executorId: string
  readonly applicationId: string
  readonly cores: number
  readonly memoryBytes: number
}

interface EndedExecutor {
  readonly executorId: string
  readonly reason: string
}

type Nothing = Record<string, never>

export interface ToMaster {
  readonly kind?: string
  readonly joinWorker?: {
    readonly protocolVersion: number
    readonly workerId: string
    readonly host: string
    readonly cores: number
    readonly memoryBytes: number
    readonly executors: readonly HeldExecutor[]
  } | null
  readonly joinApplication?: {
    readonly protocolVersion: number
    readonly applicationId: string
    readonly name: string
    readonly executors: number
    readonly cores: number
    readonly memoryBytes: number
    readonly driverAddress: string
    readonly secret: string
    readonly heartbeatIntervalMs: number
  } | null
  readonly askStatus?: { readonly protocolVersion: number } | null
  readonly alive?: Nothing | null
  readonly leave?: Nothing | null
  readonly executorEnded?: EndedExecutor | null
  readonly releaseExecutor?: { readonly executorId: string; readonly isReplaced: boolean } | null
}

export interface FromMaster {
  readonly kind?: string
  readonly welcome?: { readonly heartbeatMs: number } | null
  readonly alive?: Nothing | null
  readonly startExecutor?: {
    readonly executor?: HeldExecutor | null
    readonly driverAddress: string
    readonly secret: string
    readonly heartbeatIntervalMs: number
  } | null
  readonly endExecutor?: { readonly executorId: string } | null
  readonly executorStarted?: { readonly executorId: string } | null
  readonly executorEnded?: EndedExecutor | null
  readonly waiting?: { readonly reason: string } | null
  readonly refused?: { readonly reason: string } | null
  readonly status?: { readonly json: Uint8Array } | null
}

export const millrace: {
  readonly BlockFrame: MessageType<BlockFrame>
  readonly FromExecutor: MessageType<FromExecutor>
  readonly FromDriver: MessageType<FromDriver>
  readonly FetchRequest: MessageType<FetchRequest>
  readonly ToMaster: MessageType<ToMaster>
  readonly FromMaster: MessageType<FromMaster>
}
