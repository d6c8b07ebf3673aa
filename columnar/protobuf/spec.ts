import type { EnumDescriptor } from './descriptor.js'
import { type ProtoField, type ProtoReading, type ProtoWriting, TooLarge } from './shape.js'

/* How messages are read or written as calls of functions have it: as JSON, in which an enumeration is once, of however many fields it is. */

type PlacedField = Omit<ProtoField, 'enum' | 'fields'> & {
  /** Its place among the enumerations of all fields. */
  readonly enum?: number
  readonly fields?: readonly PlacedField[]
}

type Placed<T extends ProtoReading | ProtoWriting> = Omit<T, 'fields'> & {
  readonly fields: readonly PlacedField[]
  readonly enums: readonly EnumDescriptor[]
}

/** Each call goes to the executors with all its tasks. */
const MOST_BYTES = 4 * 1024 * 1024

/** @throws TooLarge */
export function specBytes(spec: ProtoReading | ProtoWriting): Uint8Array {
  const enums = new Map<EnumDescriptor, number>()
  const placeOf = (one: EnumDescriptor): number => {
    if (!enums.has(one)) enums.set(one, enums.size)
    return enums.get(one)!
  }
  const placed = (fields: readonly ProtoField[]): readonly PlacedField[] =>
    fields.map(({ enum: of, fields: within, ...rest }) => ({
      ...rest,
      ...(of && { enum: placeOf(of) }),
      ...(within && { fields: placed(within) }),
    }))
  const fields = placed(spec.fields)
  const bytes = Buffer.from(JSON.stringify({ ...spec, fields, enums: [...enums.keys()] }))
  if (bytes.length > MOST_BYTES) throw new TooLarge(`a message whose fields take more than ${MOST_BYTES} bytes to tell`)
  return bytes
}

/** What such bytes tell. */
export function specOf<T extends ProtoReading | ProtoWriting>(bytes: Uint8Array): T {
  const { enums, ...spec } = JSON.parse(Buffer.from(bytes).toString()) as Placed<T>
  const found = (fields: readonly PlacedField[]): readonly ProtoField[] =>
    fields.map(({ enum: place, fields: within, ...rest }) => ({
      ...rest,
      ...(place !== undefined && { enum: enums[place]! }),
      ...(within && { fields: found(within) }),
    }))
  return { ...spec, fields: found(spec.fields) } as unknown as T
}
