import { MillraceError } from '../../common/errors/millrace-error.js'
import { quotedPath } from '../../common/errors/quoting.js'
import type { StoredNested } from '../stored-values.js'
import type { DataType } from '../types.js'
import { enumValues } from './enum-values.js'
import type { ProtoField } from './shape.js'
import { EIGHT_BYTES, FOUR_BYTES, VARINT, WITH_LENGTH, type WireWriter } from './wire.js'

/** How values of a field that is no message are written. */
export interface WritePlain {
  readonly wire: number
  write(value: StoredNested, to: WireWriter): void
  /** What the field is where it is not there. */
  readonly usual: StoredNested
  isUsual(value: StoredNested): boolean
}

const SHORT = ['tinyint', 'smallint', 'int']
/** Types of columns that the kinds of fields take. */
const TAKEN: Readonly<Record<string, readonly DataType['kind'][]>> = {
  bool: ['boolean'],
  double: ['double'],
  float: ['float'],
  string: ['string'],
  bytes: ['binary'],
  uint32: [...SHORT, 'date', 'interval_ym', 'bigint'],
  uint64: ['bigint', 'interval_dt', 'decimal'],
  ...Object.fromEntries(
    ['int32', 'sint32', 'fixed32', 'sfixed32'].map((kind) => [kind, [...SHORT, 'date', 'interval_ym']]),
  ),
  ...Object.fromEntries(['int64', 'sint64', 'fixed64', 'sfixed64'].map((kind) => [kind, ['bigint', 'interval_dt']])),
} as Readonly<Record<string, readonly DataType['kind'][]>>

/** Values of enumerations are names or numbers. */
const TAKEN_AS_NAMES: readonly DataType['kind'][] = ['string', 'int']

const EMPTY = new Uint8Array(0)

/** undefined where values of the type are no values of the field. */
export function plainWriter(field: ProtoField, type: DataType, path: readonly string[]): WritePlain | undefined {
  const taken = field.kind === 'enum' ? TAKEN_AS_NAMES : TAKEN[field.kind]
  if (!taken?.includes(type.kind)) return undefined
  if (type.kind === 'decimal' && type.scale !== 0) return undefined
  switch (field.kind) {
    case 'double':
      return { wire: EIGHT_BYTES, write: (value, to) => to.double(value as number), ...ZERO }
    case 'float':
      return { wire: FOUR_BYTES, write: (value, to) => to.float(value as number), ...ZERO }
    case 'string':
    case 'bytes':
      return {
        wire: WITH_LENGTH,
        write: (value, to) => to.bytes(value as Uint8Array),
        usual: EMPTY,
        isUsual: (value) => (value as Uint8Array).length === 0,
      }
    case 'bool':
      return {
        wire: VARINT,
        write: (value, to) => to.varint(value === true ? 1n : 0n),
        usual: false,
        isUsual: (value) => value === false,
      }
    case 'enum':
      return enumWriter(field, type, path)
    default:
      return {
        ...(type.kind === 'decimal' ? decimalWriter(field, path) : integerWriter(field.kind)),
        usual: 0,
        isUsual: (value) => Number(value) === 0,
      }
  }
}

/** Zeros with a sign are written. */
const ZERO = { usual: 0, isUsual: (value: StoredNested) => Object.is(value, 0) }

function integerWriter(kind: ProtoField['kind']): Pick<WritePlain, 'wire' | 'write'> {
  const integer = (value: StoredNested): bigint => BigInt(value as number | bigint)
  switch (kind) {
    case 'fixed32':
    case 'sfixed32':
      return { wire: FOUR_BYTES, write: (value, to) => to.fixed32(integer(value)) }
    case 'fixed64':
    case 'sfixed64':
      return { wire: EIGHT_BYTES, write: (value, to) => to.fixed64(integer(value)) }
    case 'sint32':
    case 'sint64':
      return { wire: VARINT, write: (value, to) => to.varint((integer(value) << 1n) ^ (integer(value) >> 63n)) }
    case 'uint32':
      return { wire: VARINT, write: (value, to) => to.varint(BigInt.asUintN(32, integer(value))) }
    default:
      return { wire: VARINT, write: (value, to) => to.varint(integer(value)) }
  }
}

/** Decimals are those that `upcast.unsigned.ints` gives: numbers of 64 bits without a sign. */
function decimalWriter(field: ProtoField, path: readonly string[]): Pick<WritePlain, 'wire' | 'write'> {
  return {
    wire: VARINT,
    write: (value, to) => {
      const number = BigInt(value as number | bigint)
      if (number !== BigInt.asUintN(64, number)) throw valueRefused(String(number), field, path)
      to.varint(number)
    },
  }
}

function enumWriter(field: ProtoField, type: DataType, path: readonly string[]): WritePlain {
  const { values } = field.enum!
  const { names, numbers } = enumValues(field.enum!)
  const numberOf = (value: StoredNested): number => {
    const given = type.kind === 'string' ? Buffer.from(value as Uint8Array).toString() : Number(value)
    const number = typeof given === 'string' ? numbers.get(given) : names.has(given) ? given : undefined
    if (number === undefined) throw notAmong(given, field, type, path)
    return number
  }
  const [name, number] = values[0] ?? ['', 0]
  return {
    wire: VARINT,
    write: (value, to) => to.varint(BigInt(numberOf(value))),
    usual: type.kind === 'string' ? Buffer.from(name) : number,
    isUsual: (value) => numberOf(value) === number,
  }
}

/** A value that a field cannot have. */
export function valueRefused(data: string, { kind, isRepeated }: ProtoField, path: readonly string[]): MillraceError {
  return new MillraceError('CANNOT_CONVERT_SQL_VALUE_TO_PROTOBUF_FIELD', {
    data,
    sqlColumn: quotedPath(path),
    protobufColumn: `field '${path.join('.')}'`,
    protobufType: isRepeated ? `repeated ${kind}` : kind,
  })
}

function notAmong(
  given: string | number,
  { enum: of }: ProtoField,
  type: DataType,
  path: readonly string[],
): MillraceError {
  const [data, names] =
    type.kind === 'string'
      ? [`"${given}"`, of!.values.map(([name]) => `"${name}"`)]
      : [String(given), of!.values.map(([, number]) => String(number))]
  return new MillraceError('CANNOT_CONVERT_SQL_VALUE_TO_PROTOBUF_ENUM_TYPE', {
    sqlColumn: quotedPath(path),
    protobufColumn: `field '${path.join('.')}'`,
    data: data as string,
    enumString: (names as readonly string[]).join(', '),
  })
}
