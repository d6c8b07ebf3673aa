import type { BatchColumn, Memory, ScanRequest } from '../api.js'
import { type ConstantColumn, constantColumn, constantOf } from './constant-column.js'
import { type FileBlock, isFileMetadata, metadataConstants } from './file-metadata.js'
import type { FolderValues } from './partitions/pruned-partitions.js'
import type { Region } from './region.js'
import type { PlannedFile } from './systems/open-file.js'

/** A leaf that no file holds: what is the same in a whole share of one, or a struct of that, which is never NULL. */
export type GivenColumn = ({ readonly kind: 'constant' } & ConstantColumn) | { readonly kind: 'struct' }

/** The leaves of a column that folders or files themselves tell of; undefined of one that is in the files. */
export function givenColumn(
  { source }: ScanRequest,
  name: string,
  values: FolderValues,
  file: PlannedFile,
  block: FileBlock,
): readonly GivenColumn[] | undefined {
  const { type } = source.schema.fields.find((field) => field.name === name)!
  if (isFileMetadata(source, name)) return [{ kind: 'struct' }, ...metadataConstants(type, file, block).map(constant)]
  const value = values.get(name)
  return value === undefined ? undefined : [constant(constantOf(type, value))]
}

const constant = (column: ConstantColumn): GivenColumn => ({ kind: 'constant', ...column })

/** Such a leaf of a batch; its region is made once a share. */
export const givenLeaf = (column: GivenColumn, region: Region, memory: Memory): BatchColumn =>
  column.kind === 'struct' ? { data: 0, validity: 0 } : constantColumn(column, region, memory)
