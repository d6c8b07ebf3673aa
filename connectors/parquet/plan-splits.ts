import type { Field } from '../../columnar/types.js'
import { MillraceError } from '../../common/errors/millrace-error.js'
import type { ScanFilter, ScanRequest, Split } from '../api.js'
import { failedRead } from '../files/file-errors.js'
import { FileFaults } from '../files/file-faults.js'
import { isFileMetadata } from '../files/file-metadata.js'
import { type FolderValues, prunedPartitions } from '../files/partitions/pruned-partitions.js'
import { verifiesChecksums } from './checksum-option.js'
import { columnsOf } from './columns.js'
import { MalformedThrift } from './compact-reader.js'
import { type ParquetFile, readFooters } from './footer.js'
import { leafSources } from './leaf-sources.js'
import type { RowGroup } from './metadata.js'
import { rowGroupTest } from './row-group-filter.js'
import { type ChunkRange, type FileSplit, type SplitRowGroup, splitToJson } from './split.js'

/** A task reads at least so much where it can: less is not worth a task. */
const MIN_TASK_WEIGHT = 256 * 1024
/** And at most so much, where row groups allow it, so that a retry repeats little. */
const MAX_TASK_WEIGHT = 512 * 1024 ** 2
/** No task takes less than this share of what falls to a slot. */
const SMALLEST_SHARE = 1 / 5
/** What a task takes of what is left for each slot. */
const SHARE_OF_REST = 0.6

interface WeightedGroup {
  readonly file: Omit<FileSplit, 'rowGroups'>
  readonly group: SplitRowGroup
  readonly bytes: number
}

/** Divides the row groups that can matter into tasks. */
export async function planParquetSplits(request: ScanRequest): Promise<readonly Split[]> {
  const fields = request.columns.map((name) => requestedField(request, name))
  const { wanted, valuesOf, filters } = prunedPartitions(request)
  const faults = new FileFaults(request.source.options)
  const files = await readFooters(wanted, faults)
  const isMetadata = (name: string): boolean => isFileMetadata(request.source, name)
  const groups = files.flatMap((file) =>
    faults.unless(() => groupsOfFile(file, fields, valuesOf(file.path), filters, isMetadata), []),
  )
  const shares = divide(groups, Math.max(1, request.parallelism))
  const verified = verifiesChecksums(request.source.options)
  return shares.map((share) => toSplit(share, verified))
}

function requestedField(request: ScanRequest, name: string): Field {
  const found = request.source.schema.fields.find((field) => field.name === name)
  if (found === undefined) throw new MillraceError('INTERNAL_ERROR', { message: `no column ${name} in the source` })
  return found
}

function groupsOfFile(
  file: ParquetFile,
  fields: readonly Field[],
  values: FolderValues,
  filters: readonly ScanFilter[],
  isMetadata: (name: string) => boolean,
): readonly WeightedGroup[] {
  const columns = columnsOf(file.metadata)
  const { path, size, version, modifiedMs, isUndivided } = file
  const planned = { path, size, version, modifiedMs, ...(isUndivided ? { isUndivided } : {}) }
  const { leaves, chunks } = leafSources(planned, columns, fields, values, isMetadata)
  const share = { ...planned, leaves }
  const mayMatch = rowGroupTest(columns, filters)
  return file.metadata.rowGroups
    .filter((group) => group.rows > 0 && isNeeded(file.path, group, mayMatch))
    .map((group) => {
      const ranges = chunks.map((index): ChunkRange => {
        const { offset, bytes, values, codec } = group.chunks[index]!
        if (offset + bytes > file.size) throw failedRead(file.path, 'a column chunk lies beyond the end of the file')
        return [offset, bytes, values, codec]
      })
      return {
        file: share,
        group: { rows: group.rows, chunks: ranges },
        bytes: ranges.reduce((sum, range) => sum + range[1], 0),
      }
    })
}

function isNeeded(path: string, group: RowGroup, mayMatch: (group: RowGroup) => boolean): boolean {
  try {
    return mayMatch(group)
  } catch (error) {
    if (error instanceof MalformedThrift) throw failedRead(path, `malformed statistics: ${error.message}`, error)
    throw error
  }
}

/**
 * Shares of what is left for each slot: large ones first, since each task costs something, and small ones last, so that
 * all slots end at about the same time (guided self-scheduling, Polychronopoulos and Kuck, 1987).
 */
function divide(groups: readonly WeightedGroup[], slots: number): readonly (readonly WeightedGroup[])[] {
  const weight = (group: WeightedGroup): number => group.bytes + group.group.rows
  let left = groups.reduce((sum, group) => sum + weight(group), 0)
  const least = Math.max(MIN_TASK_WEIGHT, (left / slots) * SMALLEST_SHARE)
  const shares: WeightedGroup[][] = []
  let room = 0
  for (const group of groups) {
    const own = weight(group)
    // A group belongs to the share in which its middle lies. A file that its server sends as a whole is of one task, which fetches it once.
    const isSent = group.file.isUndivided === true && shares.at(-1)?.at(-1)?.file === group.file
    if (room <= own / 2 && !isSent) {
      shares.push([])
      room = Math.min(MAX_TASK_WEIGHT, Math.max(least, (left / slots) * SHARE_OF_REST))
    }
    shares.at(-1)!.push(group)
    room -= own
    left -= own
  }
  return shares
}

function toSplit(groups: readonly WeightedGroup[], verifiesChecksums: boolean): Split {
  const files: { file: WeightedGroup['file']; rowGroups: SplitRowGroup[] }[] = []
  for (const { file, group } of groups) {
    const last = files.at(-1)
    if (last?.file === file) last.rowGroups.push(group)
    else files.push({ file, rowGroups: [group] })
  }
  return {
    data: splitToJson({ verifiesChecksums, files: files.map(({ file, rowGroups }) => ({ ...file, rowGroups })) }),
    rows: groups.reduce((sum, { group }) => sum + group.rows, 0),
    bytes: groups.reduce((sum, { bytes }) => sum + bytes, 0),
  }
}
