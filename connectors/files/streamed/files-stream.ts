import { MillraceError } from '../../../common/errors/millrace-error.js'
import type { Json, PartitionedPaths, ScanRequest, SourceDescription, Split, StreamSource } from '../../api.js'
import { partitionsOf } from '../partitions/partition-values.js'
import { NOTHING_READ, offsetFromJson, offsetToJson, type StreamedFile } from './batch-files.js'
import { SourceCleaner } from './cleaner.js'
import { filesNow } from './listing.js'
import { ReadFiles } from './read-files.js'
import { ReadLog } from './read-log.js'
import { type FileStreamOptions, fileStreamOptions } from './stream-options.js'

/** Of the listing: a batch begins to read it again while so much of a batch is left of the last one. */
const LEAST_LEFT = 0.2

/** Files of folders as a stream: each is read once, in the batch after it was found. */
export class FilesStream implements StreamSource {
  readonly #source: SourceDescription
  readonly #plan: (request: ScanRequest) => Promise<readonly Split[]>
  readonly #options: FileStreamOptions
  readonly #cleaner: SourceCleaner
  readonly #read: ReadFiles
  #log: ReadLog | undefined
  /** Found, and left for the batches behind the one that was planned last. */
  #left: { readonly behind: number; readonly files: readonly StreamedFile[] } | undefined
  /** One look at the files at a time, as who waits for all that is there looks, too. */
  #lastLook: Promise<unknown> = Promise.resolve()

  /** @param plan divides the files of a description among tasks. @throws INVALID_OPTION */
  constructor(source: SourceDescription, plan: (request: ScanRequest) => Promise<readonly Split[]>) {
    this.#source = source
    this.#plan = plan
    this.#options = fileStreamOptions(source.streamOptions ?? {})
    this.#cleaner = new SourceCleaner(this.#options.cleanSource)
    this.#read = new ReadFiles(this.#options)
  }

  async restore(folder: string): Promise<void> {
    const { log, files } = await ReadLog.open(folder)
    this.#log = log
    this.#read.add(files)
  }

  initialOffset(): Promise<Json> {
    return Promise.resolve(offsetToJson(NOTHING_READ))
  }

  latestOffset(from: Json, isLimited: boolean, goal?: Json): Promise<Json> {
    const look = this.#lastLook.then(() => this.#look(from, isLimited, goal))
    this.#lastLook = look.catch(() => undefined)
    return look
  }

  planSplits(_: Json, until: Json, columns: readonly string[], parallelism: number): Promise<readonly Split[]> {
    const { files } = offsetFromJson(until)
    const { partitions: known, ...described } = this.#source
    const partitions = foldersOf(files, known, described.schema)
    const source: SourceDescription = {
      ...described,
      paths: files.map(({ path }) => path),
      ...(partitions ? { partitions } : {}),
    }
    return this.#plan({ source, columns, filters: [], parallelism })
  }

  /** Puts away what a batch has read, where that is wanted. */
  committed(until: Json): Promise<void> {
    return this.#cleaner.clean(offsetFromJson(until))
  }

  /** As Spark shows it. */
  shown(offset: Json): Json {
    return { logOffset: offsetFromJson(offset).logOffset }
  }

  close(): Promise<void> {
    return Promise.resolve()
  }

  async #look(from: Json, isLimited: boolean, goal: Json | undefined): Promise<Json> {
    const { logOffset, files } = offsetFromJson(from)
    this.#read.add(files)
    await this.#log?.add(logOffset, files, () => this.#read.all)
    const found = goal === undefined ? await this.#unread(logOffset, isLimited) : offsetFromJson(goal).files
    const wanted = found.filter((file) => !this.#read.has(file)).toSorted((a, b) => this.#compare(a, b))
    const next = isLimited ? this.#first(wanted) : wanted
    if (next.length === 0) return from
    if (isLimited && goal === undefined)
      this.#left = { behind: logOffset + 1, files: wanted.slice(next.length, next.length + this.#options.mostCached) }
    return offsetToJson({ logOffset: logOffset + 1, files: next })
  }

  /** Those that the last look left, while they are enough for a batch; else all that is there. */
  async #unread(logOffset: number, isLimited: boolean): Promise<readonly StreamedFile[]> {
    const left = isLimited && this.#left?.behind === logOffset ? this.#left.files : []
    const { mostFiles, latestFirst } = this.#options
    const isEnough = mostFiles < Number.POSITIVE_INFINITY ? left.length >= LEAST_LEFT * mostFiles : left.length > 0
    if (isEnough && !latestFirst) return left
    const { paths, options } = this.#source
    return await filesNow(paths, options, (path) => !this.#read.hasPath(path))
  }

  /** As many as a batch may have, and one at least. */
  #first(files: readonly StreamedFile[]): readonly StreamedFile[] {
    const { mostFiles, mostBytes } = this.#options
    let bytes = 0
    const first: StreamedFile[] = []
    for (const file of files) {
      bytes += file.size
      if (first.length >= mostFiles || (bytes > mostBytes && first.length > 0)) break
      first.push(file)
    }
    return first
  }

  #compare(a: StreamedFile, b: StreamedFile): number {
    const byTime = this.#options.latestFirst ? b.modifiedMs - a.modifiedMs : a.modifiedMs - b.modifiedMs
    return byTime || (a.path < b.path ? -1 : a.path > b.path ? 1 : 0)
  }
}

/** What folders of files are named after: the columns that there were when the stream began. @throws UNSUPPORTED_FEATURE, CONFLICTING_PARTITION_COLUMN_NAMES */
function foldersOf(
  files: readonly StreamedFile[],
  known: PartitionedPaths | undefined,
  schema: SourceDescription['schema'],
): PartitionedPaths | undefined {
  const named = files.find(({ folder }) => folder !== '')
  if (known !== undefined)
    return partitionsOf(files, schema, { columns: known.columns.map(({ name }) => name), folders: [] })
  if (named === undefined) return undefined
  throw new MillraceError('UNSUPPORTED_FEATURE', {
    feature: `folders of partitions that were not there when the stream began (${named.folder}; a restart reads them)`,
  })
}
