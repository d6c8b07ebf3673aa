import type { PartitionValue, ScanFilter, ScanRequest, Split } from '../api.js'
import { constantOf } from '../files/constant-column.js'
import { FileFaults } from '../files/file-faults.js'
import { modifiedMicros, shownPath } from '../files/file-metadata.js'
import { givenColumn } from '../files/given-columns.js'
import { bytesPerTask, packedShares } from '../files/packed-shares.js'
import { mayPass, prunedPartitions } from '../files/partitions/pruned-partitions.js'
import { plannedFiles } from '../files/systems/file-systems.js'
import type { PlannedFile } from '../files/systems/open-file.js'
import { type BinaryColumn, type BinaryRow, splitToJson } from './split.js'

/** Puts files together that may pass the filters on what is told of them. */
export async function planBinarySplits(request: ScanRequest): Promise<readonly Split[]> {
  const { source, columns } = request
  const { wanted, valuesOf, filters } = prunedPartitions(request)
  const isRead = columns.includes('content')
  const typeOf = (name: string) => source.schema.fields.find((field) => field.name === name)!.type
  const passes = (file: PlannedFile, filter: ScanFilter): boolean => {
    const value = told(file, filter.column)
    return value === undefined || mayPass(filter, value, typeOf(filter.column))
  }
  const planned = await plannedFiles(wanted, new FileFaults(source.options))
  // As in Spark, empty files are no rows.
  const files = planned.filter((file) => file.size > 0 && filters.every((filter) => passes(file, filter)))
  const shares = files.map((file) => {
    const block = { from: 0, until: file.size }
    const leaves = columns.flatMap((name): readonly BinaryColumn[] => {
      const value = told(file, name)
      if (value !== undefined) return [{ kind: 'constant', ...constantOf(typeOf(name), value) }]
      return givenColumn(request, name, valuesOf(file.path), file, block) ?? [{ kind: 'content' }]
    })
    const row: BinaryRow = { file, columns: leaves }
    return { from: 0, until: isRead ? file.size : 0, row }
  })
  return packedShares(shares, bytesPerTask(files, request)).map((packed) => ({
    data: splitToJson(packed.shares.map(({ row }) => row)),
    rows: packed.shares.length,
    bytes: packed.bytes,
  }))
}

/** What is known of a file without opening it. */
function told(file: PlannedFile, column: string): PartitionValue | undefined {
  switch (column) {
    case 'path':
      return shownPath(file.path)
    case 'modificationTime':
      return modifiedMicros(file)
    case 'length':
      return BigInt(file.size)
    default:
      return undefined
  }
}
