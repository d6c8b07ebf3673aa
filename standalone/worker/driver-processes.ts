import { createHash } from 'node:crypto'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { toMillraceError } from '../../common/errors/millrace-error.js'
import type { Logger } from '../../common/log.js'
import { OwnedProcess } from '../../common/owned-process.js'
import type { Submission } from '../../common/submission.js'
import { newToken } from '../../common/user-token.js'
import type { ArchivePart, ToMaster } from '../../proto/cluster.js'
import type { DriverOutcome, DriverSpec, HeldDriver } from '../../proto/drivers.js'
import type { Credentials } from '../../proto/rpc/credentials.js'
import { ArchiveCache } from './archive-cache.js'
import { driverOutput } from './driver-output.js'
import { driverFolder, WorkerFolder } from './worker-folder.js'

/** What a worker needs to run drivers; the composition root knows where these are. */
export interface DriverPrograms {
  /** Where it keeps code of drivers, and what they print. */
  readonly directory: string
  /** URL of the program of a driver's process. */
  readonly driverMain: string
  /** The folder of this package. */
  readonly packageFolder: string
}

export interface DriverProcessesOptions extends DriverPrograms {
  readonly workerId: string
  /** host:port */
  readonly master: string
  readonly credentials: Credentials
  readonly logger: Logger
  tell(message: ToMaster): void
}

/** The first line of the input of a driver's process. */
export interface DriverOrder {
  readonly program: string
  readonly args: readonly string[]
  /** Where it runs. */
  readonly folder: string
  /** How long it may take to end when its worker is gone. */
  readonly graceMs: number
  readonly submission: Submission
}

/** A driver that is to end stops its session first. */
const STOP_GRACE_MS = 8_000
const MIB = 1024 ** 2

/** Of this driver, which may run for as long as it takes: it is not taken any more when those of its user are revoked. */
const driverToken = (clusterSecret: string, user: string, driverId: string): string =>
  newToken(clusterSecret, { user, expiresMs: undefined, serial: createHash('sha256').update(driverId).digest('hex') })

interface Ended {
  readonly outcome: DriverOutcome
  readonly reason: string
}

interface Held {
  readonly spec: DriverSpec
  readonly launch: number
  process: OwnedProcess | undefined
  /** Resolves when nothing of it is left but what it printed. */
  run: Promise<Ended> | undefined
  isUnwanted: boolean
  /** Known until the master says that it knows it, too. */
  outcome: DriverOutcome | ''
  reason: string
}

/** The drivers that a worker runs, each in a process of its own; they end with the worker. */
export class DriverProcesses {
  readonly #options: DriverProcessesOptions
  readonly #held = new Map<string, Held>()
  #folder: Promise<WorkerFolder> | undefined
  #cache: ArchiveCache | undefined
  #isClosed = false

  constructor(options: DriverProcessesOptions) {
    this.#options = options
  }

  /** For the greeting of the master. */
  get held(): readonly HeldDriver[] {
    return [...this.#held.values()].map(({ spec, launch, outcome, reason }) => ({
      driverId: spec.driverId,
      launch,
      outcome,
      reason,
    }))
  }

  async start(spec: DriverSpec, launch: number): Promise<void> {
    const key = driverFolder(spec.driverId, launch)
    if (this.#isClosed || this.#held.has(key)) return
    const held: Held = { spec, launch, process: undefined, run: undefined, isUnwanted: false, outcome: '', reason: '' }
    this.#held.set(key, held)
    held.run = this.#run(held).catch((error: unknown) => ({ outcome: 'ERROR', reason: toMillraceError(error).message }))
    this.#ended(held, await held.run)
  }

  /** It is not wanted, or the master knows how it ended. */
  end(driverId: string, launch: number): void {
    const key = driverFolder(driverId, launch)
    const held = this.#held.get(key)
    if (!held) return
    held.isUnwanted = true
    if (held.outcome !== '') this.#held.delete(key)
    else void held.process?.stop(STOP_GRACE_MS)
  }

  received(part: ArchivePart): void {
    this.#cache?.received(part)
  }

  /** What runs ends; where nothing runs, nothing is left but what was printed. */
  async close(): Promise<void> {
    this.#isClosed = true
    const all = [...this.#held.values()]
    for (const held of all) held.isUnwanted = true
    await Promise.all(
      all.map(async ({ process, run }) => {
        if (!process) return
        await process.stop(STOP_GRACE_MS)
        await run
      }),
    )
    const folder = await this.#folder?.catch(() => undefined)
    await folder?.close()
  }

  async #run(held: Held): Promise<Ended> {
    const { spec, launch } = held
    const cache = await this.#opened()
    const inUse = new Set(this.#held.keys())
    const folder = await (await this.#folder!).driver(spec.driverId, launch, inUse)
    const code = join(folder, 'code')
    try {
      const app = await cache.unpack(spec.archiveDigest, spec.archiveBytes, code)
      // It may have been taken back while its code was on its way.
      if (held.isUnwanted) return { outcome: 'ERROR', reason: 'it was not wanted any more' }
      return await this.#process(held, { app, folder })
    } finally {
      // What it left there that cannot be removed does not change how it ended.
      await rm(code, { recursive: true, force: true }).catch((error: unknown) =>
        this.#options.logger.warn({ driverId: spec.driverId, launch, error }, 'the code of a driver was not removed'),
      )
    }
  }

  async #process(held: Held, { app, folder }: { readonly app: string; readonly folder: string }): Promise<Ended> {
    const { spec, launch } = held
    const { driverId } = spec
    this.#options.logger.info({ driverId, launch }, 'a driver starts')
    const [stdout, stderr] = ['stdout', 'stderr'].map((name) => driverOutput(join(folder, name)))
    let ended: Ended = { outcome: 'FAILED', reason: '' }
    held.process = new OwnedProcess({
      module: this.#options.driverMain,
      options: [`--max-old-space-size=${Math.ceil(spec.memoryBytes / MIB)}`],
      firstLine: JSON.stringify(this.#orderOf(spec, app, folder)),
      tellsLastWords: true,
      output: { stdout: stdout!, stderr: stderr! },
      onEnded: (told, status) => {
        ended = { outcome: status === 0 ? 'FINISHED' : 'FAILED', reason: told }
      },
    })
    this.#options.tell({ kind: 'driverStarted', driverId, launch })
    await held.process.ended
    return ended
  }

  #orderOf(spec: DriverSpec, app: string, folder: string): DriverOrder {
    const { master, credentials } = this.#options
    const { driverId, name, settings, user } = spec
    // The program of a user gets no more than the user has.
    const secret = user === undefined ? credentials.secret : driverToken(credentials.secret, user, driverId)
    const submission = {
      master: `millrace://${master}`,
      settings: { ...settings, 'app.name': name },
      credentials: { secret, tls: credentials.tls },
      driverId,
    }
    return { program: join(app, spec.file), args: spec.args, folder, graceMs: STOP_GRACE_MS, submission }
  }

  #ended(held: Held, { outcome, reason }: Ended): void {
    const { driverId } = held.spec
    this.#options.logger.info({ driverId, launch: held.launch, outcome, reason }, 'a driver ended')
    held.process = undefined
    held.outcome = outcome
    held.reason = reason
    if (held.isUnwanted) this.#held.delete(driverFolder(driverId, held.launch))
    // Where a worker leaves, its master learns by that alone that a driver has to run elsewhere.
    if (!this.#isClosed) this.#options.tell({ kind: 'driverEnded', driverId, launch: held.launch, outcome, reason })
  }

  async #opened(): Promise<ArchiveCache> {
    const { directory, workerId, packageFolder, tell } = this.#options
    this.#folder ??= WorkerFolder.open(directory, workerId)
    const folder = await this.#folder
    this.#cache ??= new ArchiveCache({
      folder: folder.archives,
      packageFolder,
      ask: (digest, offset) => tell({ kind: 'fetchArchive', digest, offset }),
    })
    return this.#cache
  }
}
