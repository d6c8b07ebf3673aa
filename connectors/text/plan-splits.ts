import type { ScanRequest, Split } from '../api.js'
import { type ConstantColumn, constantOf } from '../files/constant-column.js'
import { type FileBlock, isFileMetadata, metadataConstants } from '../files/file-metadata.js'
import { plannedFiles } from '../files/file-systems.js'
import type { PlannedFile } from '../files/open-file.js'
import { type FolderValues, prunedPartitions } from '../files/pruned-partitions.js'
import { compressionOf } from './compression.js'
import { type LineRules, lineRules } from './options.js'
import { type FileShare, splitToJson, type TextColumn } from './split.js'

/** A task reads at least so much where it can: less is not worth a task. */
const MIN_TASK_BYTES = 1024 ** 2
/** And at most so much of files that may be divided, so that a retry repeats little. */
const MAX_TASK_BYTES = 64 * 1024 ** 2
/** Opening a file takes as long as reading so much. */
const BYTES_PER_FILE = 16 * 1024
/** More tasks than there are slots, so that all end at about the same time. */
const TASKS_PER_SLOT = 3

/** Divides files into shares of about the same size, and packs small ones together. */
export async function planTextSplits(request: ScanRequest): Promise<readonly Split[]> {
  const { wanted, valuesOf } = prunedPartitions(request)
  const rules = lineRules(request.source.options)
  const files = await plannedFiles(wanted)
  const total = files.reduce((sum, { size }) => sum + size + BYTES_PER_FILE, 0)
  const wish = Math.ceil(total / (Math.max(1, request.parallelism) * TASKS_PER_SLOT))
  const most = Math.min(MAX_TASK_BYTES, Math.max(MIN_TASK_BYTES, wish))
  const packer = new Packer(most)
  for (const file of files) {
    const values = valuesOf(file.path)
    const step = isDivisible(file, rules) ? most : file.size
    for (let from = 0; from < file.size; from += step) {
      const block = { from, until: Math.min(file.size, from + step) }
      packer.add({ ...file, ...block, columns: columnsOf(request, values, file, block) })
    }
  }
  return packer.splits
}

function columnsOf(
  { source, columns }: ScanRequest,
  values: FolderValues,
  file: PlannedFile,
  block: FileBlock,
): readonly TextColumn[] {
  return columns.flatMap((name): readonly TextColumn[] => {
    const { type } = source.schema.fields.find((field) => field.name === name)!
    if (isFileMetadata(source, name)) return [{ kind: 'struct' }, ...metadataConstants(type, file, block).map(constant)]
    const value = values.get(name)
    return [value === undefined ? { kind: 'lines' } : constant(constantOf(type, value))]
  })
}

const constant = (column: ConstantColumn): TextColumn => ({ kind: 'constant', ...column })

/** Only where a line begins can be told in the middle of a file. */
const isDivisible = ({ path, isUndivided }: PlannedFile, { isWhole, quoted, encoding }: LineRules): boolean =>
  !isUndivided && !isWhole && quoted === undefined && encoding === 'UTF-8' && compressionOf(path) === 'none'

class Packer {
  readonly splits: Split[] = []
  readonly #most: number
  #open: FileShare[] = []
  #bytes = 0

  constructor(most: number) {
    this.#most = most
  }

  add(share: FileShare): void {
    const bytes = share.until - share.from
    if (this.#open.length === 0) this.#begin()
    else if (this.#bytes + bytes > this.#most) this.#begin()
    this.#open.push(share)
    this.#bytes += bytes + BYTES_PER_FILE
    const index = this.splits.length - 1
    this.splits[index] = { data: splitToJson({ index, files: this.#open }), bytes: this.#bytes }
  }

  #begin(): void {
    this.#open = []
    this.#bytes = 0
    this.splits.push({ data: splitToJson({ index: this.splits.length, files: [] }) })
  }
}
