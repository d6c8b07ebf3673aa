import { type DataType, isShortDecimal } from '../../columnar/types.js'
import type { ScanFilter, SourceDescription } from '../../connectors/api.js'
import { hashedAs, MURMUR_SEED } from '../plan/expression/hash-bits.js'
import type { LogicalScan } from '../plan/logical/plan.js'

/** In which buckets of a table the rows are that may pass the filters; undefined for all. As in Spark tables tell that are divided by one column. */
export function wantedBuckets({ source, filters }: LogicalScan): readonly number[] | undefined {
  const { buckets } = source
  if (buckets?.columns.length !== 1) return undefined
  const [column] = buckets.columns
  const wanted = filters.flatMap((filter) => bucketsOf(filter, column!, buckets) ?? [])
  if (wanted.length === 0) return undefined
  const inAll = [...wanted[0]!].filter((bucket) => wanted.every((one) => one.has(bucket)))
  return inAll.toSorted((a, b) => a - b)
}

function bucketsOf(
  filter: ScanFilter,
  column: string,
  { count }: NonNullable<SourceDescription['buckets']>,
): readonly ReadonlySet<number>[] | undefined {
  if (filter.column !== column) return undefined
  const values = filter.op === 'in' ? filter.values : filter.op === 'eq' ? [filter.value] : undefined
  if (values === undefined || filter.op === 'isNotNull') return undefined
  const hashes = values.map((value) => murmurOf(filter.type, value))
  if (!hashes.every((hash) => hash !== undefined)) return undefined
  return [new Set(hashes.map((hash) => ((hash % count) + count) % count))]
}

/** Spark's hash of a value, as kernels compute it of rows; undefined for types of which filters do not tell the bytes. */
function murmurOf(type: DataType, value: boolean | number | bigint | string): number | undefined {
  // A decimal that is too long for a word is hashed as bytes, and equal numbers with fractions may differ in bits.
  if (type.kind === 'float' || type.kind === 'double' || (type.kind === 'decimal' && !isShortDecimal(type)))
    return undefined
  switch (hashedAs(type)) {
    case 'int':
      return finished(mixed(MURMUR_SEED, Number(value)), 4)
    case 'long': {
      const bits = BigInt(value)
      const [low, high] = [BigInt.asIntN(32, bits), BigInt.asIntN(32, bits >> 32n)].map(Number) as [number, number]
      return finished(mixed(mixed(MURMUR_SEED, low), high), 8)
    }
    case 'bytes':
      return type.kind === 'string' ? ofBytes(Buffer.from(String(value))) : undefined
    case 'decimal':
    case undefined:
      return undefined
  }
}

/** Bytes behind the last whole word are mixed one by one. */
function ofBytes(bytes: Buffer): number {
  const whole = bytes.length - (bytes.length % 4)
  let hash = MURMUR_SEED
  for (let i = 0; i < whole; i += 4) hash = mixed(hash, bytes.readInt32LE(i))
  for (let i = whole; i < bytes.length; i++) hash = mixed(hash, bytes.readInt8(i))
  return finished(hash, bytes.length)
}

const rotated = (bits: number, by: number): number => (bits << by) | (bits >>> (32 - by))

function mixed(hash: number, word: number): number {
  const own = Math.imul(rotated(Math.imul(word, 0xcc9e2d51), 15), 0x1b873593)
  return (Math.imul(rotated(hash ^ own, 13), 5) + 0xe6546b64) | 0
}

function finished(mixedHash: number, length: number): number {
  let hash = mixedHash ^ length
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b)
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35)
  return hash ^ (hash >>> 16)
}
