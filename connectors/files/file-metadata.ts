import { BIGINT, type DataType, type Field, field, STRING, struct, TIMESTAMP } from '../../columnar/types.js'
import type { PartitionValue, SourceDescription } from '../api.js'
import { type ConstantColumn, constantOf } from './constant-column.js'
import { fileUri } from './systems/file-uri.js'
import type { PlannedFile } from './systems/open-file.js'

/** The column of files that is read only where it is named: which file a row is of. */
const FILE_METADATA: Field = field(
  '_metadata',
  struct([
    field('file_path', STRING, false),
    field('file_name', STRING, false),
    field('file_size', BIGINT, false),
    field('file_block_start', BIGINT, false),
    field('file_block_length', BIGINT, false),
    field('file_modification_time', TIMESTAMP, false),
  ]),
  false,
)

/** The same for functions, each of which is a field. */
const INPUT_FILE: Field = field(
  'input_file()',
  struct([
    field('input_file_name', STRING, false),
    field('input_file_block_start', BIGINT, false),
    field('input_file_block_length', BIGINT, false),
  ]),
  false,
)

/** What a source of files has beside its columns. */
export const WITH_FILE_METADATA: Pick<SourceDescription, 'metadata'> = {
  metadata: { named: FILE_METADATA, ofFunctions: INPUT_FILE },
}

/** A file as Hadoop shows it. */
export const shownPath = (path: string): string => fileUri(path).replace('file:///', 'file:/')

/** When a file was changed, as timestamps are. */
export const modifiedMicros = ({ modifiedMs }: PlannedFile): bigint => BigInt(Math.floor(modifiedMs)) * 1000n

/** Whether a column of a source is one of those. */
export const isFileMetadata = ({ metadata }: SourceDescription, name: string): boolean =>
  name === metadata?.named.name || name === metadata?.ofFunctions.name

/** The share of a file that is read as a whole. */
export interface FileBlock {
  readonly from: number
  readonly until: number
}

/** The fields of such a column, of which some may be wanted only, for the rows of a share of a file. */
export function metadataConstants(
  type: DataType,
  file: PlannedFile,
  { from, until }: FileBlock,
): readonly ConstantColumn[] {
  const { path, size } = file
  const uri = fileUri(path)
  const values: Readonly<Record<string, PartitionValue>> = {
    file_path: shownPath(path),
    file_name: uri.slice(uri.lastIndexOf('/') + 1),
    file_size: BigInt(size),
    file_block_start: BigInt(from),
    file_block_length: BigInt(until - from),
    file_modification_time: modifiedMicros(file),
    input_file_name: uri,
    input_file_block_start: BigInt(from),
    input_file_block_length: BigInt(until - from),
  }
  const fields = type.kind === 'struct' ? type.fields : []
  return fields.map((one) => constantOf(one.type, values[one.name]!))
}
