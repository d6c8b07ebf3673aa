import { join } from 'node:path'
import { append } from '../../common/append.js'
import type { CheckpointPlace } from '../../common/checkpoint-files.js'
import { MillraceError } from '../../common/errors/millrace-error.js'
import type { Json } from '../../connectors/api.js'
import {
  type BatchCommit,
  type BatchOffsets,
  commitOf,
  firstPositionsOf,
  offsetsOf,
  preparedEntry,
  preparedOf,
  type QueryVersion,
  versionOf,
} from './checkpoint-entries.js'
import { idsOf, latestOf, namesOf, readEntry, requiredEntry } from './entry-files.js'
import { corrupt, type LogEntry } from './log-entry.js'
import { sameJson } from './same-json.js'

/** The logs of a checkpoint, each a folder of numbered files. */
export const LOGS = ['metadata', 'sources', 'offsets', 'prepared', 'commits'] as const
/** The versions of the query have the numbers from 0 on. */
const VERSIONS = 'metadata'
export const versionEntry = (version: number): string => `${VERSIONS}/${version}`
export const METADATA = versionEntry(0)
export const FIRST_POSITIONS = 'sources/0'
const READ_AT_ONCE = 32

/** What a checkpoint says of its query. */
export interface KnownQuery {
  readonly queryId: string
  /** One at least, the newest last. */
  readonly versions: readonly QueryVersion[]
}

/** What a query was when a batch ran. */
export const versionAt = ({ versions }: KnownQuery, batchId: number): QueryVersion =>
  versions.findLast(({ since }) => since <= batchId) ?? versions[0]!

/** What a checkpoint says, all of it verified. */
export interface CheckpointChain extends KnownQuery {
  /** Where the query began to read its sources; undefined when it was killed before it knew. */
  readonly firstPositions: readonly Json[] | undefined
  /** The newest batch that was begun. */
  readonly lastOffsets: BatchOffsets | undefined
  readonly lastCommit: BatchCommit | undefined
  /** What attempts at the newest batch had prepared when they began to commit. */
  readonly prepared: readonly (readonly Json[])[]
  /** The newest entry, and its digest. */
  readonly last: string
  readonly head: string
  readonly digests: ReadonlyMap<string, string>
}

/**
 * Which query a checkpoint belongs to, or undefined when there is none yet. Its batches are not looked at, since an earlier start may still add some.
 * @throws STREAMING_CHECKPOINT_CORRUPT with the path of the file, STREAMING_CHECKPOINT_MISSING_METADATA_FILE
 */
export async function readQuery(place: CheckpointPlace): Promise<KnownQuery | undefined> {
  const entries = await versionEntries(place)
  const [first] = entries
  if (first === undefined) return refuseRemains(place)
  const { queryId } = first.header
  return { queryId, versions: entries.map((entry) => versionOf(entry, join(place.location, entry.header.entry))) }
}

async function versionEntries(place: CheckpointPlace): Promise<readonly LogEntry[]> {
  const last = latestOf(await idsOf(place, VERSIONS))
  const entries = await Promise.all(
    Array.from({ length: last + 1 }, (_, version) => readEntry(place, versionEntry(version))),
  )
  const missing = entries.indexOf(undefined)
  // Without the first one it is to be found out what else there is.
  if (missing === 0) return []
  if (missing > 0)
    throw corrupt(join(place.location, versionEntry(missing)), 'it is missing, although there is a later one')
  return entries as readonly LogEntry[]
}

/**
 * Reads the logs of a checkpoint and verifies them: each entry that must be there is, whole and unchanged, belongs to the same query, and names
 * the digest of the one written before it. The order of writing is metadata, first positions, then of each batch in turn its offsets, what was
 * prepared at each attempt to commit it, and the commit, unless the offsets of the next batch say how it ended.
 * @returns undefined when there is no checkpoint yet
 * @throws as `readQuery`
 */
export async function readChain(place: CheckpointPlace): Promise<CheckpointChain | undefined> {
  const { location } = place
  const query = await readQuery(place)
  if (query === undefined) return undefined
  const [begun, committed] = [await idsOf(place, 'offsets'), new Set(await idsOf(place, 'commits'))]
  const lastId = latestOf([...begun, ...committed])
  const lastCommit = await newestCommit(place, lastId, committed)
  const oldest = lastCommit?.oldestBatch ?? 0
  const names = entriesOf(oldest, lastId, committed, await attemptsOf(place))
  const logged = lastId < 0 ? await optionalEntries(place) : await readAll(place, names, lastId)
  const versions = await versionEntries(place)
  const entries = inOrder(versions, query.versions, logged)
  verifyVersions(location, entries, versions.length)
  const offsets = logged.filter(({ header }) => header.entry.startsWith('offsets/'))
  const batches = offsets.map((entry) => offsetsOf(entry, join(location, entry.header.entry)))
  verifyEnds(location, batches, committed)
  verifyLinks(location, entries, oldest > 0 ? `offsets/${oldest}` : undefined)
  const firstPositions = logged[0] && firstPositionsOf(logged[0])
  verifyRanges(location, batches, firstPositions)
  const digests = new Map(entries.map(({ header, digest }) => [header.entry, digest]))
  const attempts = logged.filter(({ header }) => header.entry.startsWith(`prepared/${lastId}.`))
  return {
    ...query,
    firstPositions,
    lastOffsets: batches.at(-1),
    lastCommit,
    prepared: attempts.map(preparedOf),
    last: entries.at(-1)!.header.entry,
    head: entries.at(-1)!.digest,
    digests,
  }
}

/** How the batch ended that was committed last; undefined when none was. */
async function newestCommit(
  place: CheckpointPlace,
  lastId: number,
  committed: ReadonlySet<number>,
): Promise<BatchCommit | undefined> {
  const own = async (batchId: number): Promise<BatchCommit> => {
    const entry = await requiredEntry(place, `commits/${batchId}`, lastId)
    return commitOf(entry, join(place.location, entry.header.entry))
  }
  if (lastId < 0) return undefined
  if (committed.has(lastId)) return own(lastId)
  const newest = await requiredEntry(place, `offsets/${lastId}`, lastId)
  const { ended } = offsetsOf(newest, join(place.location, newest.header.entry))
  return ended ?? (lastId === 0 ? undefined : own(lastId - 1))
}

/** The batches that were committed and are kept, in their order. The query may run, so nothing is verified but what is read. @throws FAILED_READ_FILE */
export async function committedBatches(place: CheckpointPlace): Promise<readonly number[]> {
  const begun = await idsOf(place, 'offsets')
  const next = new Set(begun)
  // A batch behind which another one was begun was committed, by an entry of its own or by the offsets of that one.
  const committed = new Set([...begun.filter((id) => next.has(id + 1)), ...(await idsOf(place, 'commits'))])
  return [...committed].toSorted((a, b) => a - b)
}

/** How a batch ended; undefined where the log has it no more, or not yet. @throws STREAMING_CHECKPOINT_CORRUPT, FAILED_READ_FILE */
export async function readCommit(
  place: CheckpointPlace,
  batchId: number,
  { queryId, versions }: KnownQuery,
): Promise<BatchCommit | undefined> {
  const { location } = place
  const own = await readEntry(place, `commits/${batchId}`)
  const entry = own ?? (await readEntry(place, `offsets/${batchId + 1}`))
  if (entry === undefined) return undefined
  verifyOwner(location, entry, queryId)
  verifyVersions(location, [entry], versions.length)
  const path = join(location, entry.header.entry)
  return own ? commitOf(own, path) : offsetsOf(entry, path).ended
}

/** All entries in the order in which they were written; versions of the query behind those that are kept no more come before those that are. */
function inOrder(
  entries: readonly LogEntry[],
  versions: readonly QueryVersion[],
  logged: readonly LogEntry[],
): readonly LogEntry[] {
  const all = [entries[0]!, ...logged]
  let last = Math.min(1, logged.length)
  for (const [i, { after }] of versions.entries()) {
    if (i === 0) continue
    const place = all.findIndex(({ header }) => header.entry === after)
    last = place < 0 ? last : place
    all.splice(++last, 0, entries[i]!)
  }
  return all
}

/** What the logs hold after the metadata once a batch was begun, in the order in which it was written. */
function entriesOf(
  oldest: number,
  last: number,
  committed: ReadonlySet<number>,
  attempts: ReadonlyMap<number, number>,
): readonly string[] {
  const ids = Array.from({ length: Math.max(0, last - oldest + 1) }, (_, i) => oldest + i)
  const ofBatches = ids.flatMap((id) => [
    `offsets/${id}`,
    ...Array.from({ length: attempts.get(id) ?? 0 }, (_, attempt) => preparedEntry(id, attempt)),
    ...(committed.has(id) ? [`commits/${id}`] : []),
  ])
  return [FIRST_POSITIONS, ...ofBatches]
}

/** How often each batch was about to be committed: its attempts are numbered from 0. */
async function attemptsOf(place: CheckpointPlace): Promise<ReadonlyMap<number, number>> {
  const attempts = new Map<number, number>()
  for (const name of await namesOf(place, 'prepared')) {
    const [, batchId, attempt] = /^(\d+)\.(\d+)$/.exec(name) ?? []
    if (batchId === undefined) continue
    attempts.set(Number(batchId), Math.max(attempts.get(Number(batchId)) ?? 0, Number(attempt) + 1))
  }
  return attempts
}

async function optionalEntries(place: CheckpointPlace): Promise<readonly LogEntry[]> {
  const entry = await readEntry(place, FIRST_POSITIONS)
  return entry ? [entry] : []
}

async function readAll(place: CheckpointPlace, names: readonly string[], lastId: number): Promise<readonly LogEntry[]> {
  const entries: LogEntry[] = []
  for (let at = 0; at < names.length; at += READ_AT_ONCE) {
    const some = names.slice(at, at + READ_AT_ONCE)
    append(entries, await Promise.all(some.map((name) => requiredEntry(place, name, lastId))))
  }
  return entries
}

function verifyVersions(location: string, entries: readonly LogEntry[], versions: number): void {
  const later = entries.find(({ header }) => header.version >= versions)
  if (later === undefined) return
  const { entry, version } = later.header
  throw corrupt(join(location, versionEntry(version)), `it is missing, although ${entry} was written by that version`)
}

/** @param oldest the first entry of the oldest batch that is kept, where entries between the first positions and it were no longer needed and are gone */
function verifyLinks(location: string, entries: readonly LogEntry[], oldest: string | undefined): void {
  const end = oldest === undefined ? -1 : entries.findIndex(({ header }) => header.entry === oldest)
  for (const [i, { header }] of entries.entries()) {
    const path = join(location, header.entry)
    const before = entries[i - 1]
    verifyOwner(location, entries[i]!, entries[0]!.header.queryId)
    const isBehindGap = i > 1 && i <= end
    if (!isBehindGap && header.previous !== (before?.digest ?? null))
      throw corrupt(path, `it was not written after ${before ? `the ${before.header.entry} that is there` : 'nothing'}`)
  }
}

function verifyOwner(location: string, { header: { entry, queryId } }: LogEntry, expected: string): void {
  if (queryId !== expected) throw corrupt(join(location, entry), `it belongs to the query ${queryId}`)
}

/** Of each batch behind which another one was begun it is said how it ended. */
function verifyEnds(location: string, batches: readonly BatchOffsets[], committed: ReadonlySet<number>): void {
  const last = batches.at(-1)?.batchId
  for (const { batchId, ended } of batches.slice(1)) {
    if (ended === undefined && !committed.has(batchId - 1))
      throw corrupt(join(location, `commits/${batchId - 1}`), `it is missing, although batch ${last} was begun`)
  }
}

/** Each batch begins where the one before it ended. */
function verifyRanges(
  location: string,
  batches: readonly BatchOffsets[],
  firstPositions: readonly Json[] | undefined,
): void {
  let ended = batches[0]?.batchId === 0 ? firstPositions : undefined
  for (const { batchId, from, until } of batches) {
    if (ended !== undefined && !sameJson(ended, from))
      throw corrupt(join(location, `offsets/${batchId}`), 'it does not begin where the batch before it ended')
    ended = until
  }
}

/** A checkpoint without metadata is new, unless something else of it is there. */
async function refuseRemains(place: CheckpointPlace): Promise<undefined> {
  const { location } = place
  for (const part of ['sources', 'offsets', 'prepared', 'commits', 'state']) {
    const [name] = await namesOf(place, part)
    if (name === undefined) continue
    throw new MillraceError('STREAMING_CHECKPOINT_MISSING_METADATA_FILE', {
      checkpointLocation: location,
      path: join(location, METADATA),
      present: join(location, part, name),
    })
  }
  return undefined
}
