import { rowKeys } from '../row-keys.js'
import type { ArrayType, DataType, MapType, StructType } from '../types.js'
import { plainReader, type ReadPlain, usualOf } from './plain-reader.js'
import type { ProtoField } from './shape.js'
import { GROUP_START, Malformed, WITH_LENGTH, WireReader } from './wire.js'

/** A value as packed rows take it: plain ones as they are stored, structs as objects, arrays, and maps as `Map`s; undefined for NULL. */
export type ReadValue = bigint | number | boolean | Uint8Array | undefined | object

/** @throws Malformed */
export type ReadMessage = (bytes: Uint8Array) => ReadValue

const MICROS_PER_SECOND = 1_000_000n
const NANOS_PER_MICRO = 1000n

/** Reads messages as values of a struct. @param tellsUsual whether what cannot be told from being missing is what it is then */
export function messageReader(fields: readonly ProtoField[], type: StructType, tellsUsual: boolean): ReadMessage {
  const budget = new Budget()
  const read = membersReader(fields, type, { tellsUsual, budget })
  return (bytes) => {
    budget.begin(bytes.length)
    // As in Spark, a field that lies in another way makes the message malformed, not those in it.
    return read(bytes, true)
  }
}

const VALUES_OF_ALL = 1_000_000
const VALUES_OF_A_BYTE = 16
/** So much of a text that a field is without being there counts as a value. */
const LETTERS_OF_A_VALUE = 16

/** What may come of a message: two bytes are a message within, which may have thousands of values without being there. */
class Budget {
  #left = 0

  begin(bytes: number): void {
    this.#left = VALUES_OF_ALL + VALUES_OF_A_BYTE * bytes
  }

  /** @throws Malformed */
  spend(values: number): void {
    this.#left -= values
    if (this.#left < 0) throw new Malformed()
  }
}

/** How what is within messages is read. */
interface How {
  readonly tellsUsual: boolean
  readonly budget: Budget
}

/** How a field is read. */
interface Member {
  readonly field: ProtoField
  readonly key: string
  /** Adds what comes next to the values; false where it lies in another way, or is not among the values of the enumeration. @throws Malformed */
  take(reader: WireReader, wire: number, values: ReadValue[]): boolean
  /** What the field is by all that was taken. @throws Malformed */
  finish(values: readonly ReadValue[]): ReadValue
}

type ReadMembers = (bytes: Uint8Array, isWhole: boolean) => ReadValue

function membersReader(fields: readonly ProtoField[], type: StructType, how: How): ReadMembers {
  const keys = rowKeys(type.fields)
  const members = fields.map((field, i) => memberOf(field, type.fields[i]!.type, keys[i]!, how))
  const cost = fields.reduce((sum, { usual }) => sum + 1 + (usual ?? '').length / LETTERS_OF_A_VALUE, 1)
  const byNumber = numbered(members)
  return (bytes, isWhole) => {
    how.budget.spend(cost)
    const found = taken(byNumber, bytes, isWhole)
    return Object.fromEntries(members.map((member) => [member.key, member.finish(found.get(member) ?? [])]))
  }
}

type ByNumber = ReadonlyMap<number, Member>

const numbered = (members: readonly Member[]): ByNumber => new Map(members.map((one) => [one.field.number, one]))

/** What a message has of each member. @throws Malformed */
function taken(members: ByNumber, bytes: Uint8Array, isWhole: boolean): ReadonlyMap<Member, readonly ReadValue[]> {
  const found = new Map<Member, ReadValue[]>()
  const reader = new WireReader(bytes)
  while (!reader.isDone) {
    const { number, wire } = reader.tag()
    const member = members.get(number)
    if (!member) {
      reader.skip(number, wire)
      continue
    }
    const values = found.get(member) ?? []
    const before = values.length
    if (!member.take(reader, wire, values) && isWhole) throw new Malformed()
    // Of a packed list those stay that are values, as in Java.
    if (values.length === before) continue
    const { choice } = member.field
    if (choice !== undefined) for (const other of found.keys()) if (other.field.choice === choice) found.delete(other)
    found.set(member, values)
  }
  return found
}

function memberOf(field: ProtoField, type: DataType, key: string, how: How): Member {
  if (field.kind === 'message' || field.kind === 'group') return messageMember(field, type, key, how)
  const single = field.isRepeated ? (type as ArrayType).element : type
  const { wire, read } = plainReader(field, single)
  return {
    field,
    key,
    take: (reader, given, values) => {
      if (given === wire) return addTo(values, read(reader))
      if (given !== WITH_LENGTH || !field.isRepeated) {
        reader.skip(field.number, given)
        return false
      }
      const packed = new WireReader(reader.bytes())
      let isWhole = true
      while (!packed.isDone) isWhole = addTo(values, read(packed)) && isWhole
      return isWhole
    },
    finish: (values) => {
      if (field.isRepeated) return values
      if (values.length > 0) return values.at(-1)
      if (field.isRequired) throw new Malformed()
      return field.usual !== undefined || (how.tellsUsual && !field.hasPresence) ? usualOf(field, single) : undefined
    },
  }
}

function addTo(values: ReadValue[], value: ReturnType<ReadPlain>): boolean {
  if (value === undefined) return false
  values.push(value)
  return true
}

/** Of messages their bytes are taken: those of a field that comes several times are one message together. */
function messageMember(field: ProtoField, type: DataType, key: string, how: How): Member {
  const wire = field.kind === 'group' ? GROUP_START : WITH_LENGTH
  const finish = finisherOf(field, type, how)
  return {
    field,
    key,
    take: (reader, given, values) => {
      if (given === wire) values.push(field.kind === 'group' ? reader.group(field.number) : reader.bytes())
      else reader.skip(field.number, given)
      return given === wire
    },
    finish: (values) => {
      if (field.isRequired && values.length === 0) throw new Malformed()
      return finish(values as readonly Uint8Array[])
    },
  }
}

type Finish = (values: readonly Uint8Array[]) => ReadValue

function finisherOf(field: ProtoField, type: DataType, how: How): Finish {
  if (field.as === 'map') return entriesFinisher(field, type as MapType, how)
  const read = nestedReader(field, field.isRepeated ? (type as ArrayType).element : type, how)
  if (field.isRepeated) return (values) => values.map(read)
  return (values) => (values.length === 0 ? undefined : read(values.length === 1 ? values[0]! : Buffer.concat(values)))
}

function nestedReader({ fields, as }: ProtoField, type: DataType, how: How): (bytes: Uint8Array) => ReadValue {
  if (as === 'timestamp' || as === 'duration') {
    const members = timeMembers(fields!, how)
    const byNumber = numbered(members)
    return (bytes) => {
      const found = taken(byNumber, bytes, false)
      const [seconds, nanos] = members.map((one) => (found.get(one)?.at(-1) ?? 0n) as bigint)
      return BigInt.asIntN(64, seconds! * MICROS_PER_SECOND + nanos! / NANOS_PER_MICRO)
    }
  }
  if (as === 'wrapped') {
    const member = memberOf(fields![0]!, type, '', { ...how, tellsUsual: true })
    const byNumber = numbered([member])
    return (bytes) => member.finish(taken(byNumber, bytes, false).get(member) ?? [])
  }
  const read = membersReader(fields!, type as StructType, how)
  return (bytes) => read(bytes, false)
}

const timeMembers = (fields: readonly ProtoField[], how: How): readonly Member[] =>
  fields.map((field, i) => memberOf(field, { kind: i === 0 ? 'bigint' : 'int' }, '', how))

/** Keys and values that are missing are what they are without being there. Of entries of one key the last counts. */
function entriesFinisher({ fields }: ProtoField, type: MapType, how: How): Finish {
  const [key, value] = [memberOf(fields![0]!, type.key, '', how), memberOf(fields![1]!, type.value, '', how)]
  const byNumber = numbered([key, value])
  const single = (values: readonly ReadValue[]): ReadValue => {
    if (values.length > 0) return value.finish(values)
    return 'fields' in value.field ? value.finish([Buffer.alloc(0)]) : usualOf(value.field, type.value)
  }
  return (values) => {
    const entries = new Map<unknown, readonly [ReadValue, ReadValue]>()
    for (const bytes of values) {
      const found = taken(byNumber, bytes, false)
      const own = found.get(key)?.at(-1) ?? usualOf(key.field, type.key)
      entries.set(own instanceof Uint8Array ? Buffer.from(own).toString('latin1') : own, [
        own,
        single(found.get(value) ?? []),
      ])
    }
    return new Map(entries.values())
  }
}
