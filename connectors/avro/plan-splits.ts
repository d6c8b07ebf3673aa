import type { AvroField } from '../../columnar/avro/avro-type.js'
import { parseAvroRecord } from '../../columnar/avro/parse-schema.js'
import type { DataType } from '../../columnar/types.js'
import { MillraceError } from '../../common/errors/millrace-error.js'
import type { PartitionValue, ScanRequest, Split } from '../api.js'
import { constantOf } from '../files/constant-column.js'
import { FileFaults } from '../files/file-faults.js'
import { givenColumn } from '../files/given-columns.js'
import { bytesPerTask, packedShares } from '../files/packed-shares.js'
import { prunedPartitions } from '../files/partitions/pruned-partitions.js'
import { type AvroFile, avroFile } from './container.js'
import { wantedSchema } from './read-options.js'
import { type AvroColumn, type AvroShare, splitToJson } from './split.js'

/** Divides files into shares of about the same size, and packs small ones together. */
export async function planAvroSplits(request: ScanRequest): Promise<readonly Split[]> {
  const { source } = request
  const { wanted, valuesOf } = prunedPartitions(request)
  const files = await new FileFaults(source.options).ofEach(wanted, avroFile)
  const most = bytesPerTask(
    files.map(({ file }) => file),
    request,
  )
  const reading = new Map(wantedSchema(source.options)?.fields.map((one) => [one.name, one]))
  const shares = files.flatMap((one): readonly AvroShare[] => {
    const { file } = one
    const own: AvroShare[] = []
    const step = file.isUndivided ? file.size : most
    for (let from = 0; from < file.size; from += step) {
      const block = { from, until: Math.min(file.size, from + step) }
      const columns = request.columns.map((name): AvroColumn => {
        const leaves = givenColumn(request, name, valuesOf(file.path), file, block)
        return leaves ? { kind: 'given', leaves } : columnIn(one, name, typeOf(request, name), reading.get(name))
      })
      own.push({ ...one, ...block, columns })
    }
    return own
  })
  return packedShares(shares, most).map((packed) => ({ data: splitToJson(packed.shares), bytes: packed.bytes }))
}

const typeOf = ({ source }: ScanRequest, name: string): DataType =>
  source.schema.fields.find((field) => field.name === name)!.type

/** A column by the names that it may have in a file, or else what the schema in which rows are wanted has in its place. */
function columnIn({ schema }: AvroFile, name: string, type: DataType, reading: AvroField | undefined): AvroColumn {
  const names = [name, ...(reading?.aliases ?? [])]
  const fallback = reading?.fallback
  if (fallback === undefined || fallback === null) return { kind: 'column', names }
  const isThere = parseAvroRecord(schema).fields.some((field) => names.includes(field.name))
  if (isThere) return { kind: 'column', names }
  return { kind: 'given', leaves: [{ kind: 'constant', ...constantOf(type, plainValue(name, type, fallback)) }] }
}

/** @throws UNSUPPORTED_FEATURE */
function plainValue(name: string, { kind }: DataType, fallback: unknown): PartitionValue {
  if (kind === 'string' && typeof fallback === 'string') return fallback
  if (kind === 'boolean' && typeof fallback === 'boolean') return fallback
  if ((kind === 'float' || kind === 'double') && typeof fallback === 'number') return fallback
  if (WHOLE.has(kind) && Number.isSafeInteger(fallback)) return BigInt(fallback as number)
  throw new MillraceError('UNSUPPORTED_FEATURE', { feature: `the default of the column ${name} in avroSchema` })
}

const WHOLE: ReadonlySet<DataType['kind']> = new Set(['int', 'bigint', 'date'])
