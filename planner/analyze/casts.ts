import type { DataType, TypeKind } from '../../columnar/types.js'
import { isNumeric } from './coercion.js'

/** What a value of the other kinds can be cast to, as `Cast.canAnsiCast` of Spark has it; numbers among themselves always. */
const TARGETS: Partial<Record<TypeKind, readonly TypeKind[]>> = {
  boolean: ['tinyint', 'smallint', 'int', 'bigint', 'float', 'double', 'decimal', 'string'],
  date: ['string', 'timestamp', 'timestamp_ntz'],
  timestamp: ['string', 'date', 'timestamp_ntz', 'tinyint', 'smallint', 'int', 'bigint', 'float', 'double', 'decimal'],
  timestamp_ntz: ['string', 'date', 'timestamp'],
  binary: ['string'],
  string: [
    'boolean',
    'tinyint',
    'smallint',
    'int',
    'bigint',
    'float',
    'double',
    'decimal',
    'date',
    'timestamp',
    'timestamp_ntz',
    'binary',
  ],
}
const FROM_NUMBERS: readonly TypeKind[] = ['string', 'boolean', 'timestamp']

export function canCast(from: DataType, to: DataType): boolean {
  if (from.kind === 'void' || from.kind === to.kind) return from.kind !== 'struct' || sameShape(from, to)
  if (isNumeric(from)) return isNumeric(to) || FROM_NUMBERS.includes(to.kind)
  return TARGETS[from.kind]?.includes(to.kind) ?? false
}

function sameShape(from: DataType, to: DataType): boolean {
  if (from.kind !== 'struct' || to.kind !== 'struct') return false
  return (
    from.fields.length === to.fields.length && from.fields.every((field, i) => canCast(field.type, to.fields[i]!.type))
  )
}
