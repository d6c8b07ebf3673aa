import { type DataType, INT, isInterval, quotedTypeName, sameType } from '../../../columnar/types.js'
import type { ConditionName } from '../../../common/errors/catalogue.js'
import { MillraceError } from '../../../common/errors/millrace-error.js'
import { foldExpression } from '../../optimize/rules/fold-constants.js'
import type { Expression, FrameBound, SortOrder, WindowFrame } from '../../plan/expression/expression.js'
import type {
  UnresolvedBound,
  UnresolvedExpression,
  UnresolvedFrame,
  WindowSpec,
} from '../../plan/unresolved/expression.js'
import { constantOf } from '../constants/constants.js'
import type { ExpressionContext } from '../expression-context.js'
import { resolveExpression, siteOf } from '../expressions.js'
import { scalarFunction } from '../functions/registry.js'
import { castTo } from '../types/coercion.js'
import { isNumeric } from '../types/common-types.js'
import { unresolvedText } from '../unresolved-text.js'
import { boundText, frameText, isCastToKey, windowText } from './text.js'

type Offset = Extract<UnresolvedBound, { readonly offset: unknown }>
type Side = 'lower' | 'upper'

/** The amount of a bound that is an offset: negative before the current row. */
interface Amount {
  readonly expression: Expression
  /** As a number that can be compared with that of the other bound, where it is known while planning. */
  readonly value: number | bigint | undefined
}

const OF_RANGE = '("NUMERIC" or "INTERVAL DAY TO SECOND" or "INTERVAL YEAR TO MONTH" or "INTERVAL")'

/** The frame of one window, resolved and checked in the order in which Spark checks it. */
export class FrameResolver {
  readonly #spec: WindowSpec
  readonly #frame: UnresolvedFrame
  readonly #orderBy: readonly SortOrder[]
  readonly #context: ExpressionContext

  /** @param orderBy the resolved order of the window */
  constructor(spec: WindowSpec, frame: UnresolvedFrame, orderBy: readonly SortOrder[], context: ExpressionContext) {
    this.#spec = spec
    this.#frame = frame
    this.#orderBy = orderBy
    this.#context = context
  }

  /** @throws DATATYPE_MISMATCH.SPECIFIED_WINDOW_FRAME_*, DATATYPE_MISMATCH.RANGE_FRAME_* */
  resolve(): WindowFrame {
    const { unit, lower, upper } = this.#frame
    const [from, to] = [this.#amount(lower, 'lower'), this.#amount(upper, 'upper')]
    if (lower.kind === 'unboundedFollowing' || upper.kind === 'unboundedPreceding')
      throw this.#invalid('SPECIFIED_WINDOW_FRAME_INVALID_BOUND', {
        lower: `"${boundText(lower, this.#text)}"`,
        upper: `"${boundText(upper, this.#text)}"`,
      })
    if (from && to) this.#checkOrder(from, to)
    if (unit === 'range') this.#checkRange(from ?? to)
    return Object.freeze({ unit, lower: this.#bound(lower, from), upper: this.#bound(upper, to) })
  }

  readonly #text = (e: UnresolvedExpression): string => unresolvedText(e)

  #amount(bound: UnresolvedBound, side: Side): Amount | undefined {
    if (!('offset' in bound)) return undefined
    const written = resolveExpression(bound.offset, { ...this.#context, clause: 'SELECT' })
    if (this.#frame.unit === 'rows') {
      if (written.type.kind !== 'int') throw this.#unaccepted(side, written.type, quotedTypeName(INT))
      return this.#signed(bound, written)
    }
    const key = this.#orderBy[0]?.expression.type
    const isCast = key !== undefined && isCastToKey(written.type, key)
    const offset = isCast ? castTo(written, key) : written
    if (!isNumeric(offset.type) && !isInterval(offset.type)) throw this.#unaccepted(side, offset.type, OF_RANGE)
    return this.#signed(bound, offset)
  }

  #signed(bound: Offset, offset: Expression): Amount {
    const isBefore = bound.kind === 'preceding'
    const constant = constantOf(offset) ?? offset
    const known = constant.kind === 'literal' ? constant.value : undefined
    if (known === null) {
      const feature = 'a window frame bound that is NULL'
      throw new MillraceError('UNSUPPORTED_FEATURE', { feature }, { origin: bound.offset.origin })
    }
    const value = typeof known === 'number' || typeof known === 'bigint' ? (isBefore ? -known : known) : undefined
    const site = siteOf(bound.offset, '-', this.#context.types)
    const negated = isBefore ? scalarFunction('-', bound.offset.origin).build([constant], site) : constant
    return { expression: foldExpression(negated), value }
  }

  #checkOrder(lower: Amount, upper: Amount): void {
    if (!sameType(lower.expression.type, upper.expression.type))
      throw this.#invalid('SPECIFIED_WINDOW_FRAME_DIFF_TYPES', {
        lower: `"${boundText(this.#frame.lower, this.#text)}"`,
        upper: `"${boundText(this.#frame.upper, this.#text)}"`,
        lowerType: quotedTypeName(lower.expression.type),
        upperType: quotedTypeName(upper.expression.type),
      })
    if (lower.value !== undefined && upper.value !== undefined && lower.value > upper.value)
      throw this.#invalid('SPECIFIED_WINDOW_FRAME_WRONG_COMPARISON', { comparison: 'less than or equal' })
  }

  #checkRange(amount: Amount | undefined): void {
    const { lower, upper } = this.#frame
    const isWhole = lower.kind === 'unboundedPreceding' && upper.kind === 'unboundedFollowing'
    const [key, ...others] = this.#orderBy
    if (!key) {
      if (isWhole) return
      throw this.#misfit('RANGE_FRAME_WITHOUT_ORDER', {})
    }
    if (!amount) return
    if (others.length > 0)
      throw this.#misfit('RANGE_FRAME_MULTI_ORDER', { orderSpec: this.#spec.orderBy.map(this.#text).join(',') })
    const { type } = amount.expression
    if (isFrameType(key.expression.type, type)) return
    throw this.#misfit('RANGE_FRAME_INVALID_TYPE', {
      orderSpecType: quotedTypeName(key.expression.type),
      valueBoundaryType: quotedTypeName(type),
    })
  }

  #bound(bound: UnresolvedBound, amount: Amount | undefined): FrameBound {
    if (bound.kind === 'currentRow') return { kind: 'current' }
    if (!amount) return { kind: 'unbounded' }
    if (this.#frame.unit === 'range') return this.#valueBound(bound as Offset, amount.expression)
    if (typeof amount.value === 'number') return { kind: 'offset', offset: amount.value }
    const expression = `"${boundText(bound, this.#text)}"`
    const location = bound === this.#frame.lower ? 'lower' : 'upper'
    throw this.#invalid('SPECIFIED_WINDOW_FRAME_WITHOUT_FOLDABLE', { location, expression })
  }

  /** The key where the frame begins or ends: in the direction of the order. */
  #valueBound(bound: Offset, amount: Expression): FrameBound {
    const { expression: key, direction } = this.#orderBy[0]!
    const operator = direction === 'asc' ? '+' : '-'
    const site = siteOf(bound.offset, operator, this.#context.types)
    const value = scalarFunction(operator, bound.offset.origin).build([key, amount], site)
    return { kind: 'value', value, key: castTo(key, value.type) }
  }

  #unaccepted(location: Side, type: DataType, expectedType: string): MillraceError {
    const parameters = { location, exprType: quotedTypeName(type), expectedType }
    return this.#invalid('SPECIFIED_WINDOW_FRAME_UNACCEPTED_TYPE', parameters)
  }

  #invalid(
    condition: ConditionOf<'DATATYPE_MISMATCH.SPECIFIED_'>,
    parameters: Readonly<Record<string, string>>,
  ): MillraceError {
    const types = this.#context.types
    const key = this.#orderBy[0]?.expression.type
    const text = frameText(this.#frame, this.#text, (offset) => {
      const own = types?.get(offset)
      return key !== undefined && own !== undefined && isCastToKey(own, key)
    })
    return this.#mismatch(`DATATYPE_MISMATCH.${condition}`, text, parameters)
  }

  #misfit(
    condition: ConditionOf<'DATATYPE_MISMATCH.RANGE_'>,
    parameters: Readonly<Record<string, string>>,
  ): MillraceError {
    const text = windowText(this.#spec, this.#text, (e) => this.#context.types?.get(e))
    return this.#mismatch(`DATATYPE_MISMATCH.${condition}`, text, parameters)
  }

  #mismatch(condition: ConditionName, text: string, parameters: Readonly<Record<string, string>>): MillraceError {
    return new MillraceError(condition, { sqlExpr: `"${text}"`, ...parameters }, { origin: this.#spec.origin })
  }
}

type ConditionOf<P extends string> = ConditionName extends infer C
  ? C extends `${P}${string}`
    ? C extends `DATATYPE_MISMATCH.${infer Rest}`
      ? Rest
      : never
    : never
  : never

/** Whether offsets of a type can be added to a key. */
function isFrameType(key: DataType, offset: DataType): boolean {
  if (key.kind === 'date') {
    const isOfDays = offset.kind === 'interval_dt' && offset.fields?.every((one) => one === 'day') === true
    return offset.kind === 'int' || offset.kind === 'interval_ym' || isOfDays
  }
  if (key.kind === 'timestamp' || key.kind === 'timestamp_ntz') return isInterval(offset)
  return sameType(key, offset)
}
