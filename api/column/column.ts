import { type InspectOptionsStylized, inspect } from 'node:util'
import type { DataType } from '../../columnar/types.js'
import type { Value } from '../../columnar/value-reader.js'
import { MillraceError } from '../../common/errors/millrace-error.js'
import { unresolvedText } from '../../planner/analyze/unresolved-text.js'
import type { UnresolvedExpression, WindowSpec } from '../../planner/plan/unresolved/expression.js'
import { parseExpression } from '../../planner/sql/expressions.js'
import { parseDataType } from '../../planner/sql/types.js'
import { tellingCallerNow } from '../call-site.js'
import { printing } from '../show/printing.js'
import { type ColumnOrLiteral, operandOf, type ReferencesOfOperand } from './column-base.js'
import { namedExpression } from './column-name.js'
import { ColumnParts } from './column-parts.js'
import type { ByName, CheckedName, Condition, NameIn } from './column-types.js'
import type { ValueOfType } from './ddl-row.js'
import type { Literal, Widened } from './literal.js'
import type { NumberValue } from './row.js'

/** What `Window` makes. */
interface OverWindow<C extends string> {
  readonly spec: WindowSpec
  readonly '~references'?: C
}

/**
 * An expression over the columns of a DataFrame, made by name and resolved when it is used. Immutable. The types say what is known of it
 * while compiling: `V` its value, `N` its name in a select list, `C` the columns it refers to (`string` when unknown).
 */
export class Column<V = unknown, N extends string = string, C extends string = string> extends ColumnParts<V, N, C> {
  readonly #expression: UnresolvedExpression
  /** Only for the compiler. */
  declare readonly '~types'?: { readonly value: V; readonly name: N; readonly references: C }

  constructor(expression: UnresolvedExpression) {
    super()
    this.#expression = Object.freeze(expression)
  }

  override get expression(): UnresolvedExpression {
    return this.#expression
  }

  protected override made<W, M extends string, D extends string>(expression: UnresolvedExpression): Column<W, M, D> {
    return new Column(expression)
  }

  /** As Spark names an unnamed column. */
  override toString(): string {
    return unresolvedText(this.#expression)
  }

  toJSON(): string {
    return this.toString()
  }

  [inspect.custom](depth: number, options: InspectOptionsStylized): string {
    return printing('Column', { expression: this.#expression }, depth, options)
  }

  plus<O extends ColumnOrLiteral>(other: O): Column<Value, string, C | ReferencesOfOperand<O>> {
    return functionOf('+', this, other)
  }

  minus<O extends ColumnOrLiteral>(other: O): Column<Value, string, C | ReferencesOfOperand<O>> {
    return functionOf('-', this, other)
  }

  multiply<O extends ColumnOrLiteral>(other: O): Column<NumberValue, string, C | ReferencesOfOperand<O>> {
    return functionOf('*', this, other)
  }

  divide<O extends ColumnOrLiteral>(other: O): Column<NumberValue, string, C | ReferencesOfOperand<O>> {
    return functionOf('/', this, other)
  }

  mod<O extends ColumnOrLiteral>(other: O): Column<NumberValue, string, C | ReferencesOfOperand<O>> {
    return functionOf('%', this, other)
  }

  eq<O extends ColumnOrLiteral>(other: O): Condition<C | ReferencesOfOperand<O>> {
    return functionOf('=', this, other)
  }

  equalTo<O extends ColumnOrLiteral>(other: O): Condition<C | ReferencesOfOperand<O>> {
    return this.eq(other)
  }

  /** NULL equals NULL and nothing else. */
  eqNullSafe<O extends ColumnOrLiteral>(other: O): Column<boolean, string, C | ReferencesOfOperand<O>> {
    return functionOf('<=>', this, other)
  }

  neq<O extends ColumnOrLiteral>(other: O): Condition<C | ReferencesOfOperand<O>> {
    return functionOf('!=', this, other)
  }

  notEqual<O extends ColumnOrLiteral>(other: O): Condition<C | ReferencesOfOperand<O>> {
    return this.neq(other)
  }

  lt<O extends ColumnOrLiteral>(other: O): Condition<C | ReferencesOfOperand<O>> {
    return functionOf('<', this, other)
  }

  leq<O extends ColumnOrLiteral>(other: O): Condition<C | ReferencesOfOperand<O>> {
    return functionOf('<=', this, other)
  }

  gt<O extends ColumnOrLiteral>(other: O): Condition<C | ReferencesOfOperand<O>> {
    return functionOf('>', this, other)
  }

  geq<O extends ColumnOrLiteral>(other: O): Condition<C | ReferencesOfOperand<O>> {
    return functionOf('>=', this, other)
  }

  and<O extends ColumnOrLiteral>(other: O): Condition<C | ReferencesOfOperand<O>> {
    return functionOf('and', this, other)
  }

  or<O extends ColumnOrLiteral>(other: O): Condition<C | ReferencesOfOperand<O>> {
    return functionOf('or', this, other)
  }

  not(): Condition<C> {
    return functionOf('not', this)
  }

  negate(): Column<V, string, C> {
    return functionOf('-', this)
  }

  isNull(): Column<boolean, string, C> {
    return functionOf('isnull', this)
  }

  isNotNull(): Column<boolean, string, C> {
    return functionOf('isnotnull', this)
  }

  isNaN(): Column<boolean, string, C> {
    return functionOf('isnan', this)
  }

  between<L extends ColumnOrLiteral, H extends ColumnOrLiteral>(
    low: L,
    high: H,
  ): Condition<C | ReferencesOfOperand<L> | ReferencesOfOperand<H>> {
    return this.geq(low).and(this.leq(high))
  }

  /** Whether the value is one of these, given one by one or as an array. */
  isin<O extends ColumnOrLiteral>(...values: readonly (O | readonly O[])[]): Condition<C | ReferencesOfOperand<O>> {
    const list = values.flat().map((value) => toColumn(value as ColumnOrLiteral).expression)
    return new Column({ kind: 'in', child: this.expression, list })
  }

  /** @param type as in SQL: `bigint`, `decimal(12,2)`. @throws PARSE_SYNTAX_ERROR, UNSUPPORTED_DATATYPE */
  cast<T extends string>(type: T | DataType): Column<ValueOfType<T> | null, N, C> {
    return new Column({ kind: 'cast', child: this.expression, type: typeOf(type), mode: 'session' })
  }

  /** Like `cast`, but what does not fit becomes NULL. */
  tryCast<T extends string>(type: T | DataType): Column<ValueOfType<T> | null, N, C> {
    return new Column({ kind: 'cast', child: this.expression, type: typeOf(type), mode: 'try' })
  }

  as<M extends string>(name: M): Column<V, M, C> {
    if (typeof name !== 'string') throw misuse(`${String(name)} is no name of a column`)
    return new Column({ kind: 'alias', child: this.expression, name })
  }

  alias<M extends string>(name: M): Column<V, M, C> {
    return this.as(name)
  }

  name<M extends string>(name: M): Column<V, M, C> {
    return this.as(name)
  }

  /** What a function makes of the column, for chains: `col('a').transform(cleaned)`. */
  transform<D>(make: (column: Column<V, N, C>) => D): D {
    return make(this)
  }

  /**
   * The same where a lateral join, or a subquery, has it from outside: it may name columns of the left side. As in Spark, a column inside
   * of that name comes first.
   */
  outer(): Column<V, N, never> {
    return new Column(this.expression)
  }

  /** After `F.when(…)`: the next condition. @throws INVALID_API_USE */
  when<D extends string, O extends ColumnOrLiteral>(
    condition: Column<unknown, string, D>,
    value: O,
  ): Column<Value, string, C | D | ReferencesOfOperand<O>> {
    const { expression } = this
    if (expression.kind !== 'case' || expression.otherwise) throw misuse('when() follows another when()')
    const branch = { when: checkedColumn(condition).expression, value: toColumn(value).expression }
    return new Column({ ...expression, branches: [...expression.branches, branch] })
  }

  /** After `when`: the value when no condition holds. @throws INVALID_API_USE */
  otherwise<O extends ColumnOrLiteral>(value: O): Column<Value, string, C | ReferencesOfOperand<O>> {
    const { expression } = this
    if (expression.kind !== 'case' || expression.otherwise) throw misuse('otherwise() follows when() and comes once')
    return new Column({ ...expression, otherwise: toColumn(value).expression })
  }

  /** The function over a window. @throws UNSUPPORTED_EXPR_FOR_WINDOW when this is no call of a function */
  over<D extends string>(window: OverWindow<D>): Column<V, string, C | D> {
    const { expression } = this
    if (expression.kind !== 'function')
      throw new MillraceError('UNSUPPORTED_EXPR_FOR_WINDOW', { sqlExpr: `"${unresolvedText(expression)}"` })
    if (window?.spec === undefined) throw misuse(`${String(window)} is no window: Window.partitionBy(…) begins one`)
    return new Column({ kind: 'window', function: expression, over: window.spec })
  }
}

const misuse = (reason: string): MillraceError => new MillraceError('INVALID_API_USE', { reason })
const typeOf = (type: string | DataType): DataType =>
  typeof type === 'string' ? tellingCallerNow(typeOf, () => parseDataType(type)) : type

/**
 * A column by name: `a`, `t.a`, `struct.field`, `*`, `t.*`; a name with dots stands in backquotes.
 * @throws INVALID_ATTRIBUTE_NAME_SYNTAX
 */
export function col<T extends string>(name: T): Column<ByName<T>, NameIn<T>, CheckedName<T>> {
  return tellingCallerNow(col, () => new Column(namedExpression(name)))
}

/** A constant. @throws INVALID_API_USE for values of other kinds */
export function lit<T extends Literal>(value: T | Column): Column<Widened<T>, string, never> {
  return toColumn(value) as Column<Widened<T>, string, never>
}

/** An expression written in SQL. @throws PARSE_SYNTAX_ERROR */
export function expr(sql: string): Column<Value> {
  return tellingCallerNow(expr, () => new Column(parseExpression(sql)))
}

export function toColumn(value: ColumnOrLiteral): Column {
  return value instanceof Column ? value : new Column(operandOf(value))
}

/** A column given by name or as such. @throws INVALID_API_USE */
export function nameOrColumn(value: Column | string): Column {
  return typeof value === 'string' ? col(value) : checkedColumn(value)
}

/** What a program without types gave for a column. @throws INVALID_API_USE */
export function checkedColumn(value: Column): Column {
  if (value instanceof Column) return value
  const given = inspect(value, { depth: 0, breakLength: Number.POSITIVE_INFINITY })
  const advice = Array.isArray(value) ? ': the members of a list are given one by one, as in select(...names)' : ''
  throw misuse(`${given} is no column${advice}`)
}

/** A call of a function by its SQL name. */
export function functionOf<V = unknown, N extends string = string, C extends string = string>(
  name: string,
  ...args: readonly ColumnOrLiteral[]
): Column<V, N, C> {
  return new Column({ kind: 'function', name, args: args.map((arg) => toColumn(arg).expression) })
}
