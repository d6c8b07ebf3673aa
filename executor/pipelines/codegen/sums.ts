import { type DecimalType, quotedTypeName } from '../../../columnar/types.js'
import { limbsOf } from '../../compiler/expression/functions/decimal-operands.js'
import { whenNotNull } from '../../compiler/expression/nulls.js'
import type { Scope } from '../../compiler/expression/scope.js'
import { scalar, type Value } from '../../compiler/expression/value.js'
import type { FunctionBuilder } from '../../compiler/wasm/function-builder.js'
import type { Operand } from '../../compiler/wasm/types.js'
import type { Accumulator, AccumulatorSite } from './accumulator.js'
import type { Cells, CellType } from './cells.js'
import { pipelineKernel } from './kernels.js'

const operandOf = (value: Value): Operand => (value as { readonly value: Operand }).value

/** Whether anything was added, in a cell behind the sum; left out where every group has a value. */
class Seen {
  readonly cells: readonly CellType[]
  readonly #index: number

  constructor(isKept: boolean, index: number) {
    this.cells = isKept ? ['i32'] : []
    this.#index = index
  }

  note(f: FunctionBuilder, cells: Cells): void {
    if (this.cells.length === 0) return
    f.i32(1)
    cells.set(this.#index)
  }

  isNull(cells: Cells): Operand | undefined {
    return this.cells.length === 0 ? undefined : cells.push(this.#index).op('i32.eqz').setNew('i32')
  }
}

/** sum of integers as bigint; what exceeds it raises. */
export class LongSum implements Accumulator {
  readonly cells: readonly CellType[]
  readonly takesNull = false
  readonly #site: AccumulatorSite
  readonly #seen: Seen

  constructor(site: AccumulatorSite) {
    this.#site = site
    this.#seen = new Seen(site.mayBeEmpty, 1)
    this.cells = ['i64', ...this.#seen.cells]
  }

  add(scope: Scope, cells: Cells, [value]: readonly Value[]): void {
    const { f } = scope
    const operand = operandOf(value!)
    f.get(operand)
    if (operand.type === 'i32') f.op('i64.extend_i32_s')
    const added = f.setNew('i64')
    const before = cells.push(0).setNew('i64')
    const sum = f.get(before).get(added).op('i64.add').setNew('i64')
    f.get(before).get(sum).op('i64.xor').get(added).get(sum).op('i64.xor').op('i64.and').i64(0n).op('i64.lt_s')
    f.if(() =>
      scope.raise('ARITHMETIC_OVERFLOW', { message: 'long overflow', operation: 'sum' }, this.#site.call.origin),
    )
    f.get(sum)
    cells.set(0)
    this.#seen.note(f, cells)
  }

  merge(scope: Scope, cells: Cells, state: readonly Value[]): void {
    whenNotNull(scope.f, state[0]!.isNull, () => this.add(scope, cells, state))
  }

  state(scope: Scope, cells: Cells): readonly Value[] {
    return [this.result(scope, cells)]
  }

  result(_: Scope, cells: Cells): Value {
    return scalar(this.#site.call.type, cells.push(0).setNew('i64'), this.#seen.isNull(cells))
  }
}

/** sum of floating-point numbers as double. */
export class DoubleSum implements Accumulator {
  readonly cells: readonly CellType[]
  readonly takesNull = false
  readonly #site: AccumulatorSite
  readonly #seen: Seen

  /** @param keepsSeen false when a count beside it says whether there was a value */
  constructor(site: AccumulatorSite, keepsSeen: boolean) {
    this.#site = site
    this.#seen = new Seen(keepsSeen && site.mayBeEmpty, 1)
    this.cells = ['f64', ...this.#seen.cells]
  }

  add(scope: Scope, cells: Cells, [value]: readonly Value[]): void {
    const { f } = scope
    const operand = operandOf(value!)
    cells.push(0).get(operand)
    if (operand.type === 'f32') f.op('f64.promote_f32')
    else if (operand.type === 'i32') f.op('f64.convert_i32_s')
    else if (operand.type === 'i64') f.op('f64.convert_i64_s')
    f.op('f64.add')
    cells.set(0)
    this.#seen.note(f, cells)
  }

  merge(scope: Scope, cells: Cells, state: readonly Value[]): void {
    whenNotNull(scope.f, state[0]!.isNull, () => this.add(scope, cells, state))
  }

  state(scope: Scope, cells: Cells): readonly Value[] {
    return [this.result(scope, cells)]
  }

  value(_: Scope, cells: Cells): Value {
    return scalar(this.#site.call.type, cells.push(0).setNew('f64'), undefined)
  }

  result(scope: Scope, cells: Cells): Value {
    return { ...this.value(scope, cells), isNull: this.#seen.isNull(cells) }
  }
}

/** Sums of more digits than this can pass 128 bits within so many rows as a query may have (2^40); others are checked at the end only. */
const DIGITS_WITHOUT_CHECK = 26

/** sum of decimals, exact in 128 bits. */
export class DecimalSum implements Accumulator {
  readonly cells: readonly CellType[]
  readonly takesNull = false
  readonly #site: AccumulatorSite
  readonly #seen: Seen

  constructor(site: AccumulatorSite, keepsSeen: boolean) {
    this.#site = site
    this.#seen = new Seen(keepsSeen && site.mayBeEmpty, 2)
    this.cells = ['i64', 'i64', ...this.#seen.cells]
  }

  get #type(): DecimalType {
    return this.#site.call.type as DecimalType
  }

  add(scope: Scope, cells: Cells, [value]: readonly Value[]): void {
    const { f } = scope
    const { low, high, narrow, digits } = limbsOf(f, value!)
    const sumLow = cells.push(0).get(low).op('i64.add').setNew('i64')
    const before = cells.push(1).setNew('i64')
    f.get(before).get(high).op('i64.add').get(sumLow).get(low).op('i64.lt_u').op('i64.extend_i32_u').op('i64.add')
    const sumHigh = f.setNew('i64')
    if (digits > DIGITS_WITHOUT_CHECK && !(narrow?.kind === 'constant' && narrow.value === 1)) {
      f.get(before).get(sumHigh).op('i64.xor').get(high).get(sumHigh).op('i64.xor').op('i64.and').i64(0n).op('i64.lt_s')
      f.if(() => this.#raise(scope))
    }
    f.get(sumLow)
    cells.set(0)
    f.get(sumHigh)
    cells.set(1)
    this.#seen.note(f, cells)
  }

  #raise(scope: Scope): void {
    scope.raise('NUMERIC_VALUE_OUT_OF_RANGE', { type: quotedTypeName(this.#type) }, this.#site.call.origin)
  }

  merge(scope: Scope, cells: Cells, state: readonly Value[]): void {
    whenNotNull(scope.f, state[0]!.isNull, () => this.add(scope, cells, state))
  }

  state(scope: Scope, cells: Cells): readonly Value[] {
    return [this.result(scope, cells)]
  }

  /** The sum without its null flag, checked against the digits of its type. */
  value(scope: Scope, cells: Cells): Value {
    const { f } = scope
    const type = this.#type
    const low = cells.push(0).setNew('i64')
    const high = cells.push(1).setNew('i64')
    f.get(low).get(high).i32(type.precision)
    f.call(pipelineKernel(scope.context, 'decimalExceeds')).if(() => this.#raise(scope))
    return type.precision <= 18
      ? scalar(type, low, undefined)
      : { kind: 'wide', type, low, high, narrow: undefined, isNull: undefined }
  }

  result(scope: Scope, cells: Cells): Value {
    return { ...this.value(scope, cells), isNull: this.#seen.isNull(cells) }
  }
}
