import { appendFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { MillraceError } from '../../../common/errors/millrace-error.js'
import type { Logger } from '../../../common/log.js'
import { makeFolders } from '../../../common/make-folders.js'
import type { EngineEvent, EngineListener } from '../engine-event.js'
import { eventLine } from './event-line.js'

export interface EventLogOptions {
  /** The folder of all logs. */
  readonly dir: string
  readonly appId: string
  readonly maxFileBytes: number
  readonly maxFiles: number
  readonly logger: Logger
  /** What may wait to be written; default 16 MiB. */
  readonly mostWaitingBytes?: number
}

/** A disk that is slower than events must not fill the memory: the events that find no room are counted, and left out. */
const MOST_WAITING_BYTES = 16 * 1024 ** 2
/** Written in one go. */
const MOST_LINES = 10_000
/** Readers are those that the system lets: nobody else may read what queries are run. */
const FOLDER_MODE = 0o700
const FILE_MODE = 0o600

/**
 * Keeps events on disk, a line of JSON each: `eventlog_v2_<app>/events_<n>_<app>`, a file after the other, and beside them `appstatus_<app>`,
 * which is called `.inprogress` until the log has ended. Each file begins with the start of the application. A disk that fails ends the log, and
 * nothing else.
 */
export class EventLog implements EngineListener {
  readonly #options: EventLogOptions
  readonly #folder: string
  readonly #mostWaitingBytes: number
  #waiting: string[] = []
  #waitingBytes = 0
  #leftOut = 0
  #head = ''
  #fileNumber = 0
  #fileBytes = 0
  #isBroken = false
  #writing: Promise<void> | undefined

  private constructor(options: EventLogOptions, folder: string) {
    this.#options = options
    this.#folder = folder
    this.#mostWaitingBytes = options.mostWaitingBytes ?? MOST_WAITING_BYTES
  }

  /** @throws CANNOT_WRITE_EVENT_LOG */
  static async open(options: EventLogOptions): Promise<EventLog> {
    const folder = join(options.dir, `eventlog_v2_${options.appId}`)
    try {
      await makeFolders(folder, { mode: FOLDER_MODE })
      await writeFile(statusFile(folder, options.appId, true), '', { mode: FILE_MODE })
    } catch (cause) {
      const reason = (cause as Error).message
      throw new MillraceError('CANNOT_WRITE_EVENT_LOG', { folder, reason }, { cause })
    }
    return new EventLog(options, folder)
  }

  onEvent(event: EngineEvent): void {
    // These come again and again, and tell nothing when all is over.
    if (this.#isBroken || event.kind === 'executorMetrics') return
    const line = eventLine(event)
    if (event.kind === 'applicationStart') this.#head = line
    else this.#add(line)
  }

  #add(line: string): void {
    const bytes = Buffer.byteLength(line)
    if (this.#waitingBytes + bytes > this.#mostWaitingBytes) {
      this.#leftOut++
      return
    }
    this.#waiting.push(line)
    this.#waitingBytes += bytes
    this.#writing ??= this.#write()
  }

  /** Writes what waits. */
  async #write(): Promise<void> {
    // What is told in one turn is written in one go.
    await new Promise(setImmediate)
    try {
      while (this.#waiting.length > 0) await this.#writeNext()
    } catch (error) {
      this.#isBroken = true
      this.#waiting = []
      this.#options.logger.warn(
        { folder: this.#folder, cause: (error as Error).message },
        'the log of events ends here',
      )
    } finally {
      this.#writing = undefined
    }
  }

  async #writeNext(): Promise<void> {
    const { maxFileBytes } = this.#options
    if (this.#fileNumber === 0 || this.#fileBytes >= maxFileBytes) await this.#roll()
    const lines: string[] = []
    let bytes = 0
    for (const line of this.#waiting) {
      if (lines.length === MOST_LINES || (bytes > 0 && this.#fileBytes + bytes >= maxFileBytes)) break
      lines.push(line)
      bytes += Buffer.byteLength(line)
    }
    this.#waiting.splice(0, lines.length)
    this.#waitingBytes -= bytes
    const gap = this.#leftOut === 0 ? '' : `${JSON.stringify({ kind: 'eventsLeftOut', events: this.#leftOut })}\n`
    this.#leftOut = 0
    await this.#append(lines.join('') + gap)
  }

  async #roll(): Promise<void> {
    this.#fileNumber++
    await this.#append(this.#head)
    // What each file begins with takes no room from the others, however long it is.
    this.#fileBytes = 0
    const oldest = this.#fileNumber - this.#options.maxFiles
    if (oldest > 0) await rm(this.#file(oldest), { force: true })
  }

  async #append(text: string): Promise<void> {
    await appendFile(this.#file(this.#fileNumber), text, { mode: FILE_MODE })
    this.#fileBytes += Buffer.byteLength(text)
  }

  #file(number: number): string {
    return join(this.#folder, `events_${number}_${this.#options.appId}`)
  }

  /** Writes what waits, and tells that the log is whole. */
  async close(): Promise<void> {
    await this.#writing
    if (this.#isBroken) return
    const { appId, logger } = this.#options
    await rename(statusFile(this.#folder, appId, true), statusFile(this.#folder, appId, false)).catch((error: Error) =>
      logger.warn({ folder: this.#folder, cause: error.message }, 'the log of events could not be ended'),
    )
  }
}

const statusFile = (folder: string, appId: string, isRunning: boolean): string =>
  join(folder, `appstatus_${appId}${isRunning ? '.inprogress' : ''}`)
