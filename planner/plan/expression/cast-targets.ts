import type { TypeKind } from '../../../columnar/types.js'

const NUMBERS = ['tinyint', 'smallint', 'int', 'bigint', 'float', 'double', 'decimal'] as const
const OF_NUMBERS = [...NUMBERS, 'boolean', 'string', 'timestamp'] as const

/**
 * What values are cast to, as `Cast.canAnsiCast` of Spark has it. A type that is not cast has an empty list: NULLs are literals, intervals are cast by
 * routines (`interval-casts.ts`), structs, arrays and maps part by part; variants are cast to and from other types by kernels (`variant-casts.ts`). Generated code has a table of the same pairs (`executor/compiler/expression/cast/casts.ts`),
 * which does not compile without one of them.
 */
export const CAST_TARGETS = {
  void: [],
  boolean: [...NUMBERS, 'string'],
  tinyint: OF_NUMBERS,
  smallint: OF_NUMBERS,
  int: OF_NUMBERS,
  bigint: OF_NUMBERS,
  float: OF_NUMBERS,
  double: OF_NUMBERS,
  decimal: OF_NUMBERS,
  string: [...NUMBERS, 'boolean', 'binary', 'date', 'time', 'timestamp', 'timestamp_ntz'],
  binary: ['string'],
  date: ['string', 'timestamp', 'timestamp_ntz'],
  time: ['string', 'time', 'tinyint', 'smallint', 'int', 'bigint', 'decimal'],
  timestamp: ['string', 'date', 'time', 'timestamp_ntz', ...NUMBERS],
  timestamp_ntz: ['string', 'date', 'time', 'timestamp'],
  interval_ym: [],
  interval_dt: [],
  interval: [],
  variant: [],
  struct: ['string'],
  array: ['string'],
  map: ['string'],
} as const satisfies Record<TypeKind, readonly TypeKind[]>

/** What values are cast to outside of ANSI mode only, as `Cast.canCast` of Spark has it. */
export const LENIENT_TARGETS = {
  void: [],
  boolean: ['timestamp'],
  tinyint: ['binary'],
  smallint: ['binary'],
  int: ['binary'],
  bigint: ['binary'],
  float: [],
  double: [],
  decimal: [],
  string: [],
  binary: [],
  date: [...NUMBERS, 'boolean'],
  time: [],
  timestamp: ['boolean'],
  timestamp_ntz: [],
  interval_ym: [],
  interval_dt: [],
  interval: [],
  variant: [],
  struct: [],
  array: [],
  map: [],
} as const satisfies Record<TypeKind, readonly TypeKind[]>

/** What values of a kind are cast to. */
export type CastTarget<K extends TypeKind> = (typeof CAST_TARGETS)[K][number] | (typeof LENIENT_TARGETS)[K][number]
