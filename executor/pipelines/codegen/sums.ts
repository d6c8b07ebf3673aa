import type { DecimalType } from '../../../columnar/types.js'
import type { AggregateCall } from '../../../planner/plan/expression/expression.js'
import {
  isSurelyNarrow,
  limbsOf,
  raiseTotalOutOfRange,
  signOf,
} from '../../compiler/expression/functions/decimal-operands.js'
import { overflowParameters } from '../../compiler/expression/functions/integer-arithmetic.js'
import { whenNotNull } from '../../compiler/expression/nulls.js'
import type { Scope } from '../../compiler/expression/scope.js'
import { scalar, type Value } from '../../compiler/expression/value.js'
import type { FunctionBuilder } from '../../compiler/wasm/function-builder.js'
import type { Label, Local, Operand } from '../../compiler/wasm/types.js'
import type { Part, VectorPart } from './accumulator.js'
import type { Cells, CellType } from './cells.js'
import { addedText } from './part-key.js'

const operandOf = (value: Value): Operand => (value as { readonly value: Operand }).value

/** sum of integers as bigint; what exceeds it raises. */
export class LongSumPart implements Part {
  readonly key: string
  readonly cells: readonly CellType[] = ['i64']
  readonly takesNull = false
  readonly #call: AggregateCall

  constructor(call: AggregateCall) {
    this.#call = call
    this.key = `long sum ${addedText(call)}`
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
    f.if(() => scope.raise('ARITHMETIC_OVERFLOW', overflowParameters('overflow', 'try_add'), this.#call.origin))
    f.get(sum)
    cells.set(0)
  }

  merge(scope: Scope, cells: Cells, state: readonly Value[]): void {
    whenNotNull(scope.f, state[0]!.isNull, () => this.add(scope, cells, state))
  }

  /** In 64 bits the values of 32 of a batch have room, and small ones in 32. */
  inVectors(f: FunctionBuilder): VectorPart {
    const sums = f.atEntry('v128', () => f.i64(0n).op('i64x2.splat'))
    const ofSmall = f.atEntry('v128', () => f.i64(0n).op('i64x2.splat'))
    const addWide = (added: Local): void => {
      f.get(sums).get(added).op('i64x2.extend_low_i32x4_s').op('i64x2.add')
      f.get(added).op('i64x2.extend_high_i32x4_s').op('i64x2.add').set(sums)
    }
    return {
      add: (lanes) => {
        const { values, valid, isSmall } = lanes!
        f.get(values)
        if (valid) f.get(valid).op('v128.and')
        if (isSmall) {
          f.get(ofSmall).op('i32x4.add').set(ofSmall)
          return
        }
        const added = f.setNew('v128')
        addWide(added)
        f.release(added)
      },
      end: (scope, cells) => {
        addWide(ofSmall)
        f.get(sums).lane('i64x2.extract_lane', 0).get(sums).lane('i64x2.extract_lane', 1).op('i64.add')
        this.add(scope, cells, [scalar(this.#call.type, f.setNew('i64'), undefined)])
      },
    }
  }

  value(_: Scope, cells: Cells): Value {
    return scalar(this.#call.type, cells.push(0).setNew('i64'), undefined)
  }
}

/** sum of floating-point numbers as double. */
export class DoubleSumPart implements Part {
  readonly key: string
  readonly cells: readonly CellType[] = ['f64']
  readonly takesNull = false
  readonly #call: AggregateCall

  constructor(call: AggregateCall) {
    this.#call = call
    this.key = `double sum ${addedText(call)}`
  }

  add({ f }: Scope, cells: Cells, [value]: readonly Value[]): void {
    const operand = operandOf(value!)
    cells.push(0).get(operand)
    if (operand.type === 'f32') f.op('f64.promote_f32')
    else if (operand.type === 'i32') f.op('f64.convert_i32_s')
    else if (operand.type === 'i64') f.op('f64.convert_i64_s')
    f.op('f64.add')
    cells.set(0)
  }

  merge(scope: Scope, cells: Cells, state: readonly Value[]): void {
    whenNotNull(scope.f, state[0]!.isNull, () => this.add(scope, cells, state))
  }

  value(_: Scope, cells: Cells): Value {
    return scalar(this.#call.type, cells.push(0).setNew('f64'), undefined)
  }
}

/** Sums of more digits than this can pass 128 bits within so many rows as a query may have (2^40); others are checked at the end only. */
const DIGITS_WITHOUT_CHECK = 26
const [NARROW, LOW, HIGH] = [0, 1, 2]
/** Narrow sums stay within this, so that what is added next overflows visibly if at all: the result is outside too. */
const NARROW_BOUND = 1n << 61n

/**
 * sum of decimals, exact in 128 bits. Values of one limb are added up in one limb of their own, which is emptied into the 128 bits before it
 * can overflow: a third of the work.
 */
export class DecimalSumPart implements Part {
  readonly key: string
  readonly cells: readonly CellType[] = ['i64', 'i64', 'i64']
  readonly takesNull = false
  readonly #call: AggregateCall
  readonly #inWindow: boolean

  /** @param inWindow what a window adds up beyond its type is told; what crosses tasks is not known exactly */
  constructor(call: AggregateCall, inWindow: boolean) {
    this.#call = call
    this.#inWindow = inWindow
    this.key = `decimal sum ${addedText(call)}`
  }

  get #type(): DecimalType {
    return this.#call.type as DecimalType
  }

  add(scope: Scope, cells: Cells, [value]: readonly Value[]): void {
    const { f } = scope
    const limbs = limbsOf(f, value!)
    const { low, high, narrow, digits } = limbs
    const addWide = (addedLow: Operand, addedHigh: Operand): void =>
      this.#addWide(scope, cells, addedLow, addedHigh, digits > DIGITS_WITHOUT_CHECK)
    if (isSurelyNarrow(limbs)) f.block((done) => this.#addNarrow(f, cells, low, addWide, done))
    else if (narrow) {
      const [addedLow, addedHigh] = [f.get(low).setNew('i64'), f.get(high).setNew('i64')]
      f.block((done) => {
        f.get(narrow).if(() =>
          this.#addNarrow(f, cells, low, (sum, sign) => f.get(sum).set(addedLow).get(sign).set(addedHigh), done),
        )
        addWide(addedLow, addedHigh)
      })
    } else addWide(low, high)
  }

  /** Adds to the one limb and is done, or empties that and leaves its sum with the number to be added to the 128 bits. */
  #addNarrow(
    f: FunctionBuilder,
    cells: Cells,
    value: Operand,
    left: (low: Local, high: Local) => void,
    done: Label,
  ): void {
    const before = cells.push(NARROW).setNew('i64')
    const sum = f.get(before).get(value).op('i64.add').setNew('i64')
    f.get(sum)
      .i64(NARROW_BOUND)
      .op('i64.add')
      .i64(2n * NARROW_BOUND)
      .op('i64.lt_u')
    f.if(() => {
      f.get(sum)
      cells.set(NARROW)
      f.br(done)
    })
    f.i64(0n)
    cells.set(NARROW)
    f.get(signOf(f, before)).get(signOf(f, value)).op('i64.add')
    f.get(sum).get(value).op('i64.lt_u').op('i64.extend_i32_u').op('i64.add')
    left(sum, f.setNew('i64'))
  }

  #addWide(scope: Scope, cells: Cells, low: Operand, high: Operand, checks: boolean): void {
    const { f } = scope
    const before = cells.push(HIGH).setNew('i64')
    const sum = this.#sumWith(scope, cells, low, high)
    if (checks) {
      f.get(before).get(sum.high).op('i64.xor').get(high).get(sum.high).op('i64.xor').op('i64.and')
      f.i64(0n).op('i64.lt_s')
      f.if(() => this.#raise(scope, sum.low, sum.high, before))
    }
    f.get(sum.low)
    cells.set(LOW)
    f.get(sum.high)
    cells.set(HIGH)
  }

  /** The 128 bits with a number added. */
  #sumWith({ f }: Scope, cells: Cells, low: Operand, high: Operand): { readonly low: Local; readonly high: Local } {
    const sumLow = cells.push(LOW).get(low).op('i64.add').setNew('i64')
    cells.push(HIGH).get(high).op('i64.add').get(sumLow).get(low).op('i64.lt_u').op('i64.extend_i32_u').op('i64.add')
    return { low: sumLow, high: f.setNew('i64') }
  }

  /** @param signed what has the sign of the sum, which 128 bits may not hold */
  #raise(scope: Scope, low: Operand, high: Operand, signed: Operand): void {
    const { fn, origin } = this.#call
    if (this.#inWindow) return raiseTotalOutOfRange(scope, this.#type, [low, high, signOf(scope.f, signed)], origin)
    scope.raise('ARITHMETIC_OVERFLOW', overflowParameters('Overflow in sum of decimals', `try_${fn}`), origin)
  }

  merge(scope: Scope, cells: Cells, state: readonly Value[]): void {
    whenNotNull(scope.f, state[0]!.isNull, () => this.add(scope, cells, state))
  }

  /** The sum, checked against the digits of its type. */
  value(scope: Scope, cells: Cells): Value {
    const { f } = scope
    const type = this.#type
    const narrow = cells.push(NARROW).setNew('i64')
    const { low, high } = this.#sumWith(scope, cells, narrow, signOf(f, narrow))
    f.get(low).get(high).i32(type.precision)
    f.call(scope.context.kernel('decimalExceeds')).if(() => this.#raise(scope, low, high, high))
    return type.precision <= 18
      ? scalar(type, low, undefined)
      : { kind: 'wide', type, low, high, narrow: undefined, isNull: undefined }
  }
}
