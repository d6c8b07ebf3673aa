import { shapeOf } from '../../../columnar/shape.js'
import { pushComparison } from '../../compiler/expression/functions/comparison.js'
import { whenNotNull } from '../../compiler/expression/nulls.js'
import type { Scope } from '../../compiler/expression/scope.js'
import { scalar, type Value } from '../../compiler/expression/value.js'
import type { FunctionBuilder } from '../../compiler/wasm/function-builder.js'
import type { Operand } from '../../compiler/wasm/types.js'
import type { AccumulatorSite, Part, VectorPart } from './accumulator.js'
import { type Cells, type CellType, cellsOf, keepValue, valueIn } from './cells.js'
import { seenInVectors } from './counts.js'
import { addedText } from './part-key.js'

const EMPTY = 0
const KEPT = 1
const KEPT_NULL = 2

const LEAST = -(2 ** 31)
const GREATEST = 2 ** 31 - 1
/** The halves of a vector changed, and the members of each half. */
const HALVES = [8, 9, 10, 11, 12, 13, 14, 15, 0, 1, 2, 3, 4, 5, 6, 7]
const PAIRS = [4, 5, 6, 7, 0, 1, 2, 3, 12, 13, 14, 15, 8, 9, 10, 11]

type Kept = 'min' | 'max' | 'first' | 'last'

/** min, max, first and last: one of the values met, and a cell that says whether there was one. */
export class KeptPart implements Part {
  readonly key: string
  readonly cells: readonly CellType[]
  readonly refCells: readonly number[]
  readonly takesNull: boolean
  readonly #site: AccumulatorSite
  readonly #kind: Kept

  constructor(site: AccumulatorSite, kind: Kept) {
    this.#site = site
    this.#kind = kind
    this.key = `${kind} ${addedText(site.call)}`
    this.takesNull = kind === 'first' || kind === 'last'
    this.cells = ['i32', ...cellsOf(site.call.type)]
    this.refCells = shapeOf(site.call.type) === 'bytes' ? [1] : []
  }

  add(scope: Scope, cells: Cells, [value]: readonly Value[]): void {
    const { f } = scope
    if (this.#kind === 'last') return this.#keep(scope, cells, value!)
    if (this.#kind === 'first') {
      cells.push(0).op('i32.eqz')
      f.if(() => this.#keep(scope, cells, value!))
      return
    }
    cells.push(0)
    f.if(
      () => pushComparison(scope, this.#kind === 'min' ? 'lt' : 'gt', value!, this.#current(cells, undefined)),
      () => f.i32(1),
      'i32',
    )
    f.if(() => this.#keep(scope, cells, value!))
  }

  #keep(scope: Scope, cells: Cells, value: Value): void {
    const { f } = scope
    if (value.isNull) f.i32(KEPT_NULL).i32(KEPT).get(value.isNull).select()
    else f.i32(KEPT)
    cells.set(0)
    keepValue(scope, cells, 1, value, this.#site.table)
  }

  #current(cells: Cells, isNull: Operand | undefined): Value {
    return valueIn(cells, 1, this.#site.call.type, isNull)
  }

  /** Of `first` and `last`, a NULL may be what a task found or what one without rows handed on: with keys it is the former. */
  merge(scope: Scope, cells: Cells, [value]: readonly Value[]): void {
    if (this.takesNull && !this.#site.mayBeEmpty) {
      this.add(scope, cells, [value!])
      return
    }
    whenNotNull(scope.f, value!.isNull, () => this.add(scope, cells, [{ ...value!, isNull: undefined }]))
  }

  /** The least and the greatest of each lane are kept, of which any one goes on. */
  inVectors(f: FunctionBuilder): VectorPart | undefined {
    const { type } = this.#site.call
    if (this.takesNull || shapeOf(type) !== 'i32') return undefined
    const [op, beyond] = this.#kind === 'min' ? (['i32x4.min_s', GREATEST] as const) : (['i32x4.max_s', LEAST] as const)
    const none = f.atEntry('v128', () => f.i32(beyond).op('i32x4.splat'))
    const kept = f.atEntry('v128', () => f.i32(beyond).op('i32x4.splat'))
    const seen = seenInVectors(f)
    return {
      add: (lanes) => {
        seen.add(lanes)
        f.get(lanes!.values)
        if (lanes!.valid) f.get(none).get(lanes!.valid).op('v128.bitselect')
        f.get(kept).op(op).set(kept)
      },
      end: (scope, cells) =>
        seen.whenSeen(() => {
          for (const halves of [HALVES, PAIRS]) f.get(kept).get(kept).shuffle(halves).get(kept).op(op).set(kept)
          f.get(kept).lane('i32x4.extract_lane', 0)
          this.add(scope.fork(), cells, [scalar(type, f.setNew('i32'), undefined)])
        }),
    }
  }

  value(scope: Scope, cells: Cells): Value {
    const { f } = scope
    cells.push(0)
    if (this.takesNull) f.i32(KEPT).op('i32.ne')
    else f.i32(EMPTY).op('i32.eq')
    return this.#current(cells, f.setNew('i32'))
  }
}
