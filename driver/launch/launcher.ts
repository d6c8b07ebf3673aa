import type { Config } from '../../common/config/config.js'
import type { MillraceError } from '../../common/errors/millrace-error.js'
import type { Logger } from '../../common/log.js'
import type { Credentials } from '../../proto/rpc/credentials.js'

/** What a launcher tells of executors that it started. */
export type LaunchEvent =
  /** It is on its way: it registers with the driver under this id, or `ended` is told of it. */
  | { readonly kind: 'started'; readonly executorId: string }
  /** Its process is gone, or was never there. */
  | { readonly kind: 'ended'; readonly executorId: string; readonly reason: string }
  /** None is started any more. */
  | { readonly kind: 'failed'; readonly error: MillraceError }

/**
 * Starts and ends the executors of one application, somewhere. What it tells counts by its id of an executor, which stays when the
 * executor comes back to the driver under another.
 */
export interface Launcher {
  /** Who is told of executors; called once, before anything is requested. */
  watch(watcher: (event: LaunchEvent) => void): void
  /** From now on there are to be so many executors: others take the place of those that end. Where there are more, none ends for that. Resolves when this is under way. */
  request(executors: number): Promise<void>
  /** Why none of those requested has registered after so many seconds. */
  notStarted(seconds: number): MillraceError
  /** The driver has no use for this executor, which hangs or is lost: it is ended at once, and another may take its place. */
  release(executorId: string): void
  /** This executor is not needed any more: it may end in order, and none takes its place: from now on there are to be as many as are left, if that is less. Resolves when nothing has to be done for it. */
  decommission(executorId: string): Promise<void>
  /** Nothing is started any more, and what is left ends. */
  close(): Promise<void>
}

/** Where executors find the driver, and what they show it. */
export interface DriverDoor extends Credentials {
  readonly address: string
  readonly host: string
}

/** What launchers are given of the application. */
export interface LaunchContext {
  readonly config: Config
  readonly logger: Logger
  /** URL of `executor/main.js`, and what its threads load; the composition root knows where these are. */
  readonly executorMain: string
  readonly modules: {
    readonly entry: string
    readonly taskModule: string
    readonly connectorModule: string | undefined
    readonly kernels: string | undefined
  }
  /** Makes an executor within this process, registered with the driver; its id is `local`. */
  inProcess(slots: number): { close(): Promise<void> }
}

interface AnyPlan {
  /** How many executors the application asks for. */
  executors(context: LaunchContext): number
  /** Slots that there will be, for the number of tasks planned before executors have registered. */
  readonly expectedSlots: number
}

/** What a master has room for, when executors come and go. */
export interface ExecutorRoom {
  readonly mostExecutors: number
  /** Of each, as far as it is known before one is there. */
  readonly slots: number
  /** How many the user asks for first, whatever settings of dynamic allocation say. */
  readonly firstExecutors: number
}

/** What a master means. */
export type LaunchPlan =
  | (AnyPlan & { readonly place: 'in process'; launcher(context: LaunchContext): Launcher })
  | (AnyPlan & {
      readonly place: 'other processes'
      /** When the number of executors is not fixed. */
      room(config: Config): ExecutorRoom
      /** The address of this machine at which executors reach the driver, and what they have to show it. */
      door(context: LaunchContext): Promise<Omit<DriverDoor, 'address'>>
      launcher(context: LaunchContext, door: DriverDoor): Promise<Launcher>
      /** How long the first executors may take to register. */
      startTimeoutMs(context: LaunchContext): number
    })

/** A way to start executors, known by how its masters are written. */
export interface LauncherKind {
  /** Its masters, as the condition for one that is none tells them. */
  readonly forms: string
  /** Undefined when the master is none of its own. */
  plan(master: string, availableThreads: number): LaunchPlan | undefined
}
