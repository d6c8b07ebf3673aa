import { type DataType, sameType } from '../../columnar/types.js'
import {
  PLAIN_COPY,
  PLAIN_FLOAT_TO_DOUBLE,
  PLAIN_INT32_TO_DOUBLE,
  PLAIN_INT32_TO_INT16,
  PLAIN_INT32_TO_INT64,
} from '../../executor/kernels/interface/parquet.js'
import type { LeafColumn } from './bounds.js'
import { type Conversion, conversionOf } from './conversion.js'

/**
 * How a column is read as a type: its own, or one that holds each of its values, as columns become wider while files are added. Undefined for another one.
 * The pairs are some of Spark 4's: dates are not read as times, nor integers as decimals, and decimals have the same scale.
 */
export function conversionTo({ conversion, node }: LeafColumn, type: DataType): Conversion | undefined {
  const { type: stored } = conversion
  if (isReadAs(stored, type)) return conversion
  if (stored.kind === 'decimal' && type.kind === 'decimal' && node.annotation.kind === 'decimal') {
    const isWider = stored.scale === type.scale && stored.precision < type.precision
    const wider = isWider && conversionOf({ ...node, annotation: { ...node.annotation, precision: type.precision } })
    return typeof wider === 'object' ? wider : undefined
  }
  // Half floats are stored in two.
  const wider = conversion.sourceBytes === 4 ? WIDER[stored.kind]?.[type.kind] : undefined
  return wider && { type, sourceBytes: conversion.sourceBytes, ...wider }
}

/** Files do not say how many digits of the second a column of times has, nor all of them how its texts are compared. */
const isReadAs = (stored: DataType, type: DataType): boolean =>
  (stored.kind === type.kind && (type.kind === 'time' || type.kind === 'string')) || sameType(stored, type)

type Wider = Pick<Conversion, 'kernel' | 'targetBytes'>

/** All of these are stored in four bytes. */
const SMALLINT = { kernel: PLAIN_INT32_TO_INT16, targetBytes: 2 } as const
const INT = { kernel: PLAIN_COPY, targetBytes: 4 } as const
const BIGINT = { kernel: PLAIN_INT32_TO_INT64, targetBytes: 8 } as const
const DOUBLE = { kernel: PLAIN_INT32_TO_DOUBLE, targetBytes: 8 } as const

const WIDER: Partial<Record<DataType['kind'], Partial<Record<DataType['kind'], Wider>>>> = {
  tinyint: { smallint: SMALLINT, int: INT, bigint: BIGINT, double: DOUBLE },
  smallint: { int: INT, bigint: BIGINT, double: DOUBLE },
  int: { bigint: BIGINT, double: DOUBLE },
  float: { double: { kernel: PLAIN_FLOAT_TO_DOUBLE, targetBytes: 8 } },
}

/** The type of two that holds the values of both; undefined where neither does. */
export function widerType(a: DataType, b: DataType): DataType | undefined {
  if (sameType(a, b)) return a
  if (a.kind === 'decimal' && b.kind === 'decimal' && a.scale === b.scale) return a.precision > b.precision ? a : b
  return WIDER[a.kind]?.[b.kind] ? b : WIDER[b.kind]?.[a.kind] && a
}
