import { closeSync, fsyncSync, openSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { MillraceError } from '../../common/errors/millrace-error.js'
import { syncFolder } from '../../common/sync-folder.js'
import { hasCode } from '../../common/system-errors.js'
import type { ClusterRecord } from './cluster-record.js'

export const RECORD_FILE = 'cluster.json'
const VERSION = 2

/** The file in which a master keeps who belongs to its cluster. It holds no secret of ours; what drivers are told by their users is for this user to read alone. */
export class RecordFile {
  readonly #directory: string
  readonly #path: string

  constructor(directory: string) {
    this.#directory = directory
    this.#path = join(directory, RECORD_FILE)
  }

  /** Undefined before anything was written. @throws FAILED_READ_FILE */
  read(): ClusterRecord | undefined {
    try {
      const { version, ...record } = JSON.parse(readFileSync(this.#path, 'utf8')) as ClusterRecord & { version: number }
      if (version === VERSION) return consistent(record)
      throw this.#unreadable(`it is of version ${version}, and ${VERSION} is known`)
    } catch (error) {
      if (hasCode(error, 'ENOENT')) return undefined
      throw MillraceError.is(error) ? error : this.#unreadable((error as Error).message)
    }
  }

  /** Replaces it as a whole, on disk when this returns. It is small and seldom written, so it is waited for. @throws FAILED_WRITE_FILE */
  write(record: ClusterRecord): void {
    const draft = `${this.#path}.new`
    try {
      writeSynced(draft, JSON.stringify({ version: VERSION, ...record }))
      renameSync(draft, this.#path)
      syncFolder(this.#directory)
    } catch (cause) {
      throw new MillraceError('FAILED_WRITE_FILE', { path: this.#path, reason: (cause as Error).message }, { cause })
    }
  }

  #unreadable(reason: string): MillraceError {
    const cure = 'without this file the master starts with an empty cluster, which workers and applications join again'
    return new MillraceError('FAILED_READ_FILE', { path: this.#path, reason: `${reason}; ${cure}` })
  }
}

/** Executors whose worker and application are there as well. */
function consistent({ workers, applications, executors, drivers }: ClusterRecord): ClusterRecord {
  const members = new Set([
    ...workers.map(({ workerId }) => workerId),
    ...applications.map(({ applicationId }) => applicationId),
  ])
  const isWhole = ({ held, workerId }: ClusterRecord['executors'][number]): boolean =>
    members.has(workerId) && members.has(held.applicationId)
  return { workers, applications, executors: executors.filter(isWhole), drivers }
}

function writeSynced(path: string, text: string): void {
  const file = openSync(path, 'w', 0o600)
  try {
    // Until all of it is written: the system may take a part of what it is given.
    writeFileSync(file, text)
    fsyncSync(file)
  } finally {
    closeSync(file)
  }
}
