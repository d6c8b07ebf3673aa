import { type DataType, quotedTypeName } from '../../../columnar/types.js'
import { MillraceError } from '../../../common/errors/millrace-error.js'
import type { AggregateCall } from '../../../planner/plan/expression/expression.js'
import { averageSumType } from '../../../planner/plan/physical/aggregate-state.js'
import { compileDecimalDivision } from '../../compiler/expression/functions/decimal-division.js'
import type { Scope } from '../../compiler/expression/scope.js'
import { scalar, type Value } from '../../compiler/expression/value.js'
import type { FunctionBuilder } from '../../compiler/wasm/function-builder.js'
import type { Operand } from '../../compiler/wasm/types.js'
import type { Cells, CellType } from './cells.js'
import { KeptValue } from './kept-value.js'
import { DecimalSum, DoubleSum, LongSum } from './sums.js'

/**
 * How an aggregate adds up. Values given to `add` are never NULL, except to `first`. State columns are those of
 * `aggregateState`: `merge` takes them (NULLs included), `state` gives them.
 */
export interface Accumulator {
  readonly cells: readonly CellType[]
  /** Whether `add` wants NULLs too. */
  readonly takesNull: boolean
  add(scope: Scope, cells: Cells, values: readonly Value[]): void
  merge(scope: Scope, cells: Cells, state: readonly Value[]): void
  state(scope: Scope, cells: Cells): readonly Value[]
  result(scope: Scope, cells: Cells): Value
}

/** What an accumulator needs to know of where it stands. */
export interface AccumulatorSite {
  readonly call: AggregateCall
  /** Offset in the data area of the store for strings that are kept. */
  readonly strings: number
  /** Whether a group may exist in which no value was added. */
  readonly mayBeEmpty: boolean
}

const BIGINT: DataType = { kind: 'bigint' }

class Count implements Accumulator {
  readonly cells: readonly CellType[] = ['i64']
  readonly takesNull = false

  add(_: Scope, cells: Cells): void {
    cells.push(0).i64(1n).op('i64.add')
    cells.set(0)
  }

  merge(_: Scope, cells: Cells, [count]: readonly Value[]): void {
    addLong(cells, 0, count!)
  }

  state(scope: Scope, cells: Cells): readonly Value[] {
    return [this.result(scope, cells)]
  }

  result(_: Scope, cells: Cells): Value {
    return scalar(BIGINT, cells.push(0).setNew('i64'), undefined)
  }
}

function addLong(cells: Cells, index: number, value: Value): void {
  cells
    .push(index)
    .get((value as { readonly value: Operand }).value)
    .op('i64.add')
  cells.set(index)
}

/** An average: a sum and a count behind it. */
class Average implements Accumulator {
  readonly cells: readonly CellType[]
  readonly takesNull = false
  readonly #sum: DecimalSum | DoubleSum
  readonly #call: AggregateCall

  constructor({ call, ...site }: AccumulatorSite) {
    this.#call = call
    const type = averageSumType(call.args[0]!.type)
    const sumSite = { ...site, call: { ...call, type } }
    this.#sum = type.kind === 'decimal' ? new DecimalSum(sumSite, false) : new DoubleSum(sumSite, false)
    this.cells = [...this.#sum.cells, 'i64']
  }

  get #count(): number {
    return this.cells.length - 1
  }

  add(scope: Scope, cells: Cells, values: readonly Value[]): void {
    this.#sum.add(scope, cells, values)
    cells.push(this.#count).i64(1n).op('i64.add')
    cells.set(this.#count)
  }

  merge(scope: Scope, cells: Cells, [sum, count]: readonly Value[]): void {
    this.#sum.merge(scope, cells, [sum!])
    addLong(cells, this.#count, count!)
  }

  state(scope: Scope, cells: Cells): readonly Value[] {
    const { f } = scope
    const isNull = cells.push(this.#count).op('i64.eqz').setNew('i32')
    return [{ ...this.#sum.value(scope, cells), isNull }, scalar(BIGINT, this.#pushCount(f, cells), undefined)]
  }

  #pushCount(_: FunctionBuilder, cells: Cells): Operand {
    return cells.push(this.#count).setNew('i64')
  }

  result(scope: Scope, cells: Cells): Value {
    const { f } = scope
    const count = this.#pushCount(f, cells)
    const isNull = f.get(count).op('i64.eqz').setNew('i32')
    const sum = { ...this.#sum.value(scope, cells), isNull }
    const { type, name, origin } = this.#call
    if (type.kind !== 'decimal' || sum.type.kind !== 'decimal') {
      f.get((sum as { readonly value: Operand }).value)
        .get(count)
        .op('f64.convert_i64_s')
        .op('f64.div')
      return scalar(type, f.setNew('f64'), isNull)
    }
    const divisor = scalar({ kind: 'decimal', precision: 18, scale: 0 }, count, undefined)
    const call = {
      kind: 'call',
      fn: 'divide',
      args: [],
      type,
      nullable: true,
      name,
      ...(origin ? { origin } : {}),
    } as const
    return compileDecimalDivision(call, sum, divisor, scope)
  }
}

/** @throws UNSUPPORTED_FEATURE for `distinct` and for types that cannot be added up */
export function accumulatorFor(site: AccumulatorSite): Accumulator {
  const { call } = site
  if (call.distinct) {
    throw new MillraceError(
      'UNSUPPORTED_FEATURE',
      { feature: `${call.fn}(DISTINCT …) in a pipeline` },
      { origin: call.origin },
    )
  }
  switch (call.fn) {
    case 'count':
      return new Count()
    case 'sum':
      return sumFor(site)
    case 'avg':
      return new Average(site)
    case 'min':
    case 'max':
    case 'first':
      return new KeptValue(site, call.fn)
  }
}

function sumFor(site: AccumulatorSite): Accumulator {
  const { type, origin } = site.call
  if (type.kind === 'decimal') return new DecimalSum(site, true)
  if (type.kind === 'double') return new DoubleSum(site, true)
  if (type.kind === 'bigint') return new LongSum(site)
  throw new MillraceError('UNSUPPORTED_FEATURE', { feature: `sum as ${quotedTypeName(type)}` }, { origin })
}
