import { Decimal } from '../columnar/decimal.js'
import { BIGINT, BOOLEAN, type DataType, DOUBLE, decimal, INT, STRING, TIMESTAMP, VOID } from '../columnar/types.js'
import { MillraceError } from '../common/errors/millrace-error.js'
import type { UnresolvedExpression } from '../planner/plan/unresolved/expression.js'
import { parseExpression } from '../planner/sql/expressions.js'
import { parseDataType } from '../planner/sql/types.js'

/** What may stand where a column is expected beside a column: a value, which becomes a literal. */
export type Literal = null | boolean | number | bigint | string | Date | Decimal
export type ColumnOrLiteral = Column | Literal

const MAX_INT = 2 ** 31 - 1

/** An expression over the columns of a DataFrame, made by name and resolved when it is used. Immutable. */
export class Column {
  readonly expression: UnresolvedExpression

  constructor(expression: UnresolvedExpression) {
    this.expression = Object.freeze(expression)
  }

  plus = (other: ColumnOrLiteral): Column => this.#binary('+', other)
  minus = (other: ColumnOrLiteral): Column => this.#binary('-', other)
  multiply = (other: ColumnOrLiteral): Column => this.#binary('*', other)
  divide = (other: ColumnOrLiteral): Column => this.#binary('/', other)
  mod = (other: ColumnOrLiteral): Column => this.#binary('%', other)
  eq = (other: ColumnOrLiteral): Column => this.#binary('=', other)
  equalTo = (other: ColumnOrLiteral): Column => this.#binary('=', other)
  eqNullSafe = (other: ColumnOrLiteral): Column => this.#binary('<=>', other)
  neq = (other: ColumnOrLiteral): Column => this.#binary('!=', other)
  notEqual = (other: ColumnOrLiteral): Column => this.#binary('!=', other)
  lt = (other: ColumnOrLiteral): Column => this.#binary('<', other)
  leq = (other: ColumnOrLiteral): Column => this.#binary('<=', other)
  gt = (other: ColumnOrLiteral): Column => this.#binary('>', other)
  geq = (other: ColumnOrLiteral): Column => this.#binary('>=', other)
  and = (other: ColumnOrLiteral): Column => this.#binary('and', other)
  or = (other: ColumnOrLiteral): Column => this.#binary('or', other)
  startsWith = (other: ColumnOrLiteral): Column => this.#binary('startswith', other)
  endsWith = (other: ColumnOrLiteral): Column => this.#binary('endswith', other)
  contains = (other: ColumnOrLiteral): Column => this.#binary('contains', other)
  like = (pattern: string): Column => this.#binary('like', pattern)

  not(): Column {
    return functionOf('not', this)
  }

  negate(): Column {
    return functionOf('negative', this)
  }

  isNull(): Column {
    return functionOf('isnull', this)
  }

  isNotNull(): Column {
    return functionOf('isnotnull', this)
  }

  between(low: ColumnOrLiteral, high: ColumnOrLiteral): Column {
    return this.geq(low).and(this.leq(high))
  }

  isin(...values: readonly ColumnOrLiteral[]): Column {
    return new Column({ kind: 'in', child: this.expression, list: values.map((value) => toColumn(value).expression) })
  }

  /** Characters from a position (the first is 1) on. */
  substr(start: number, length: number): Column {
    return functionOf('substring', this, start, length)
  }

  getField(name: string): Column {
    return new Column({ kind: 'extractValue', child: this.expression, field: name })
  }

  /** @param type as in SQL: `bigint`, `decimal(12,2)`. @throws PARSE_SYNTAX_ERROR, UNSUPPORTED_DATATYPE */
  cast(type: string | DataType): Column {
    return new Column({ kind: 'cast', child: this.expression, type: typeOf(type), mode: 'ansi' })
  }

  /** Like `cast`, but what does not fit becomes NULL. */
  tryCast(type: string | DataType): Column {
    return new Column({ kind: 'cast', child: this.expression, type: typeOf(type), mode: 'try' })
  }

  as(name: string): Column {
    return new Column({ kind: 'alias', child: this.expression, name })
  }

  alias(name: string): Column {
    return this.as(name)
  }

  /** After `F.when(…)`: the next condition. @throws INVALID_API_USE */
  when(condition: Column, value: ColumnOrLiteral): Column {
    const { expression } = this
    if (expression.kind !== 'case' || expression.otherwise) throw misuse('when() follows another when()')
    const branch = { when: condition.expression, value: toColumn(value).expression }
    return new Column({ ...expression, branches: [...expression.branches, branch] })
  }

  /** After `when`: the value when no condition holds. @throws INVALID_API_USE */
  otherwise(value: ColumnOrLiteral): Column {
    const { expression } = this
    if (expression.kind !== 'case' || expression.otherwise) throw misuse('otherwise() follows when() and comes once')
    return new Column({ ...expression, otherwise: toColumn(value).expression })
  }

  asc = (): Column => this.#sorted('asc')
  ascNullsFirst = (): Column => this.#sorted('asc', 'first')
  ascNullsLast = (): Column => this.#sorted('asc', 'last')
  desc = (): Column => this.#sorted('desc')
  descNullsFirst = (): Column => this.#sorted('desc', 'first')
  descNullsLast = (): Column => this.#sorted('desc', 'last')

  #binary(name: string, other: ColumnOrLiteral): Column {
    return functionOf(name, this, other)
  }

  #sorted(direction: 'asc' | 'desc', nulls?: 'first' | 'last'): Column {
    return new Column({ kind: 'sortOrder', child: this.expression, direction, ...(nulls ? { nulls } : {}) })
  }
}

const misuse = (reason: string): MillraceError => new MillraceError('INVALID_API_USE', { reason })
const typeOf = (type: string | DataType): DataType => (typeof type === 'string' ? parseDataType(type) : type)

/** A column by name: `a`, `t.a`, `struct.field`, `*`, `t.*`; a name with other characters stands in backquotes. */
export function col(name: string): Column {
  if (name === '*') return new Column({ kind: 'star', target: [] })
  const parts = [...name.matchAll(/`((?:[^`]|``)*)`|([^.`]+)/g)].map((m) => m[1]?.replaceAll('``', '`') ?? m[2]!)
  if (parts.at(-1) === '*') return new Column({ kind: 'star', target: parts.slice(0, -1) })
  return new Column({ kind: 'attribute', parts: parts.length === 0 ? [name] : parts })
}

/** A constant: numbers that are whole and small are int, other whole ones bigint, the rest double; a Date is a timestamp. */
export function lit(value: ColumnOrLiteral): Column {
  return toColumn(value)
}

/** An expression written in SQL. @throws PARSE_SYNTAX_ERROR */
export function expr(sql: string): Column {
  return new Column(parseExpression(sql))
}

export function toColumn(value: ColumnOrLiteral): Column {
  return value instanceof Column ? value : new Column(literalOf(value))
}

/** A column given by name or as such. */
export function nameOrColumn(value: Column | string): Column {
  return typeof value === 'string' ? col(value) : value
}

function literalOf(value: Literal): UnresolvedExpression {
  if (value === null) return { kind: 'literal', type: VOID, value }
  if (typeof value === 'boolean') return { kind: 'literal', type: BOOLEAN, value }
  if (typeof value === 'string') return { kind: 'literal', type: STRING, value }
  if (typeof value === 'bigint') return { kind: 'literal', type: BIGINT, value }
  if (value instanceof Date) return { kind: 'literal', type: TIMESTAMP, value: BigInt(value.getTime()) * 1000n }
  if (value instanceof Decimal) {
    const digits = (value.unscaled < 0n ? -value.unscaled : value.unscaled).toString().length
    return { kind: 'literal', type: decimal(Math.max(digits, value.scale, 1), value.scale), value: value.unscaled }
  }
  if (!Number.isInteger(value)) return { kind: 'literal', type: DOUBLE, value }
  return Math.abs(value) <= MAX_INT
    ? { kind: 'literal', type: INT, value }
    : { kind: 'literal', type: BIGINT, value: BigInt(value) }
}

/** A call of a function by its SQL name. */
export function functionOf(name: string, ...args: readonly ColumnOrLiteral[]): Column {
  return new Column({ kind: 'function', name, args: args.map((arg) => toColumn(arg).expression) })
}
