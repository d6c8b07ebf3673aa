import type { LeafAddress } from '../../../compiler/batch-access.js'
import type { FunctionBuilder } from '../../../compiler/wasm/function-builder.js'
import type { Label, Local, Operand } from '../../../compiler/wasm/types.js'

/** How many rows lanes are of. */
export const LANES = 4

/** The values of four rows, in 32 bits each. Under a NULL they are arbitrary. */
export interface Lanes {
  readonly values: Local
  /** A mask of those that are not NULL; absent where none is. */
  readonly valid: Local | undefined
  /** Whether values have less than 20 bits beside the sign, so that those of a batch have room in 32 when they are added up. */
  readonly isSmall?: true
}

/** Where lanes are emitted: for four rows from one on. */
export interface LaneSite {
  readonly f: FunctionBuilder
  readonly row: Operand
  /** Where to go when one of the rows is for code that takes one at a time: because it raises, or for what is rare and takes long. */
  readonly hard: Label
}

/** Emits the values of an expression. */
export type EmitLanes = (site: LaneSite) => Lanes

/** The same number in each lane, for the whole function. */
export const splat = (f: FunctionBuilder, value: number | Operand): Local =>
  f.atEntry('v128', () => {
    if (typeof value === 'number') f.i32(value)
    else f.get(value)
    f.op('i32x4.splat')
  })

/** The same floating-point number in each lane likewise. */
export const splatFloat = (f: FunctionBuilder, value: number): Local =>
  f.atEntry('v128', () => f.f32(value).op('f32x4.splat'))

/** The mask of the lanes that are valid in all. */
export function allValid(f: FunctionBuilder, operands: readonly Lanes[]): Local | undefined {
  const [first, ...rest] = [...new Set(operands.flatMap(({ valid }) => (valid ? [valid] : [])))]
  if (!first || rest.length === 0) return first
  f.get(first)
  for (const mask of rest) f.get(mask).op('v128.and')
  return f.setNew('v128')
}

/** A mask of the rows of which a column is not NULL, as bytes say. */
export function validLanes({ f, row }: LaneSite, { validity }: LeafAddress): Local | undefined {
  if (!validity) return undefined
  f.get(validity).get(row).op('i32.add').load('v128.load32_zero')
  return f.op('i16x8.extend_low_i8x16_u').op('i32x4.extend_low_i16x8_u').op('i32x4.neg').setNew('v128')
}

/** Pops a mask, or vectors whose signs are one: leaves the lanes to other code when it has one that is valid. */
export function hardWhere({ f, hard }: LaneSite, valid: Local | undefined): void {
  if (valid) f.get(valid).op('v128.and')
  f.op('i32x4.bitmask').brIf(hard)
}
