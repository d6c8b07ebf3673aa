import type { CompilerContext } from '../../compiler/expression/context.js'
import { REF, REF_IF_LONG, REF_IN_CELLS } from '../../kernels/interface/rows.js'

/** How a string lies in a row: an address with its length behind it; the same where the byte before it says so; or in two cells. */
export type RefKind = 'ref' | 'ifLong' | 'cells'

export interface RowRef {
  readonly offset: number
  readonly kind: RefKind
}

const CODES = { ref: REF, ifLong: REF_IF_LONG, cells: REF_IN_CELLS } as const

/** The list of refs in a row for the kernels that move rows (see executor/kernels/assembly/rows/row-pages.ts); its offset in the data area. */
export function rowRefs(context: CompilerContext, refs: readonly RowRef[]): number {
  const words = new Uint32Array([refs.length, ...refs.flatMap(({ offset, kind }) => [offset, CODES[kind]])])
  return context.constants.add(new Uint8Array(words.buffer))
}
