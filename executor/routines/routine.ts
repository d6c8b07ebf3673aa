import type { DataType } from '../../columnar/types.js'

/**
 * A value as routines take and give it: text as `string`, binary as bytes (gone after the call), int and smaller, date and interval_ym as
 * number, an array or a map as its packed bytes (columnar/packed-reader.ts), bigint, timestamps and interval_dt as bigint, a decimal as its unscaled bigint.
 */
export type HostValue = null | boolean | number | bigint | string | Uint8Array

/**
 * A function that JavaScript runs for a row. It must not keep what it is given; what it computes from operands that seldom change (a compiled
 * pattern) it may keep, a bounded number of them. It raises MillraceErrors without a place: the place of the call is added.
 */
export type HostRoutine = (operands: readonly HostValue[], types: HostTypes, kernels: HostKernels) => HostValue

/** What kernels tell routines. */
export interface HostKernels {
  /** Whether a text tells a time whose format is at that place of `formats` (interface/time-formats.ts). */
  tellsTime(text: string, place: number, formats: Uint8Array): boolean
}

/** The types of a call. */
export interface HostTypes {
  readonly arguments: readonly DataType[]
  readonly result: DataType
}
