import { MillraceError } from '../../common/errors/millrace-error.js'
import type { FromMaster, ToMaster } from '../../proto/cluster.js'
import { encodeFromMaster } from '../../proto/cluster-codec.js'
import { type DriverSpec, isOver } from '../../proto/drivers.js'
import { Patience } from '../../proto/rpc/patience.js'
import type { ControlCall } from '../../proto/rpc/server.js'
import { statusOf } from '../../proto/rpc/typed-status.js'
import { refusedArchive } from '../archive/archive-format.js'
import type { ArchiveStore, ArchiveUpload } from './archive-store.js'
import type { Drivers } from './drivers.js'
import type { DriverEvent } from './events.js'

export interface SubmissionsOptions {
  readonly store: ArchiveStore
  readonly drivers: Drivers
  readonly heartbeatMs: number
  handle(event: DriverEvent): void
}

/** What a client says of drivers. */
export type ClientMessage = Extract<ToMaster, { kind: 'submitDriver' | 'askDriver' | 'killDriver' | 'archivePart' }>

interface Upload {
  readonly driver: DriverSpec
  readonly archive: ArchiveUpload
  readonly patience: Patience
}

const MAX_UPLOADS = 16
/** A client that sends nothing of an archive for so long is sent away. */
const UPLOAD_SILENCE_MS = 60_000
/** Drivers that run or wait. */
const MAX_DRIVERS = 1_000
const MAX_CORES = 1_024
const MAX_TEXT_CHARS = 64 * 1024

/** Takes drivers with their archives from clients, and tells these how drivers are. */
export class Submissions {
  readonly #options: SubmissionsOptions
  readonly #welcomed = new WeakSet<ControlCall>()
  readonly #uploads = new Map<ControlCall, Upload>()

  constructor(options: SubmissionsOptions) {
    this.#options = options
  }

  /** @throws DRIVER_NOT_FOUND, ARCHIVE_REFUSED, INVALID_CONF_VALUE, SUBMISSION_REFUSED, FAILED_WRITE_FILE */
  hear(call: ControlCall, message: ClientMessage, user: string | undefined, token: string | undefined): void {
    if (!this.#welcomed.has(call)) {
      this.#welcomed.add(call)
      write(call, { kind: 'welcome', heartbeatMs: this.#options.heartbeatMs })
    }
    switch (message.kind) {
      case 'submitDriver':
        return this.#submit(call, { ...message.driver, user, token })
      case 'archivePart':
        return this.#takePart(call, message.offset, message.bytes)
      case 'killDriver':
        this.#options.handle({ kind: 'driverKilled', driverId: message.driverId })
        return this.#tell(call, message.driverId)
      case 'askDriver':
        return this.#tell(call, message.driverId)
    }
  }

  /** The client is gone. */
  forget(call: ControlCall): void {
    const upload = this.#uploads.get(call)
    this.#uploads.delete(call)
    upload?.patience.close()
    upload?.archive.close()
  }

  close(): void {
    for (const call of [...this.#uploads.keys()]) this.forget(call)
  }

  #submit(call: ControlCall, driver: DriverSpec): void {
    const { store, drivers } = this.#options
    if (drivers.statuses.some(({ driverId }) => driverId === driver.driverId)) return this.#tell(call, driver.driverId)
    checkDriver(driver)
    const present = drivers.records.filter(({ state }) => !isOver(state))
    if (present.length >= MAX_DRIVERS) throw refused(`there are ${MAX_DRIVERS} drivers on the cluster already`)
    if (this.#isKnown(driver)) return this.#accept(call, driver)
    if (this.#uploads.size >= MAX_UPLOADS) throw refused(`${MAX_UPLOADS} others are being submitted; try again`)
    const needed = new Set(present.map(({ spec }) => spec.archiveDigest))
    this.forget(call)
    const archive = store.begin(driver.archiveDigest, driver.archiveBytes, needed)
    const patience = new Patience(UPLOAD_SILENCE_MS, () =>
      call.emit('error', statusOf(refusedArchive('nothing came of it for too long'))),
    )
    const upload = { driver, archive, patience }
    this.#uploads.set(call, upload)
    this.#wantPart(call, upload)
  }

  /** A user who names the digest alone has not the code of others for that. */
  #isKnown({ archiveDigest, user }: DriverSpec): boolean {
    const { store, drivers } = this.#options
    const isOwn = drivers.records.some(({ spec }) => spec.archiveDigest === archiveDigest && spec.user === user)
    return (user === undefined || isOwn) && store.has(archiveDigest)
  }

  #takePart(call: ControlCall, offset: number, bytes: Uint8Array): void {
    const upload = this.#uploads.get(call)
    if (!upload) throw refusedArchive('the master has not asked for it')
    if (!upload.archive.take(offset, bytes)) return this.#wantPart(call, upload)
    this.forget(call)
    this.#accept(call, upload.driver)
  }

  #wantPart(call: ControlCall, { archive, patience }: Upload): void {
    patience.begin()
    write(call, { kind: 'archiveWanted', digest: archive.digest, offset: archive.offset })
  }

  #accept(call: ControlCall, driver: DriverSpec): void {
    this.#options.handle({ kind: 'driverSubmitted', driver })
    this.#tell(call, driver.driverId)
  }

  #tell(call: ControlCall, driverId: string): void {
    const driver = this.#options.drivers.statuses.find((one) => one.driverId === driverId)
    if (!driver) throw new MillraceError('DRIVER_NOT_FOUND', { driver: driverId })
    write(call, { kind: 'driver', driver })
  }
}

const refused = (reason: string): MillraceError => new MillraceError('SUBMISSION_REFUSED', { reason })

const write = (call: ControlCall, message: FromMaster): void => void call.write(encodeFromMaster(message))

/** @throws SUBMISSION_REFUSED */
function checkDriver({ driverId, name, file, args, settings, cores, memoryBytes }: DriverSpec): void {
  const texts = [driverId, name, file, ...args, ...Object.entries(settings).flat()]
  if (driverId === '' || file === '') throw refused('it has no id or no program')
  if (texts.reduce((sum, text) => sum + text.length, 0) > MAX_TEXT_CHARS)
    throw refused(`its arguments and settings have more than ${MAX_TEXT_CHARS} characters`)
  if (cores < 1 || cores > MAX_CORES) throw refused(`it asks for ${cores} cores`)
  if (!Number.isSafeInteger(memoryBytes) || memoryBytes <= 0) throw refused('it asks for memory that is no size')
}
