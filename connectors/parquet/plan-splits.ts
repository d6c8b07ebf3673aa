import { leafCount, storageOf } from '../../columnar/leaves.js'
import { type DataType, type Field, sameType, typeName } from '../../columnar/types.js'
import { MillraceError } from '../../common/errors/millrace-error.js'
import type { PartitionValue, ScanFilter, ScanRequest, Split } from '../api.js'
import { failedRead } from '../files/file-errors.js'
import { type FolderValues, prunedPartitions } from '../files/pruned-partitions.js'
import { verifiesChecksums } from './checksum-option.js'
import { columnsOf, type FileColumn, findColumn } from './columns.js'
import { MalformedThrift } from './compact-reader.js'
import { type ParquetFile, readFooters } from './footer.js'
import type { RowGroup } from './metadata.js'
import { mayMatch } from './row-group-filter.js'
import { type ChunkRange, type FileSplit, type LeafSource, type SplitRowGroup, splitToJson } from './split.js'

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
  const files = await readFooters(wanted)
  const groups = files.flatMap((file) => groupsOfFile(file, fields, valuesOf(file.path), filters))
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
): readonly WeightedGroup[] {
  const columns = columnsOf(file.metadata.root)
  const { leaves, chunks } = leafSources(file.path, columns, fields, values)
  const planned = { path: file.path, size: file.size, modifiedMs: file.modifiedMs, leaves }
  return file.metadata.rowGroups
    .filter((group) => group.rows > 0 && isNeeded(file.path, group, columns, filters))
    .map((group) => {
      const ranges = chunks.map((index): ChunkRange => {
        const { offset, bytes, values, codec } = group.chunks[index]!
        if (offset + bytes > file.size) throw failedRead(file.path, 'a column chunk lies beyond the end of the file')
        return [offset, bytes, values, codec]
      })
      return {
        file: planned,
        group: { rows: group.rows, chunks: ranges },
        bytes: ranges.reduce((sum, range) => sum + range[1], 0),
      }
    })
}

function isNeeded(
  path: string,
  group: RowGroup,
  columns: readonly FileColumn[],
  filters: readonly ScanFilter[],
): boolean {
  try {
    return mayMatch(group, columns, filters)
  } catch (error) {
    if (error instanceof MalformedThrift) throw failedRead(path, `malformed statistics: ${error.message}`, error)
    throw error
  }
}

/** How each leaf of the fields is made, and which chunks of a row group that takes. */
function leafSources(
  path: string,
  columns: readonly FileColumn[],
  fields: readonly Field[],
  values: FolderValues,
): { leaves: readonly LeafSource[]; chunks: readonly number[] } {
  const leaves: LeafSource[] = []
  const chunks: number[] = []
  for (const field of fields) {
    const value = values.get(field.name)
    const column = findColumn(columns, field.name)
    if (value !== undefined) leaves.push(constantLeaf(field.type, value))
    else if (column === undefined) addMissing(field.type, leaves)
    else {
      checkReadable(path, column, field)
      addLeaves(column, column.field.name, leaves, chunks)
    }
  }
  return { leaves, chunks }
}

/** @throws UNSUPPORTED_FEATURE, FAILED_READ_FILE when a column cannot be read as this field */
function checkReadable(path: string, column: FileColumn, field: Field): void {
  if (column.kind === 'unsupported') {
    throw new MillraceError('UNSUPPORTED_FEATURE', {
      feature: `reading the Parquet column ${column.field.name}, ${column.reason} (${path})`,
    })
  }
  if (!sameType(column.field.type, field.type)) {
    const types = `${typeName(column.field.type)} where ${typeName(field.type)} is expected`
    throw failedRead(path, `the column ${column.field.name} is of type ${types}`)
  }
}

function addLeaves(column: FileColumn, name: string, leaves: LeafSource[], chunks: number[]): void {
  if (column.kind === 'leaf') {
    const { kernel, sourceBytes, targetBytes } = column.conversion
    leaves.push({
      kind: 'values',
      name,
      chunk: chunks.length,
      conversion: kernel,
      physical: column.node.physical!,
      sourceBytes,
      targetBytes,
      level: column.level,
    })
    chunks.push(column.chunk)
  } else if (column.kind === 'struct') {
    // Its first descendant with values has the levels.
    let first = leaves.length + 1
    for (let child = column.fields[0]; child?.kind === 'struct'; child = child.fields[0]) first++
    leaves.push({ kind: 'struct', of: first, level: column.level })
    for (const child of column.fields) addLeaves(child, `${name}.${child.field.name}`, leaves, chunks)
  }
}

/** The bytes of a value in a batch. */
function widthOf(type: DataType): number {
  const storage = storageOf(type)
  return storage.kind === 'fixed' ? storage.bytes : storage.kind === 'variable' ? 8 : 1
}

function constantLeaf(type: DataType, value: PartitionValue): LeafSource {
  if (value === null) return { kind: 'missing', targetBytes: widthOf(type) }
  const isText = type.kind === 'string' || type.kind === 'binary'
  // As it lies in memory, which for these two are not whole numbers.
  return { kind: 'constant', targetBytes: widthOf(type), isText, value: isFloating(type) ? bitsOf(type, value) : value }
}

const isFloating = ({ kind }: DataType): boolean => kind === 'float' || kind === 'double'

function bitsOf({ kind }: DataType, value: PartitionValue): bigint {
  const view = new DataView(new ArrayBuffer(8))
  if (kind === 'double') view.setFloat64(0, Number(value))
  else view.setFloat32(4, Number(value))
  return view.getBigUint64(0)
}

function addMissing(type: DataType, leaves: LeafSource[]): void {
  if (type.kind !== 'struct') {
    leaves.push({ kind: 'missing', targetBytes: widthOf(type) })
    return
  }
  leaves.push({ kind: 'missing', targetBytes: 0 })
  for (const field of type.fields) addMissing(field.type, leaves)
  if (leafCount(type) === 1) throw new MillraceError('UNSUPPORTED_FEATURE', { feature: 'structs without fields' })
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
    // A group belongs to the share in which its middle lies.
    if (room <= own / 2) {
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
