import { type DataType, quotedTypeName, STRING } from '../../../../columnar/types.js'
import { MillraceError } from '../../../../common/errors/millrace-error.js'
import { quotedName } from '../../../../common/errors/quoting.js'
import type { Cast } from '../../../../planner/plan/expression/expression.js'
import { aroundText } from '../../../../planner/plan/expression/literal-text.js'
import type { Operand } from '../../wasm/types.js'
import { ANSI_CONFIG, DETAIL, DETAIL_DECIMAL, DETAIL_TEXT } from '../error-sites.js'
import { ifNotNullAnd } from '../nulls.js'
import type { Scope } from '../scope.js'
import { type BytesValue, scalar, type Value } from '../value.js'
import { castToString } from './to-string.js'

type Failure = 'CAST_INVALID_INPUT' | 'CAST_OVERFLOW' | 'NUMERIC_VALUE_OUT_OF_RANGE.WITH_SUGGESTION'
type Raised = Failure | 'CAST_OVERFLOW_IN_TABLE_INSERT'

/** One cast being compiled: what raises, or makes the result NULL, when a value does not fit. */
export class CastSite<From extends DataType = DataType, To extends DataType = DataType> {
  readonly cast: Cast
  readonly scope: Scope
  readonly from: From
  readonly to: To
  readonly #value: Value
  #isNull: Operand | undefined

  constructor(cast: Cast, value: Value, scope: Scope) {
    this.#value = value
    this.cast = cast
    this.scope = scope
    this.from = value.type as From
    this.to = cast.type as To
    this.#isNull = value.isNull
  }

  /** Whether the result is NULL; complete once every `failWhen` is emitted. */
  get isNull(): Operand | undefined {
    return this.#isNull
  }

  /** Whether numbers that do not fit become what Java makes of them: of whole numbers the lowest bits, of others the nearest. */
  get narrows(): boolean {
    return this.cast.mode === 'lenient'
  }

  /** Pops 0 or 1: when it is 1 and the value is not NULL, the cast fails. `fault` is what is told, where it is not the value. */
  failWhen(failure: Failure, fault: Value = this.#value): void {
    const { scope, cast } = this
    const { f } = scope
    const raised: Raised =
      cast.column !== undefined && failure !== 'CAST_INVALID_INPUT' ? 'CAST_OVERFLOW_IN_TABLE_INSERT' : failure
    if (cast.mode === 'ansi') {
      ifNotNullAnd(f, this.#isNull, () =>
        scope.raise(raised, this.#parameters(raised), cast.origin, this.#textOf(fault)),
      )
      return
    }
    this.nullWhen()
  }

  /** Pops 0 or 1: when it is 1 the result is NULL. */
  nullWhen(): void {
    const { f } = this.scope
    if (this.#isNull) f.get(this.#isNull).op('i32.or')
    this.#isNull = f.setNew('i32')
  }

  /** The text of a value, made only where the cast fails. */
  #textOf(value: Value): BytesValue | undefined {
    if (value.kind === 'bytes') return value
    const cast: Cast = { ...this.cast, type: STRING }
    const text = castToString(new CastSite(cast, value, this.scope), value)
    return text.kind === 'bytes' ? text : undefined
  }

  #parameters(failure: Raised): Readonly<Record<string, string>> {
    const { from, to } = this
    if (failure === 'CAST_OVERFLOW_IN_TABLE_INSERT') {
      const columnName = quotedName(this.cast.column!)
      return { sourceType: quotedTypeName(from), targetType: quotedTypeName(to), columnName }
    }
    if (to.kind === 'decimal' && failure === 'NUMERIC_VALUE_OUT_OF_RANGE.WITH_SUGGESTION') {
      const [precision, scale] = [String(to.precision), String(to.scale)]
      return { value: DETAIL_DECIMAL, precision, scale, config: ANSI_CONFIG }
    }
    const [sourceType, targetType] = [quotedTypeName(from), quotedTypeName(to)]
    const [before, behind] = aroundText(from)
    return {
      ...(failure === 'CAST_OVERFLOW' ? { value: before + DETAIL_TEXT + behind } : { expression: DETAIL }),
      sourceType,
      targetType,
      ansiConfig: ANSI_CONFIG,
    }
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
  callChecked(kernel: Parameters<Scope['kernel']>[0], failure: Failure): void {
    this.scope.f.get(this.scope.context.constantsBase).call(this.scope.kernel(kernel))
    this.failWhen(failure)
  }

  unsupported(): MillraceError {
    const feature = `casts from ${quotedTypeName(this.from)} to ${quotedTypeName(this.to)}`
    return new MillraceError('UNSUPPORTED_FEATURE', { feature }, { origin: this.cast.origin })
  }
}
