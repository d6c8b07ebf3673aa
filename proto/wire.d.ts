/* Made by tools/wire/declare.mjs from the .proto files. */

export interface MessageType<T> {
  encode(message: T): { finish(): Buffer }
  decode(bytes: Uint8Array): T
}

/** A block: an encapsulated Arrow IPC RecordBatch message and its number of rows. */
export interface BlockFrame {
  readonly rows: number
  readonly bytes: Uint8Array
  /** CRC-32 of the bytes, begun with the complement of the number of rows. */
  readonly checksum: number
  /** Of a whole output, the partition that it is of. */
  readonly partition: number
}

export interface ToMaster {
  /** Which of them is set; there when decoded, and not needed to encode. */
  readonly kind?:
    | 'joinWorker'
    | 'joinApplication'
    | 'askStatus'
    | 'alive'
    | 'leave'
    | 'executorEnded'
    | 'releaseExecutor'
    | 'submitDriver'
    | 'askDriver'
    | 'killDriver'
    | 'archivePart'
    | 'fetchArchive'
    | 'driverStarted'
    | 'driverEnded'
    | 'decommission'
  readonly joinWorker?: JoinWorker | null
  readonly joinApplication?: JoinApplication | null
  readonly askStatus?: AskStatus | null
  readonly alive?: Alive | null
  readonly leave?: Leave | null
  readonly executorEnded?: ExecutorEnded | null
  readonly releaseExecutor?: ReleaseExecutor | null
  readonly submitDriver?: SubmitDriver | null
  readonly askDriver?: AskDriver | null
  readonly killDriver?: KillDriver | null
  readonly archivePart?: ArchivePart | null
  readonly fetchArchive?: FetchArchive | null
  readonly driverStarted?: DriverStarted | null
  readonly driverEnded?: DriverEnded | null
  readonly decommission?: Decommission | null
}

export interface FromMaster {
  /** Which of them is set; there when decoded, and not needed to encode. */
  readonly kind?:
    | 'welcome'
    | 'alive'
    | 'startExecutor'
    | 'endExecutor'
    | 'executorStarted'
    | 'executorEnded'
    | 'waiting'
    | 'refused'
    | 'status'
    | 'driver'
    | 'archiveWanted'
    | 'archivePart'
    | 'startDriver'
    | 'endDriver'
    | 'decommission'
  readonly welcome?: Welcome | null
  readonly alive?: Alive | null
  readonly startExecutor?: StartExecutor | null
  readonly endExecutor?: EndExecutor | null
  readonly executorStarted?: ExecutorStarted | null
  readonly executorEnded?: ExecutorEnded | null
  readonly waiting?: Waiting | null
  readonly refused?: Refused | null
  readonly status?: ClusterStatus | null
  readonly driver?: DriverStatus | null
  readonly archiveWanted?: FetchArchive | null
  readonly archivePart?: ArchivePart | null
  readonly startDriver?: StartDriver | null
  readonly endDriver?: EndDriver | null
  readonly decommission?: Decommission | null
}

/** A worker has the same id when it comes back. */
export interface JoinWorker {
  readonly workerId: string
  readonly host: string
  readonly cores: number
  readonly memoryBytes: number
  /** Those that run there; a new worker has none. */
  readonly executors: readonly HeldExecutor[]
  /** Those that run there, and those of which the master has not heard that they ended. */
  readonly drivers: readonly HeldDriver[]
  /** It is stopped, and ends when others have what its executors hold: nothing new starts there. */
  readonly isLeaving: boolean
}

export interface HeldExecutor {
  readonly executorId: string
  readonly applicationId: string
  readonly cores: number
  readonly memoryBytes: number
}

/** Said again, it is how many executors the application wants from then on. */
export interface JoinApplication {
  readonly applicationId: string
  readonly name: string
  /** How many executors it wants. */
  readonly executors: number
  /** 0 takes all that are free on a worker. */
  readonly cores: number
  readonly memoryBytes: number
  /** What its executors are told: where the driver is, and what they show it, sealed by the secret of the cluster. */
  readonly driverAddress: string
  readonly sealedSecret: Uint8Array
  readonly heartbeatIntervalMs: number
  /** The driver that it is, when a worker runs that; empty otherwise. */
  readonly driverId: string
}

export type AskStatus = Record<string, never>

export type Alive = Record<string, never>

/** In order: a worker whose executors have ended, an application that is done. */
export type Leave = Record<string, never>

export interface ReleaseExecutor {
  readonly executorId: string
  readonly isReplaced: boolean
}

/** How often the master wants to hear of whom it welcomes. */
export interface Welcome {
  readonly heartbeatMs: number
}

export interface StartExecutor {
  readonly executor?: HeldExecutor | null
  readonly driverAddress: string
  readonly sealedSecret: Uint8Array
  readonly heartbeatIntervalMs: number
}

export interface EndExecutor {
  readonly executorId: string
}

export interface ExecutorStarted {
  readonly executorId: string
}

export interface ExecutorEnded {
  readonly executorId: string
  readonly reason: string
}

/** Why an application has no executor. */
export interface Waiting {
  readonly reason: string
}

/** An application gets no more executors. */
export interface Refused {
  readonly reason: string
}

export interface ClusterStatus {
  /** JSON of ClusterStatus. */
  readonly json: Uint8Array
}

/** A program that a worker is to run. Whoever submits it names it, so that saying it again submits nothing else. */
export interface DriverSpec {
  readonly driverId: string
  readonly name: string
  /** Within the archive. */
  readonly file: string
  readonly args: readonly string[]
  readonly settings: readonly Setting[]
  readonly cores: number
  readonly memoryBytes: number
  /** Started again when it fails or its worker is lost. */
  readonly isSupervised: boolean
  /** SHA-256 of its code and its size. */
  readonly archiveDigest: string
  readonly archiveBytes: number
  /** Whose it is, as the master tells workers; what clients say of it does not count. */
  readonly user: string
}

export interface Setting {
  readonly key: string
  readonly value: string
}

export interface SubmitDriver {
  readonly driver?: DriverSpec | null
}

export interface AskDriver {
  readonly driverId: string
}

/** A worker, or an executor, is to go when others have what it holds. */
export interface Decommission {
  readonly name: string
}

export interface KillDriver {
  readonly driverId: string
}

/** The part of an archive from an offset on is asked for; the next one when it is there. */
export interface FetchArchive {
  readonly digest: string
  readonly offset: number
}

/** Without bytes there is none. */
export interface ArchivePart {
  readonly digest: string
  readonly offset: number
  readonly bytes: Uint8Array
}

export interface StartDriver {
  readonly driver?: DriverSpec | null
  /** Which start of the driver this is, from 1. */
  readonly launch: number
}

/** It is not needed any more: it ends when it runs, and is forgotten when it has ended. */
export interface EndDriver {
  readonly driverId: string
  readonly launch: number
}

export interface DriverStarted {
  readonly driverId: string
  readonly launch: number
}

export interface DriverEnded {
  readonly driver?: HeldDriver | null
}

export interface HeldDriver {
  readonly driverId: string
  readonly launch: number
  /** How it ended; empty while it runs. */
  readonly outcome: string
  readonly reason: string
}

export interface DriverStatus {
  readonly driverId: string
  readonly name: string
  readonly state: string
  /** Where it runs, or ran last. */
  readonly workerId: string
  readonly launches: number
  readonly isSupervised: boolean
  /** Why it is as it is. */
  readonly reason: string
}

export interface FromExecutor {
  /** Which of them is set; there when decoded, and not needed to encode. */
  readonly kind?:
    | 'register'
    | 'heartbeat'
    | 'taskSucceeded'
    | 'taskFailed'
    | 'barrierCalled'
    | 'outputTaken'
    | 'outputNotTaken'
    | 'leaving'
  readonly register?: Register | null
  readonly heartbeat?: Heartbeat | null
  readonly taskSucceeded?: TaskSucceeded | null
  readonly taskFailed?: TaskFailed | null
  readonly barrierCalled?: BarrierCalled | null
  readonly outputTaken?: OutputTaken | null
  readonly outputNotTaken?: OutputNotTaken | null
  readonly leaving?: Leaving | null
}

export interface FromDriver {
  /** Which of them is set; there when decoded, and not needed to encode. */
  readonly kind?:
    | 'launchTask'
    | 'cancelTask'
    | 'releaseJob'
    | 'dropCache'
    | 'shutdown'
    | 'dropState'
    | 'passBarrier'
    | 'protectFiles'
    | 'takeOutput'
  readonly launchTask?: LaunchTask | null
  readonly cancelTask?: CancelTask | null
  readonly releaseJob?: ReleaseJob | null
  readonly dropCache?: DropCache | null
  readonly shutdown?: Shutdown | null
  readonly dropState?: DropState | null
  readonly passBarrier?: PassBarrier | null
  readonly protectFiles?: ProtectFiles | null
  readonly takeOutput?: TakeOutput | null
}

export interface Register {
  readonly executorId: string
  readonly slots: number
  /** host:port where it serves blocks. */
  readonly blockAddress: string
  /** The id it had before, when it comes back after the driver counted it as lost; empty the first time. */
  readonly previousId: string
}

/** Bytes, see ExecutorMemory. */
export interface Heartbeat {
  readonly limitBytes: number
  readonly heldBytes: number
  readonly storedBytes: number
  readonly residentBytes: number
}

export interface TaskSucceeded {
  readonly attemptId: number
  /** TaskReport, as tagged JSON. */
  readonly report: Uint8Array
  readonly hasBlocks: boolean
  readonly blocks: readonly BlockFrame[]
}

export interface TaskFailed {
  readonly attemptId: number
  /** SerializedError, as tagged JSON. */
  readonly error: Uint8Array
}

export interface LaunchTask {
  readonly attemptId: number
  readonly jobId: number
  readonly stageKey: number
  readonly attempt: number
  /** The stage, by planner/codec; absent when this executor was sent it before. */
  readonly stage: Uint8Array
  /** TaskInputs, by planner/codec. */
  readonly inputs: Uint8Array
  readonly sources: readonly Source[]
  /** The cache that the output belongs to; empty when it belongs to the job. */
  readonly cacheId: string
  readonly inlineBytes: number
  /** Of a task that waits for the others of its stage, where each of them runs, by partition; else empty. */
  readonly together: readonly string[]
}

/** A task waits for the others of its stage. */
export interface BarrierCalled {
  readonly attemptId: number
  /** Which of the task's calls it is, from 0. */
  readonly sequence: number
  readonly gathers: boolean
  readonly message: string
}

/** All of them have called. */
export interface PassBarrier {
  readonly attemptId: number
  readonly sequence: number
  readonly messages: readonly string[]
}

export interface Source {
  /** Which of them is set; there when decoded, and not needed to encode. */
  readonly kind?:
    | 'stage'
    | 'cache'
    | 'local'
  readonly stage?: StageSource | null
  readonly cache?: CacheSource | null
  readonly local?: LocalSource | null
}

export interface StageSource {
  readonly stageId: number
  readonly stageKey: number
  readonly groups: readonly SourceGroup[]
}

export interface CacheSource {
  readonly cacheId: string
  readonly stageKey: number
  readonly groups: readonly SourceGroup[]
}

export interface LocalSource {
  readonly id: string
  readonly from: number
  readonly until: number
}

export interface SourceGroup {
  readonly executorId: string
  readonly address: string
  readonly attemptIds: readonly number[]
}

export interface CancelTask {
  readonly attemptId: number
}

export interface ReleaseJob {
  readonly jobId: number
}

export interface DropCache {
  readonly cacheId: string
}

/** A stream ended: what is kept of its state in memory. */
export interface DropState {
  readonly queryId: string
}

/** How files are encrypted that the application makes for itself. */
export interface ProtectFiles {
  /** Sealed by the secret of the application: a byte that tells how many bytes a key of local files has, 0 when these are not encrypted, and the keys of state in checkpoints, one behind the other. */
  readonly sealed: Uint8Array
}

export type Shutdown = Record<string, never>

/** Another executor goes: this one fetches what an attempt wrote there, and has it from then on. */
export interface TakeOutput {
  readonly attemptId: number
  readonly jobId: number
  /** The cache that it belongs to; empty when it belongs to the job. */
  readonly cacheId: string
  /** host:port of the one that goes. */
  readonly address: string
}

export interface OutputTaken {
  readonly attemptId: number
}

export interface OutputNotTaken {
  readonly attemptId: number
  readonly reason: string
}

/** This executor is to end soon: it wants no more tasks, and others to have what it holds. */
export interface Leaving {
  readonly reason: string
}

export interface FetchRequest {
  /** Which of them is set; there when decoded, and not needed to encode. */
  readonly kind?:
    | 'attempts'
    | 'local'
    | 'output'
  readonly attempts?: AttemptBlocks | null
  readonly local?: LocalBlocks | null
  readonly output?: OutputBlocks | null
}

export interface AttemptBlocks {
  readonly attemptIds: readonly number[]
  /** A shuffle partition; ignored with all_partitions. */
  readonly partition: number
  readonly allPartitions: boolean
}

export interface LocalBlocks {
  readonly id: string
  readonly from: number
  readonly until: number
}

/** All that an attempt wrote, each block with its partition. */
export interface OutputBlocks {
  readonly attemptId: number
}

export const millrace: {
  readonly BlockFrame: MessageType<BlockFrame>
  readonly ToMaster: MessageType<ToMaster>
  readonly FromMaster: MessageType<FromMaster>
  readonly JoinWorker: MessageType<JoinWorker>
  readonly HeldExecutor: MessageType<HeldExecutor>
  readonly JoinApplication: MessageType<JoinApplication>
  readonly AskStatus: MessageType<AskStatus>
  readonly Alive: MessageType<Alive>
  readonly Leave: MessageType<Leave>
  readonly ReleaseExecutor: MessageType<ReleaseExecutor>
  readonly Welcome: MessageType<Welcome>
  readonly StartExecutor: MessageType<StartExecutor>
  readonly EndExecutor: MessageType<EndExecutor>
  readonly ExecutorStarted: MessageType<ExecutorStarted>
  readonly ExecutorEnded: MessageType<ExecutorEnded>
  readonly Waiting: MessageType<Waiting>
  readonly Refused: MessageType<Refused>
  readonly ClusterStatus: MessageType<ClusterStatus>
  readonly DriverSpec: MessageType<DriverSpec>
  readonly Setting: MessageType<Setting>
  readonly SubmitDriver: MessageType<SubmitDriver>
  readonly AskDriver: MessageType<AskDriver>
  readonly Decommission: MessageType<Decommission>
  readonly KillDriver: MessageType<KillDriver>
  readonly FetchArchive: MessageType<FetchArchive>
  readonly ArchivePart: MessageType<ArchivePart>
  readonly StartDriver: MessageType<StartDriver>
  readonly EndDriver: MessageType<EndDriver>
  readonly DriverStarted: MessageType<DriverStarted>
  readonly DriverEnded: MessageType<DriverEnded>
  readonly HeldDriver: MessageType<HeldDriver>
  readonly DriverStatus: MessageType<DriverStatus>
  readonly FromExecutor: MessageType<FromExecutor>
  readonly FromDriver: MessageType<FromDriver>
  readonly Register: MessageType<Register>
  readonly Heartbeat: MessageType<Heartbeat>
  readonly TaskSucceeded: MessageType<TaskSucceeded>
  readonly TaskFailed: MessageType<TaskFailed>
  readonly LaunchTask: MessageType<LaunchTask>
  readonly BarrierCalled: MessageType<BarrierCalled>
  readonly PassBarrier: MessageType<PassBarrier>
  readonly Source: MessageType<Source>
  readonly StageSource: MessageType<StageSource>
  readonly CacheSource: MessageType<CacheSource>
  readonly LocalSource: MessageType<LocalSource>
  readonly SourceGroup: MessageType<SourceGroup>
  readonly CancelTask: MessageType<CancelTask>
  readonly ReleaseJob: MessageType<ReleaseJob>
  readonly DropCache: MessageType<DropCache>
  readonly DropState: MessageType<DropState>
  readonly ProtectFiles: MessageType<ProtectFiles>
  readonly Shutdown: MessageType<Shutdown>
  readonly TakeOutput: MessageType<TakeOutput>
  readonly OutputTaken: MessageType<OutputTaken>
  readonly OutputNotTaken: MessageType<OutputNotTaken>
  readonly Leaving: MessageType<Leaving>
  readonly FetchRequest: MessageType<FetchRequest>
  readonly AttemptBlocks: MessageType<AttemptBlocks>
  readonly LocalBlocks: MessageType<LocalBlocks>
  readonly OutputBlocks: MessageType<OutputBlocks>
}
