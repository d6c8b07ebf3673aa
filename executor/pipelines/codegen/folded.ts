import { shapeOf } from '../../../columnar/shape.js'
import { append } from '../../../common/append.js'
import type { Expression, Fold } from '../../../planner/plan/expression/expression.js'
import { foldStateText } from '../../../planner/plan/expression/same.js'
import { compileExpression } from '../../compiler/expression/compile.js'
import type { Scope } from '../../compiler/expression/scope.js'
import type { Value } from '../../compiler/expression/value.js'
import type { Accumulator, AccumulatorSite, Part } from './accumulator.js'
import { type Cells, type CellType, cellsOf, keepValue, valueIn } from './cells.js'
import { addedText } from './part-key.js'
import type { TablePlace } from './table-place.js'
import { valueSource } from './value-source.js'

/** Where a column of the state lies: of one that may be NULL the cell before is 1 where it is not, so that zeros are a state without rows. */
interface Place {
  readonly flag: number | undefined
  readonly first: number
}

/** The state of a fold in cells. */
class FoldedPart implements Part {
  readonly key: string
  readonly cells: readonly CellType[]
  readonly refCells: readonly number[]
  readonly takesNull: boolean
  readonly #fold: Fold
  readonly #table: TablePlace
  readonly #places: readonly Place[]

  constructor({ call, table }: AccumulatorSite, fold: Fold) {
    this.#fold = fold
    this.#table = table
    this.key = `fold ${foldStateText(fold)} of ${addedText(call)}`
    this.takesNull = fold.takesNull === true
    const cells: CellType[] = []
    this.#places = fold.state.map(({ type, nullable }) => {
      const flag = nullable ? cells.push('i32') - 1 : undefined
      const first = cells.length
      append(cells, cellsOf(type))
      return { flag, first }
    })
    this.cells = cells
    this.refCells = this.#places.flatMap(({ first }, i) => (shapeOf(fold.state[i]!.type) === 'bytes' ? [first] : []))
  }

  add(scope: Scope, cells: Cells, values: readonly Value[]): void {
    this.#change(scope, cells, this.#fold.added, values)
  }

  merge(scope: Scope, cells: Cells, state: readonly Value[]): void {
    this.#change(scope, cells, this.#fold.merged, state)
  }

  /** All columns are computed before the first one changes. */
  #change(scope: Scope, cells: Cells, becomes: readonly Expression[], others: readonly Value[]): void {
    const inner = scope.over(valueSource([...this.state(cells), ...others]))
    const values = becomes.map((e) => compileExpression(e, inner))
    for (const [i, value] of values.entries()) {
      const { flag, first } = this.#places[i]!
      if (flag !== undefined) {
        if (value.isNull) scope.f.get(value.isNull).op('i32.eqz')
        else scope.f.i32(1)
        cells.set(flag)
      }
      keepValue(scope, cells, first, value, this.#table)
    }
  }

  #column(cells: Cells, ordinal: number): Value {
    const { flag, first } = this.#places[ordinal]!
    const isNull = flag === undefined ? undefined : cells.push(flag).op('i32.eqz').setNew('i32')
    return valueIn(cells, first, this.#fold.state[ordinal]!.type, isNull)
  }

  state(cells: Cells): readonly Value[] {
    return this.#places.map((_, i) => this.#column(cells, i))
  }

  result(scope: Scope, cells: Cells): Value {
    return compileExpression(this.#fold.result, scope.over(valueSource(this.state(cells))))
  }
}

/** An aggregate whose plan says how it adds up. */
export function foldOf(site: AccumulatorSite, fold: Fold): Accumulator {
  const part = new FoldedPart(site, fold)
  return {
    parts: [part],
    state: (_, [cells]) => part.state(cells!),
    result: (scope, [cells]) => part.result(scope, cells!),
  }
}
