import { mkdir, readdir, readFile, unlink } from 'node:fs/promises'
import { join } from 'node:path'
import { append } from '../../../common/append.js'
import { MillraceError } from '../../../common/errors/millrace-error.js'
import { hasCode } from '../../../common/system-errors.js'
import type { Json } from '../../api.js'
import { checkedLines, checkedText } from '../checked-lines.js'
import { ASIDE, addExclusively } from '../commit/durable.js'
import { failedRead, failedWrite, reasonOf } from '../file-errors.js'
import { fileFromJson, fileToJson, type StreamedFile } from './batch-files.js'

const VERSION = 'v1'
/** All files up to a batch are put into one entry when those since are half as many, and at the latest after so many batches. */
const FEWEST_ENTRIES = 10
const MOST_ENTRIES = 200

const ENTRY = /^(\d+)$/
const WHOLE = /^(\d+)\.all$/

/**
 * Which files a stream read in which batch, in a folder of its checkpoint: `N` has those of batch N, `N.all` those of all batches up to it.
 * An entry says again what the offsets of its batch say, so that two starts of the query can only write the same, and is there before the
 * offsets of the next batch are, so that what is kept no longer of the offsets is here.
 */
export class ReadLog {
  readonly #folder: string
  #latest: number
  /** Since the last entry of all files. */
  #since: { entries: number; files: number }
  #filesInAll: number

  private constructor(folder: string, latest: number, since: { entries: number; files: number }, filesInAll: number) {
    this.#folder = folder
    this.#latest = latest
    this.#since = since
    this.#filesInAll = filesInAll
  }

  /** Opens or makes it. @throws STREAMING_CHECKPOINT_CORRUPT, FAILED_READ_FILE, FAILED_WRITE_FILE */
  static async open(folder: string): Promise<{ readonly log: ReadLog; readonly files: readonly StreamedFile[] }> {
    const names = await namesIn(folder)
    const whole = latestOf(names, WHOLE)
    const files: StreamedFile[] = whole < 0 ? [] : await readEntry(folder, `${whole}.all`)
    const filesInAll = files.length
    const latest = Math.max(whole, latestOf(names, ENTRY))
    for (let batch = whole + 1; batch <= latest; batch++) append(files, await readEntry(folder, String(batch)))
    const since = { entries: latest - whole, files: files.length - filesInAll }
    await removeNeedless(folder, names, whole)
    return { log: new ReadLog(folder, latest, since, filesInAll), files }
  }

  /**
   * Keeps what a batch read. @param all what all batches up to it read
   * @throws STREAMING_CHECKPOINT_CORRUPT when a batch before it is not there, STREAMING_CHECKPOINT_REMOVED, FAILED_WRITE_FILE
   */
  async add(batch: number, files: readonly StreamedFile[], all: () => readonly StreamedFile[]): Promise<void> {
    if (batch <= this.#latest) return
    if (batch > this.#latest + 1)
      throw corrupt(join(this.#folder, String(this.#latest + 1)), 'it is missing, although a later batch was read')
    await this.#write(String(batch), files)
    this.#latest = batch
    this.#since = { entries: this.#since.entries + 1, files: this.#since.files + files.length }
    const { entries, files: count } = this.#since
    if (entries < FEWEST_ENTRIES || (2 * count < this.#filesInAll && entries < MOST_ENTRIES)) return
    const known = all()
    await this.#write(`${batch}.all`, known)
    this.#since = { entries: 0, files: 0 }
    this.#filesInAll = known.length
    await removeNeedless(this.#folder, await namesIn(this.#folder), batch)
  }

  async #write(name: string, files: readonly StreamedFile[]): Promise<void> {
    const path = join(this.#folder, name)
    try {
      // One that is there already was written by another start, and says the same.
      await addExclusively(path, checkedText(VERSION, files.map(fileToJson)))
    } catch (cause) {
      if (hasCode(cause, 'ENOENT'))
        throw new MillraceError('STREAMING_CHECKPOINT_REMOVED', { location: path }, { cause })
      throw failedWrite(path, cause)
    }
  }
}

/** Removes what the entry of all files up to a batch makes needless, and what starts that were killed left half-written. */
async function removeNeedless(folder: string, names: readonly string[], batch: number): Promise<void> {
  for (const name of names) {
    const [entry, whole] = [ENTRY.exec(name)?.[1], WHOLE.exec(name)?.[1]]
    const isKept = entry === undefined ? whole !== undefined && Number(whole) >= batch : Number(entry) > batch
    if (isKept || !(entry ?? whole ?? ASIDE.exec(name))) continue
    const path = join(folder, name)
    await unlink(path).catch((error: unknown) => {
      if (!hasCode(error, 'ENOENT')) throw failedWrite(path, error)
    })
  }
}

/** Makes the folder, in one that is there. */
async function namesIn(folder: string): Promise<readonly string[]> {
  try {
    await mkdir(folder).catch((error: unknown) => {
      if (!hasCode(error, 'EEXIST')) throw error
    })
    return await readdir(folder)
  } catch (error) {
    if (hasCode(error, 'ENOENT'))
      throw new MillraceError('STREAMING_CHECKPOINT_REMOVED', { location: folder }, { cause: error })
    throw failedRead(folder, reasonOf(error), error)
  }
}

async function readEntry(folder: string, name: string): Promise<StreamedFile[]> {
  const path = join(folder, name)
  try {
    const text = await readFile(path, 'utf8')
    const lines = checkedLines(VERSION, text, (reason, cause) =>
      corrupt(path, `the list of files that were read ${reason}`, cause),
    )
    return lines.map((line) => fileFromJson(line as Json))
  } catch (error) {
    if (hasCode(error, 'ENOENT')) throw corrupt(path, 'it is missing, although a later batch was read', error)
    throw MillraceError.is(error) ? error : failedRead(path, reasonOf(error), error)
  }
}

const latestOf = (names: readonly string[], pattern: RegExp): number =>
  names.reduce((latest, name) => Math.max(latest, Number(pattern.exec(name)?.[1] ?? -1)), -1)

const corrupt = (path: string, reason: string, cause?: unknown): MillraceError =>
  new MillraceError('STREAMING_CHECKPOINT_CORRUPT', { path, reason }, { cause })
