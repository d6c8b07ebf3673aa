import { type DataType, quotedTypeName } from '../../../../columnar/types.js'
import { MillraceError } from '../../../../common/errors/millrace-error.js'
import type { Cast } from '../../../../planner/plan/expression/expression.js'
import type { Operand } from '../../wasm/types.js'
import { DETAIL } from '../error-sites.js'
import { ifNotNullAnd } from '../nulls.js'
import type { Scope } from '../scope.js'
import { type BytesValue, scalar, type Value } from '../value.js'

type Failure = 'CAST_INVALID_INPUT' | 'CAST_OVERFLOW' | 'NUMERIC_VALUE_OUT_OF_RANGE'

/** One cast being compiled: raises, or makes the result NULL, when a value does not fit. */
export class CastSite {
  readonly cast: Cast
  readonly scope: Scope
  readonly from: DataType
  readonly to: DataType
  #isNull: Operand | undefined

  constructor(cast: Cast, value: Value, scope: Scope) {
    this.cast = cast
    this.scope = scope
    this.from = value.type
    this.to = cast.type
    this.#isNull = value.isNull
  }

  /** Whether the result is NULL; complete once every `failWhen` is emitted. */
  get isNull(): Operand | undefined {
    return this.#isNull
  }

  /** Pops 0 or 1: when it is 1 and the value is not NULL, the cast fails. */
  failWhen(failure: Failure, detail?: BytesValue): void {
    const { scope, cast } = this
    const { f } = scope
    if (cast.mode === 'ansi') {
      ifNotNullAnd(f, this.#isNull, () => scope.raise(failure, this.#parameters(), cast.origin, detail))
      return
    }
    if (this.#isNull) f.get(this.#isNull).op('i32.or')
    this.#isNull = f.setNew('i32')
  }

  #parameters(): Readonly<Record<string, string>> {
    const [sourceType, targetType] = [quotedTypeName(this.from), quotedTypeName(this.to)]
    return { expression: DETAIL, sourceType, targetType, type: targetType }
  }

  /** The result, with its NULLs. */
  result(value: Operand): Value {
    return scalar(this.to, value, this.#isNull)
  }

  /** Pops the result. */
  popResult(type: 'i32' | 'i64' | 'f32' | 'f64'): Value {
    return this.result(this.scope.f.setNew(type))
  }

  /** Runs a kernel whose operands are pushed and whose last is where to write; its verdict fails the cast. */
  callChecked(kernel: Parameters<Scope['kernel']>[0], failure: Failure, detail?: BytesValue): void {
    this.scope.f.get(this.scope.context.constantsBase).call(this.scope.kernel(kernel))
    this.failWhen(failure, detail)
  }

  unsupported(): MillraceError {
    const feature = `casts from ${quotedTypeName(this.from)} to ${quotedTypeName(this.to)}`
    return new MillraceError('UNSUPPORTED_FEATURE', { feature }, { origin: this.cast.origin })
  }
}

/** The operand of a value that is held in one. */
export function operandOf(value: Value): Operand {
  if (value.kind === 'scalar') return value.value
  throw new MillraceError('INTERNAL_ERROR', { message: `a scalar was expected, not ${value.type.kind}` })
}
