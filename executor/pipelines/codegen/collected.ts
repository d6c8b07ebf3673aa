import { BINARY } from '../../../columnar/types.js'
import type { Scope } from '../../compiler/expression/scope.js'
import { bytes, partsOf, type Value } from '../../compiler/expression/value.js'
import type { FunctionBuilder } from '../../compiler/wasm/function-builder.js'
import type { Local, Operand } from '../../compiler/wasm/types.js'
import { TABLE_STRING_STORE } from '../../kernels/interface/table.js'
import type { AccumulatorSite, Part } from './accumulator.js'
import type { Cells, CellType } from './cells.js'
import { addedText } from './part-key.js'
import type { TablePlace } from './table-place.js'

const [ADDRESS, LENGTH] = [0, 1]
/** Before the bytes of a text lies how many these are (u32). */
const LENGTH_BYTES = 4
const WIDTHS = { i32: 4, i64: 8, f32: 4, f64: 8 } as const
type Word = keyof typeof WIDTHS

/**
 * The values of all rows as bytes that grow, one row behind the other: of each the values of the arguments, numbers as they are in memory, texts
 * behind their lengths. The kernels of `executor/kernels/assembly/collected.ts` read them. The bytes lie in the store of the group's strings, so
 * that they count in the budget, leave the memory with the group and cross the exchange as one value.
 */
export class CollectedPart implements Part {
  readonly key: string
  readonly cells: readonly CellType[] = ['i32', 'i32']
  readonly refCells = [ADDRESS]
  readonly takesNull = false
  readonly #table: TablePlace

  constructor({ call, table }: AccumulatorSite) {
    this.key = `collect ${addedText(call)}`
    this.#table = table
  }

  add(scope: Scope, cells: Cells, values: readonly Value[]): void {
    const { f } = scope
    const fixed = values.flatMap((value) =>
      value.kind === 'bytes' ? [LENGTH_BYTES] : partsOf(value).map(({ type }) => WIDTHS[type as Word]),
    )
    f.i32(fixed.reduce((sum, width) => sum + width, 0))
    for (const value of values) if (value.kind === 'bytes') f.get(value.length).op('i32.add')
    const at = this.#grow(scope, cells, f.setNew('i32'))
    for (const value of values) {
      if (value.kind === 'bytes') appendBytes(f, at, value.address, value.length)
      else for (const part of partsOf(value)) appendWord(f, at, part)
    }
  }

  merge(scope: Scope, cells: Cells, [other]: readonly Value[]): void {
    if (other?.kind !== 'bytes') return
    const at = this.#grow(scope, cells, other.length)
    scope.f.get(at).get(other.address).get(other.length).memoryCopy()
  }

  /** Room for so many bytes more; where they go. */
  #grow({ f, context }: Scope, cells: Cells, size: Operand): Local {
    const length = cells.push(LENGTH).setNew('i32')
    this.#table.address(f, TABLE_STRING_STORE)
    cells.push(ADDRESS).get(length).get(size).call(context.kernel('storeGrown'))
    const address = f.setNew('i32')
    f.get(address)
    cells.set(ADDRESS)
    f.get(length).get(size).op('i32.add')
    cells.set(LENGTH)
    return f.get(address).get(length).op('i32.add').setNew('i32')
  }

  value(cells: Cells): Value {
    return bytes(BINARY, cells.push(ADDRESS).setNew('i32'), cells.push(LENGTH).setNew('i32'), undefined)
  }
}

function appendWord(f: FunctionBuilder, at: Local, part: Operand): void {
  const type = part.type as Word
  f.get(at).get(part).store(`${type}.store`)
  f.get(at).i32(WIDTHS[type]).op('i32.add').set(at)
}

function appendBytes(f: FunctionBuilder, at: Local, address: Operand, length: Operand): void {
  f.get(at).get(length).store('i32.store')
  f.get(at).i32(LENGTH_BYTES).op('i32.add').tee(at).get(address).get(length).memoryCopy()
  f.get(at).get(length).op('i32.add').set(at)
}
