import type { ColumnBuffers, Nested } from './column-buffers.js'
import { storageOf } from './leaves.js'
import type { Read } from './records/record.js'
import { objectMaker, rowKeys } from './row-keys.js'
import type { ArrayType, DataType, MapType, PlainType } from './types.js'

/** Where a packed value, or a vector of one, begins. */
type Place = Omit<ColumnBuffers, 'data'>

type ReadPlain<V> = (type: PlainType, buffers: ColumnBuffers) => Read<V>

/** Elements of a packed array or map, read by their numbers, and where they end. */
interface Vector<V> {
  readonly read: Read<Nested<V>>
  readonly end: number
}

/** Reads arrays as arrays and maps as `Map`s; those of a block lie one after the other, with offsets. `plain` reads other types. */
export function packedReader<V>(
  type: ArrayType | MapType,
  { view, bytes, at, data }: ColumnBuffers,
  plain: ReadPlain<V>,
): Read<Nested<V>> {
  return (row) => readPacked(type, { view, bytes, at: data.offset + view.getInt32(at + row * 4, true) }, plain)
}

/** An array or a map as all of these bytes. */
export function unpacked<V>(type: ArrayType | MapType, value: Uint8Array, plain: ReadPlain<V>): Nested<V> {
  const { buffer, byteOffset, byteLength } = value
  const bytes = Buffer.from(buffer, byteOffset, byteLength)
  return readPacked(type, { view: new DataView(buffer, byteOffset, byteLength), bytes, at: 0 }, plain)
}

function readPacked<V>(type: ArrayType | MapType, place: Place, plain: ReadPlain<V>): Nested<V> {
  const count = place.view.getInt32(place.at, true)
  const first = { ...place, at: place.at + 4 }
  const all = ({ read }: Vector<V>): Nested<V>[] => Array.from({ length: count }, (_, i) => read(i))
  if (type.kind === 'array') return all(vectorOf(type.element, count, first, plain))
  const keys = vectorOf(type.key, count, first, plain)
  const values = all(vectorOf(type.value, count, { ...place, at: keys.end }, plain))
  return new Map(all(keys).map((key, i) => [key, values[i]!]))
}

function vectorOf<V>(type: DataType, count: number, place: Place, plain: ReadPlain<V>): Vector<V> {
  const { bytes, view } = place
  const validity = place.at
  const at = validity + Math.ceil(count / 8)
  const { read, end } = valuesOf(type, count, { bytes, view, at }, plain)
  return { read: (i) => ((bytes[validity + (i >> 3)]! >> (i & 7)) & 1 ? read(i) : null), end }
}

function valuesOf<V>(type: DataType, count: number, place: Place, plain: ReadPlain<V>): Vector<V> {
  const { view, at } = place
  if (type.kind === 'struct') {
    let end = at
    const readers = type.fields.map((field) => {
      const vector = vectorOf(field.type, count, { ...place, at: end }, plain)
      end = vector.end
      return vector.read
    })
    const make = objectMaker<Nested<V>>(rowKeys(type.fields))
    return { read: (i) => make((field) => readers[field]!(i)), end }
  }
  const storage = storageOf(type)
  const length = storage.kind === 'variable' ? view.getInt32(at + count * 4, true) : 0
  const data = { offset: at + (count + 1) * 4, length }
  const buffers = { ...place, data }
  const read = type.kind === 'array' || type.kind === 'map' ? packedReader(type, buffers, plain) : plain(type, buffers)
  switch (storage.kind) {
    case 'none':
      return { read, end: at }
    case 'boolean':
      return { read, end: at + Math.ceil(count / 8) }
    case 'fixed':
      return { read, end: at + count * storage.bytes }
    case 'variable':
      return { read, end: data.offset + length }
  }
}
