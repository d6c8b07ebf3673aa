import { DOUBLE } from '../../../columnar/types.js'
import type { AggregateCall } from '../../../planner/plan/expression/expression.js'
import type { MomentFunction } from '../../../planner/plan/expression/functions.js'
import type { Scope } from '../../compiler/expression/scope.js'
import { scalar, type Value } from '../../compiler/expression/value.js'
import type { FunctionBuilder } from '../../compiler/wasm/function-builder.js'
import type { Local, Operand } from '../../compiler/wasm/types.js'
import type { Accumulator, Part } from './accumulator.js'
import type { Cells, CellType } from './cells.js'
import { addedText } from './part-key.js'

const operandOf = (value: Value): Operand => (value as { readonly value: Operand }).value

/** Sums of squares (or products) of distances from means; `left` and `right` are the positions of the means. */
interface Square {
  readonly cell: number
  readonly left: number
  readonly right: number
}

const COUNT = 0

/**
 * How many rows there are, the mean of each argument, and sums of products of the distances from these, kept right as values come and
 * as parts are merged (Welford; Chan, Golub and LeVeque), so that nothing large is taken from something as large.
 */
class MomentsPart implements Part {
  readonly key: string
  readonly cells: readonly CellType[]
  readonly takesNull = false
  readonly #means: readonly number[]
  readonly #squares: readonly Square[]

  constructor(call: AggregateCall) {
    const two = call.args.length > 1
    this.#means = two ? [1, 2] : [1]
    this.#squares = two
      ? [
          { cell: 3, left: 0, right: 1 },
          { cell: 4, left: 0, right: 0 },
          { cell: 5, left: 1, right: 1 },
        ]
      : [{ cell: 2, left: 0, right: 0 }]
    this.cells = Array.from({ length: 1 + this.#means.length + this.#squares.length }, () => 'f64')
    this.key = `moments ${addedText(call)}`
  }

  add({ f }: Scope, cells: Cells, values: readonly Value[]): void {
    const count = cells.push(COUNT).f64(1).op('f64.add').setNew('f64')
    f.get(count)
    cells.set(COUNT)
    const distances = this.#means.map((mean, i) => {
      f.get(operandOf(values[i]!))
      return cells.push(mean).op('f64.sub').setNew('f64')
    })
    this.#means.forEach((mean, i) => {
      cells.push(mean).get(distances[i]!).get(count).op('f64.div').op('f64.add')
      cells.set(mean)
    })
    for (const { cell, left, right } of this.#squares) {
      cells.push(cell).get(distances[left]!)
      // Spark's two formulas, for results that are the same to the last digit.
      if (this.#means.length === 1)
        f.get(distances[right]!).get(distances[right]!).get(count).op('f64.div').op('f64.sub')
      else {
        f.get(operandOf(values[right]!))
        cells.push(this.#means[right]!).op('f64.sub')
      }
      f.op('f64.mul').op('f64.add')
      cells.set(cell)
    }
  }

  merge({ f }: Scope, cells: Cells, state: readonly Value[]): void {
    const other = state.map(operandOf)
    const before = cells.push(COUNT).setNew('f64')
    const count = f.get(before).get(other[COUNT]!).op('f64.add').setNew('f64')
    f.get(count)
    cells.set(COUNT)
    const distances = this.#means.map((mean) => {
      f.get(other[mean]!)
      return cells.push(mean).op('f64.sub').setNew('f64')
    })
    const shares = distances.map((distance) => {
      f.get(distance).get(count).op('f64.div').f64(0).get(count).f64(0).op('f64.ne').select()
      return f.setNew('f64')
    })
    this.#means.forEach((mean, i) => {
      cells.push(mean).get(shares[i]!).get(other[COUNT]!).op('f64.mul').op('f64.add')
      cells.set(mean)
    })
    for (const { cell, left, right } of this.#squares) {
      cells.push(cell).get(other[cell]!).op('f64.add')
      f.get(distances[left]!)
        .get(shares[right]!)
        .op('f64.mul')
        .get(before)
        .op('f64.mul')
        .get(other[COUNT]!)
        .op('f64.mul')
      f.op('f64.add')
      cells.set(cell)
    }
  }

  state({ f }: Scope, cells: Cells): readonly Value[] {
    return this.cells.map((_, i) => {
      cells.push(i)
      return scalar(DOUBLE, f.setNew('f64'), undefined)
    })
  }
}

/** Variances, deviations, covariances and correlations. */
export function momentsOf(call: AggregateCall, fn: MomentFunction): Accumulator {
  const part = new MomentsPart(call)
  return {
    parts: [part],
    state: (scope, [cells]) => part.state(scope, cells!),
    result: ({ f }, [cells]) => {
      const { value, isNull } = fn === 'corr' ? correlation(f, cells!) : variance(f, cells!, fn)
      return scalar(DOUBLE, value, isNull)
    },
  }
}

interface Result {
  readonly value: Local
  readonly isNull: Local
}

/** What is told of a sample has one degree of freedom less, and nothing to tell of a single row. */
function variance(f: FunctionBuilder, cells: Cells, fn: Exclude<MomentFunction, 'corr'>): Result {
  const isSample = fn === 'var_samp' || fn === 'stddev_samp' || fn === 'covar_samp'
  const divisor = cells
    .push(COUNT)
    .f64(isSample ? 1 : 0)
    .op('f64.sub')
    .setNew('f64')
  const isNull = f.get(divisor).f64(0).op('f64.le').setNew('i32')
  const isOfTwo = fn === 'covar_pop' || fn === 'covar_samp'
  cells
    .push(isOfTwo ? 3 : 2)
    .get(divisor)
    .op('f64.div')
  if (fn === 'stddev_pop' || fn === 'stddev_samp') f.op('f64.sqrt')
  return { value: f.setNew('f64'), isNull }
}

/** NULL where one of both never changes. */
function correlation(f: FunctionBuilder, cells: Cells): Result {
  cells.push(4)
  cells.push(5).op('f64.mul').op('f64.sqrt')
  const divisor = f.setNew('f64')
  const isNull = f.get(divisor).f64(0).op('f64.eq').setNew('i32')
  return { value: cells.push(3).get(divisor).op('f64.div').setNew('f64'), isNull }
}
