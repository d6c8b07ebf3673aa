import { BIGINT, type DataType, type DecimalType, decimal } from '../../../../columnar/types.js'
import type { WindowCall } from '../../../../planner/plan/expression/expression.js'
import { averageSumType } from '../../../../planner/plan/physical/aggregate-state.js'
import { compileDecimalDivision } from '../../../compiler/expression/functions/decimal-division.js'
import {
  decimalValue,
  limbsOf,
  raiseTotalOutOfRange,
  signOf,
} from '../../../compiler/expression/functions/decimal-operands.js'
import { overflowParameters } from '../../../compiler/expression/functions/integer-arithmetic.js'
import type { Scope } from '../../../compiler/expression/scope.js'
import { scalar, type Value } from '../../../compiler/expression/value.js'
import type { Local, Operand } from '../../../compiler/wasm/types.js'
import { whenAdded } from '../added-values.js'
import type { PartitionSite, WindowCode } from './partition-site.js'

/** Digits of a bigint. */
const BIGINT_DIGITS = 19

/** How many values there are in frames that rows come to and leave. */
export class SlidingCountCode implements WindowCode {
  readonly arrays = 0
  readonly #call: WindowCall
  #count!: Local

  constructor(call: WindowCall) {
    this.#call = call
  }

  begin({ f }: PartitionSite): void {
    this.#count = f.i64(0n).setNew('i64')
  }

  enter(site: PartitionSite, _: Local, scope: Scope): void {
    this.#change(site, scope, 1n)
  }

  leave(site: PartitionSite, _: Local, scope: Scope): void {
    this.#change(site, scope, -1n)
  }

  #change({ f }: PartitionSite, scope: Scope, by: bigint): void {
    whenAdded(scope, this.#call, false, () => f.get(this.#count).i64(by).op('i64.add').set(this.#count))
  }

  result({ f, rows, row }: PartitionSite): void {
    rows.storeComputed(f, row, this.#call, scalar(BIGINT, this.#count, undefined))
  }
}

/**
 * Sums and averages of whole numbers and decimals in frames that rows come to and leave: what leaves is taken away again, in 192 bits, so that
 * the sum is exact whatever it was in between.
 */
export class SlidingTotalCode implements WindowCode {
  readonly arrays = 0
  readonly #call: WindowCall
  #limbs: readonly [low: Local, high: Local, top: Local] | undefined
  #count!: Local

  constructor(call: WindowCall) {
    this.#call = call
  }

  begin({ f }: PartitionSite): void {
    this.#limbs = [f.i64(0n).setNew('i64'), f.i64(0n).setNew('i64'), f.i64(0n).setNew('i64')]
    this.#count = f.i64(0n).setNew('i64')
  }

  enter({ f }: PartitionSite, _: Local, scope: Scope): void {
    whenAdded(scope, this.#call, false, (inner, [value]) => {
      const [low, high, top] = this.#limbs!
      const added = limbsOfNumber(inner, value!)
      f.get(low).get(added.low).op('i64.add').set(low)
      const carry = f.get(low).get(added.low).op('i64.lt_u').op('i64.extend_i32_u').setNew('i64')
      const sum = f.get(high).get(added.high).op('i64.add').setNew('i64')
      // The carry of both additions to the second limb: at most one of them has one.
      f.get(sum).get(added.high).op('i64.lt_u').op('i64.extend_i32_u')
      f.get(sum).get(carry).op('i64.add').tee(high).get(carry).op('i64.lt_u').op('i64.extend_i32_u').op('i64.add')
      f.get(added.high).i64(63n).op('i64.shr_s').op('i64.add').get(top).op('i64.add').set(top)
      f.get(this.#count).i64(1n).op('i64.add').set(this.#count)
    })
  }

  leave({ f }: PartitionSite, _: Local, scope: Scope): void {
    whenAdded(scope, this.#call, false, (inner, [value]) => {
      const [low, high, top] = this.#limbs!
      const taken = limbsOfNumber(inner, value!)
      const borrow = f.get(low).get(taken.low).op('i64.lt_u').op('i64.extend_i32_u').setNew('i64')
      f.get(low).get(taken.low).op('i64.sub').set(low)
      const rest = f.get(high).get(taken.high).op('i64.sub').setNew('i64')
      f.get(top)
      f.get(high).get(taken.high).op('i64.lt_u').op('i64.extend_i32_u')
      f.get(rest).get(borrow).op('i64.lt_u').op('i64.extend_i32_u').op('i64.add')
      f.get(taken.high).i64(63n).op('i64.shr_s').op('i64.add').op('i64.sub').set(top)
      f.get(rest).get(borrow).op('i64.sub').set(high)
      f.get(this.#count).i64(1n).op('i64.sub').set(this.#count)
    })
  }

  result({ f, rows, row }: PartitionSite): void {
    const call = this.#call
    const scope = rows.scopeAt(f, row)
    const isNull = f.get(this.#count).op('i64.eqz').setNew('i32')
    if (call.fn === 'sum') {
      rows.storeComputed(f, row, call, this.#sum(scope, call.type, isNull))
      return
    }
    const total = this.#sum(scope, averageSumType(call.args[0]!.type), isNull)
    const divisor = scalar(decimal(18, 0), this.#count, undefined)
    const { type, origin } = call
    const division = {
      kind: 'call',
      fn: 'divide',
      args: [],
      type,
      nullable: true,
      ...(origin ? { origin } : {}),
    } as const
    rows.storeComputed(f, row, call, compileDecimalDivision(division, total, divisor, scope))
  }

  /** The sum in its type. */
  #sum(scope: Scope, type: DataType, isNull: Operand): Value {
    const { f } = scope
    const [low, high, top] = this.#limbs!
    const { origin } = this.#call
    if (type.kind !== 'decimal') {
      f.get(high).get(low).i64(63n).op('i64.shr_s').op('i64.ne').get(top).get(high).op('i64.ne').op('i32.or')
      f.if(() => scope.raise('ARITHMETIC_OVERFLOW', overflowParameters('overflow', 'try_add'), origin))
      return scalar(type, copied(scope, low), isNull)
    }
    f.get(top).get(high).i64(63n).op('i64.shr_s').op('i64.ne')
    f.get(low).get(high).i32(type.precision)
    f.call(scope.context.kernel('decimalExceeds')).op('i32.or')
    f.if(() => raiseTotalOutOfRange(scope, type, [low, high, top], origin))
    const limbs = { low: copied(scope, low), high: copied(scope, high), narrow: undefined }
    return decimalValue(type, limbs, isNull)
  }
}

/** A value must not change afterwards. */
const copied = ({ f }: Scope, local: Local): Local => f.get(local).setNew('i64')

/** The two limbs of a decimal or a bigint. */
function limbsOfNumber({ f }: Scope, value: Value): { readonly low: Operand; readonly high: Operand } {
  if (value.kind !== 'scalar' || value.type.kind === 'decimal') return limbsOf(f, value)
  const type: DecimalType = decimal(BIGINT_DIGITS, 0)
  return {
    ...limbsOf(f, {
      kind: 'wide',
      type,
      low: value.value,
      high: signOf(f, value.value),
      narrow: undefined,
      isNull: undefined,
    }),
  }
}
