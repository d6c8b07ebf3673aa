import type { CompilerContext } from '../../../compiler/expression/context.js'
import type { Scope } from '../../../compiler/expression/scope.js'
import type { FunctionBuilder } from '../../../compiler/wasm/function-builder.js'
import type { Local, Operand } from '../../../compiler/wasm/types.js'
import type { HeldLocal } from './held-cells.js'
import type { RowFinder } from './row-finder.js'
import type { WindowRows } from './window-rows.js'

/** The code for one partition, whose rows have the numbers from `first` up to `end`, but for those that were passed on already. */
export interface PartitionSite {
  readonly context: CompilerContext
  readonly f: FunctionBuilder
  readonly rows: WindowRows
  readonly finder: RowFinder
  readonly first: Local
  readonly end: Local
  /** How many rows of the partition were passed on before the first one. */
  readonly before: Local
  /** The number of the current row, its address, and the first and the last but one of those equal to it by the order. */
  readonly index: Local
  readonly row: Local
  readonly peers: { readonly first: Local; readonly end: Local; readonly number: Local }
  /** The rows whose values were added to the frame and not taken away: from `left` up to `entered`. */
  readonly left: Local
  readonly entered: Local
  /** An array with as many members as the partition has rows. */
  array(): number
}

/** What a function over a window does with the rows of a partition. */
export interface WindowCode {
  /** How many arrays it asks for. */
  readonly arrays: number
  /** Before the first row. */
  begin(site: PartitionSite): void
  /** A row comes to the end of the frame. */
  enter?(site: PartitionSite, index: Local, scope: Scope): void
  /** A row leaves at the beginning of the frame; those leave that came. */
  leave?(site: PartitionSite, index: Local, scope: Scope): void
  /** Stores the result for the current row, whose frame is from `lower` up to `upper`; it is empty where these cross. */
  result(site: PartitionSite, lower: Operand, upper: Operand): void
  /** The locals with all that it knows of rows before the current ones; undefined when it asks for such rows, or for some behind. */
  readonly carried?: () => readonly HeldLocal[]
}

/** Emits code for the numbers from one up to another, which are not changed by it. */
export function forEach(f: FunctionBuilder, from: Operand, to: Operand, emit: (index: Local) => void): void {
  const index = f.get(from).setNew('i32')
  f.block((done) => {
    f.loop((again) => {
      f.get(index).get(to).op('i32.ge_s').brIf(done)
      emit(index)
      f.get(index).i32(1).op('i32.add').set(index).br(again)
    })
  })
}

/** The address of the row with a number. */
export const rowAt = ({ finder }: PartitionSite, index: Operand): Local => finder.push(index).setNew('i32')

/** Pushes the address of the member of an array for a row, to be read or, where it says so, to be written. */
export function pushMember(
  { f, rows, finder }: PartitionSite,
  array: number,
  index: Operand,
  writes = false,
): FunctionBuilder {
  finder.push(index, writes)
  return rows.pushMemberOf(f, array)
}

/** Pushes a number that a constant away from the one given, but not outside of the partition. */
export function pushClamped({ f, first, end }: PartitionSite, index: Local, distance: number): void {
  const amount = Math.min(Math.abs(distance), 2 ** 31 - 1)
  if (distance >= 0) {
    f.get(end)
    f.get(index).i32(amount).op('i32.add')
    f.get(end).get(index).op('i32.sub').i32(amount).op('i32.le_s').select()
  } else {
    f.get(first)
    f.get(index).i32(amount).op('i32.sub')
    f.get(index).get(first).op('i32.sub').i32(amount).op('i32.le_s').select()
  }
}
