import {
  BIGINT,
  BOOLEAN,
  DATE,
  type DataType,
  type DecimalType,
  DOUBLE,
  decimal,
  INT,
  INTERVAL_YM,
  STRING,
  sameType,
  TIMESTAMP,
} from '../../columnar/types.js'
import type { Expression } from '../../planner/plan/expression/expression.js'
import type { ScalarFunction } from '../../planner/plan/expression/functions.js'
import type { LiteralValue } from '../../planner/plan/expression/literal.js'
import type { Random } from '../support/random.js'
import { call, cast, column, literal } from './expressions.js'

/** An expression and the same in DuckDB's dialect, with Spark's semantics spelt out where the two differ. */
export interface Pair {
  readonly expression: Expression
  readonly sql: string
  /** Whether it may raise for some value. DuckDB does not promise that AND and OR shield their right side. */
  readonly mayRaise: boolean
}

export const COLUMN_TYPES: readonly DataType[] = [
  BOOLEAN,
  INT,
  BIGINT,
  decimal(9, 2),
  decimal(15, 4),
  decimal(25, 3),
  DOUBLE,
  STRING,
  DATE,
  TIMESTAMP,
  INT,
  STRING,
  decimal(38, 0),
]

const MIN64 = -(1n << 63n)
const MAX64 = (1n << 63n) - 1n
const STRINGS = [
  '',
  'a',
  'abc',
  'grüner Käse',
  'ab%c_d',
  ' pad  ',
  '日本語',
  'a😀b',
  'PROMO tin',
  'x'.repeat(33),
  'ЖЁлтый',
  'abab',
]

/** A value of a type, extremes included. */
export function randomValue(random: Random, type: DataType): LiteralValue {
  switch (type.kind) {
    case 'boolean':
      return random.chance(0.5)
    case 'int':
      return random.pick([
        0,
        1,
        -1,
        2147483647,
        -2147483648,
        random.integer(-1000, 1000),
        random.integer(-2147483648, 2147483647),
      ])
    case 'bigint':
      return random.pick([0n, 1n, -1n, MAX64, MIN64, BigInt(random.integer(-1000, 1000)), random.bigint(63)])
    case 'decimal': {
      const most = 10n ** BigInt(type.precision) - 1n
      return random.pick([
        0n,
        1n,
        -1n,
        most,
        -most,
        BigInt(random.integer(-99999, 99999)),
        random.bigint(126) % (most + 1n),
      ])
    }
    case 'double':
      return random.pick([0, -0, 1, -1.5, NaN, Infinity, -Infinity, 1e300, 5e-324, 0.1, random.integer(-100, 100) / 8])
    case 'string':
      return random.pick(STRINGS)
    case 'date':
      return random.pick([0, -1, 11016, 19782, -25567, -690000, 2900000, random.integer(-30000, 60000)])
    case 'timestamp':
      return random.pick([0n, -1n, 951825599999999n, random.bigint(51)])
    default:
      return null
  }
}

export function sqlType(type: DataType): string {
  if (type.kind === 'decimal') return `DECIMAL(${type.precision},${type.scale})`
  return type.kind === 'string' ? 'VARCHAR' : type.kind === 'int' ? 'INTEGER' : type.kind.toUpperCase()
}

export function sqlLiteral(type: DataType, value: LiteralValue): string {
  if (value === null) return `CAST(NULL AS ${sqlType(type)})`
  switch (type.kind) {
    case 'string':
      return `'${String(value).replaceAll("'", "''")}'`
    case 'date':
      return `(DATE '1970-01-01' + CAST(${value} AS INTEGER))`
    case 'timestamp':
      return `make_timestamp(CAST(${value} AS BIGINT))`
    case 'decimal': {
      const digits = String(value)
        .replace('-', '')
        .padStart(type.scale + 1, '0')
      const point = digits.length - type.scale
      const text = `${(value as bigint) < 0n ? '-' : ''}${digits.slice(0, point)}.${digits.slice(point)}`
      return `CAST('${text}' AS ${sqlType(type)})`
    }
    case 'double':
      return `CAST('${Object.is(value, -0) ? '-0.0' : String(value)}' AS DOUBLE)`
    default:
      return `CAST('${value}' AS ${sqlType(type)})`
  }
}

/** Makes random expressions of any type over the columns of COLUMN_TYPES. */
export class ExpressionGenerator {
  readonly #random: Random

  constructor(random: Random) {
    this.#random = random
  }

  make(type: DataType, depth: number): Pair {
    if (depth === 0 || this.#random.chance(0.15)) return this.#leaf(type)
    if (this.#random.chance(0.15)) return this.#conditional(type, depth - 1)
    switch (type.kind) {
      case 'boolean':
        return this.#boolean(depth - 1)
      case 'int':
      case 'bigint':
        return this.#integer(type, depth - 1)
      case 'decimal':
        return this.#decimal(type, depth - 1)
      case 'double':
        return this.#double(depth - 1)
      case 'string':
        return this.#string(depth - 1)
      case 'date':
        return this.#date(depth - 1)
      default:
        return this.#leaf(type)
    }
  }

  #leaf(type: DataType): Pair {
    const ordinals = COLUMN_TYPES.flatMap((x, i) => (sameType(x, type) ? [i] : []))
    if (ordinals.length > 0 && this.#random.chance(0.75)) {
      const ordinal = this.#random.pick(ordinals)
      return { expression: column(ordinal, type), sql: `c${ordinal}`, mayRaise: false }
    }
    // No NULLs: an operation with a NULL literal is NULL without the rest being evaluated.
    const value = randomValue(this.#random, type)
    // Hidden from DuckDB's constant folding, which would find some NULLs before anything raises.
    const sql = `CASE WHEN row >= 0 THEN ${sqlLiteral(type, value)} END`
    return { expression: literal(type, value), sql: `(${sql})`, mayRaise: false }
  }

  /** A call whose SQL is made from that of its operands. */
  #call(
    fn: ScalarFunction,
    type: DataType,
    args: readonly Pair[],
    sql: (...args: string[]) => string,
    raises = false,
  ): Pair {
    return {
      expression: call(fn, type, ...args.map((x) => x.expression)),
      sql: sql(...args.map((x) => x.sql)),
      mayRaise: raises || args.some((x) => x.mayRaise),
    }
  }

  #conditional(type: DataType, depth: number): Pair {
    const [a, b] = [this.make(type, depth), this.make(type, depth)]
    if (this.#random.chance(0.3)) return this.#call('coalesce', type, [a, b], (x, y) => `COALESCE(${x}, ${y})`)
    const when = this.make(BOOLEAN, depth)
    const otherwise = this.#random.chance(0.7) ? b : undefined
    const expression: Expression = {
      kind: 'case',
      branches: [{ when: when.expression, value: a.expression }],
      ...(otherwise ? { otherwise: otherwise.expression } : {}),
      type,
      nullable: true,
    }
    const sql = `CASE WHEN ${when.sql} THEN ${a.sql} ${otherwise ? `ELSE ${otherwise.sql}` : ''} END`
    return { expression, sql, mayRaise: when.mayRaise || a.mayRaise || (otherwise?.mayRaise ?? false) }
  }

  #boolean(depth: number): Pair {
    const random = this.#random
    const kind = random.integer(0, 5)
    if (kind <= 1) return this.#comparison(depth)
    if (kind === 2) {
      const args = [this.#comparison(0), this.make(BOOLEAN, depth), this.#comparison(0)]
      if (args.some((x) => x.mayRaise)) return this.#call('not', BOOLEAN, [args[1]!], (x) => `(NOT ${x})`)
      const fn = random.pick(['and', 'or'] as const)
      return this.#call(fn, BOOLEAN, args, (...x) => `(${x.join(` ${fn.toUpperCase()} `)})`)
    }
    const operand = this.make(random.pick(COLUMN_TYPES), depth)
    if (kind === 3) {
      const fn = random.pick(['is_null', 'is_not_null'] as const)
      return this.#call(fn, BOOLEAN, [operand], (x) => `(${x} IS ${fn === 'is_null' ? '' : 'NOT'} NULL)`)
    }
    if (kind === 4) return this.#membership(depth)
    return this.#textTest(depth)
  }

  #comparison(depth: number): Pair {
    const type = this.#random.pick(COLUMN_TYPES)
    const [fn, sign] = this.#random.pick([
      ['eq', '='],
      ['ne', '<>'],
      ['lt', '<'],
      ['le', '<='],
      ['gt', '>'],
      ['ge', '>='],
      ['eq_null_safe', 'IS NOT DISTINCT FROM'],
    ] as const)
    return this.#call(fn, BOOLEAN, [this.make(type, depth), this.make(type, depth)], (a, b) => `(${a} ${sign} ${b})`)
  }

  #membership(depth: number): Pair {
    const type = this.#random.pick([INT, STRING, decimal(9, 2), DATE])
    const child = this.make(type, depth)
    const list = Array.from({ length: this.#random.integer(1, 5) }, () =>
      this.#random.chance(0.1) ? null : randomValue(this.#random, type),
    )
    const expression: Expression = { kind: 'in', child: child.expression, list, type: BOOLEAN, nullable: true }
    const sql = `(${child.sql} IN (${list.map((x) => sqlLiteral(type, x)).join()}))`
    return { expression, sql, mayRaise: child.mayRaise }
  }

  #textTest(depth: number): Pair {
    const text = this.make(STRING, depth)
    const pattern = this.#random.pick(['a%', '%b', '%b%', 'ab', '_b%', '%a%b%', '', '%', 'gr_ner%', '%\\%c\\_%', '__'])
    if (this.#random.chance(0.5)) {
      const operand = { expression: literal(STRING, pattern), sql: `'${pattern}'`, mayRaise: false }
      return this.#call('like', BOOLEAN, [text, operand], (x, y) => `(${x} LIKE ${y} ESCAPE '\\')`)
    }
    const fn = this.#random.pick(['starts_with', 'ends_with', 'contains'] as const)
    return this.#call(fn, BOOLEAN, [text, this.make(STRING, depth)], (x, y) => `${fn}(${x}, ${y})`)
  }

  #integer(type: DataType, depth: number): Pair {
    const random = this.#random
    const kind = random.integer(0, 7)
    if (kind <= 2) {
      const [fn, sign] = random.pick([
        ['add', '+'],
        ['subtract', '-'],
        ['multiply', '*'],
      ] as const)
      return this.#call(
        fn,
        type,
        [this.make(type, depth), this.make(type, depth)],
        (a, b) => `(${a} ${sign} ${b})`,
        true,
      )
    }
    if (kind === 3) {
      const fn = random.pick(['negate', 'abs'] as const)
      return this.#call(fn, type, [this.make(type, depth)], (a) => (fn === 'negate' ? `(- ${a})` : `abs(${a})`), true)
    }
    if (kind === 4) {
      const fn = type.kind === 'bigint' ? random.pick(['remainder', 'int_divide'] as const) : 'remainder'
      // The operands stand several times in the SQL: leaves keep it short. DuckDB refuses MIN % -1, which is 0 in Spark.
      return this.#call(
        fn,
        type,
        [this.#leaf(type), this.#leaf(type)],
        (a, b) => {
          const trouble = `WHEN (${a}) IS NULL THEN NULL WHEN ${b} = 0 THEN error('zero')`
          return fn === 'remainder'
            ? `CASE ${trouble} WHEN ${b} = -1 THEN 0 ELSE ${a} % ${b} END`
            : `CASE ${trouble} WHEN ${b} = -1 THEN - ${a} ELSE ${a} // ${b} END`
        },
        true,
      )
    }
    if (kind === 5 && type.kind === 'int') {
      const fn = random.pick(['year', 'month', 'day'] as const)
      return this.#call(fn, INT, [this.make(DATE, depth)], (x) => `CAST(${fn}(${x}) AS INTEGER)`)
    }
    if (kind === 6 && type.kind === 'int')
      return this.#call('length', INT, [this.make(STRING, depth)], (x) => `CAST(length(${x}) AS INTEGER)`)
    if (kind === 7 && type.kind === 'int') {
      const fn = random.pick(['hour', 'minute', 'second'] as const)
      return this.#call(fn, INT, [this.#leaf(TIMESTAMP)], (x) => `CAST(${fn}(${x}) AS INTEGER)`)
    }
    return this.#cast(this.make(type.kind === 'int' ? BIGINT : INT, depth), type)
  }

  #cast(child: Pair, type: DataType, raises = true): Pair {
    const sql = `CAST(${child.sql} AS ${sqlType(type)})`
    return { expression: cast(child.expression, type), sql, mayRaise: child.mayRaise || raises }
  }

  /** Spark's result types, with a cast to the type asked for around them. */
  #decimal(type: DecimalType, depth: number): Pair {
    const random = this.#random
    const kind = random.integer(0, 4)
    if (kind === 0) return this.#cast(this.make(random.pick([INT, BIGINT]), depth), type)
    if (kind === 1) {
      const fn = random.pick(['negate', 'abs'] as const)
      return this.#call(fn, type, [this.make(type, depth)], (a) => (fn === 'negate' ? `(- ${a})` : `abs(${a})`))
    }
    const [a, b] = [
      random.pick([decimal(9, 2), decimal(15, 4), type]),
      random.pick([decimal(9, 2), decimal(15, 4), decimal(25, 3)]),
    ]
    if (kind === 2 || a.precision + b.precision + 1 > 38) {
      const scale = Math.max(a.scale, b.scale)
      const result = decimal(Math.min(38, Math.max(a.precision - a.scale, b.precision - b.scale) + scale + 1), scale)
      if (Math.max(a.precision - a.scale, b.precision - b.scale) + scale + 1 > 38) return this.#leaf(type)
      const [fn, sign] = random.pick([
        ['add', '+'],
        ['subtract', '-'],
      ] as const)
      const common = sqlType(result)
      const sum = this.#call(
        fn,
        result,
        [this.make(a, depth), this.make(b, depth)],
        (x, y) => `(CAST(${x} AS ${common}) ${sign} CAST(${y} AS ${common}))`,
      )
      return this.#cast(sum, type)
    }
    const result = decimal(a.precision + b.precision + 1, a.scale + b.scale)
    // DuckDB multiplies in 64 bits while both operands are short: one is widened so that the product has room.
    const product = this.#call(
      'multiply',
      result,
      [this.make(a, depth), this.make(b, depth)],
      (x, y) => `(CAST(${x} AS ${sqlType(decimal(38 - b.precision, a.scale))}) * ${y})`,
    )
    return this.#cast(product, type)
  }

  #double(depth: number): Pair {
    const kind = this.#random.integer(0, 3)
    if (kind === 0) return this.#cast(this.make(this.#random.pick([INT, BIGINT]), depth), DOUBLE, false)
    if (kind === 1) {
      return this.#call(
        'divide',
        DOUBLE,
        [this.#leaf(DOUBLE), this.#leaf(DOUBLE)],
        (a, b) => `CASE WHEN ${a} IS NULL THEN NULL WHEN ${b} = 0 THEN error('zero') ELSE ${a} / ${b} END`,
        true,
      )
    }
    const [fn, sign] = this.#random.pick([
      ['add', '+'],
      ['subtract', '-'],
      ['multiply', '*'],
    ] as const)
    return this.#call(fn, DOUBLE, [this.make(DOUBLE, depth), this.make(DOUBLE, depth)], (a, b) => `(${a} ${sign} ${b})`)
  }

  #string(depth: number): Pair {
    const random = this.#random
    const kind = random.integer(0, 4)
    if (kind === 0) {
      return this.#call(
        'concat',
        STRING,
        [this.make(STRING, depth), this.make(STRING, depth)],
        (a, b) => `(${a} || ${b})`,
      )
    }
    if (kind === 1) {
      const [position, count] = [random.integer(1, 5), random.integer(0, 6)]
      const args = [position, count].map((x) => ({ expression: literal(INT, x), sql: String(x), mayRaise: false }))
      return this.#call(
        'substring',
        STRING,
        [this.make(STRING, depth), ...args],
        (a, b, c) => `substring(${a}, ${b}, ${c})`,
      )
    }
    if (kind === 2) {
      const fn = random.pick(['upper', 'lower', 'trim', 'ltrim', 'rtrim'] as const)
      return this.#call(fn, STRING, [this.make(STRING, depth)], (a) => `${fn}(${a})`)
    }
    const child = this.make(random.pick([BOOLEAN, INT, BIGINT, decimal(9, 2), decimal(25, 3), DATE]), depth)
    return this.#cast(child, STRING, false)
  }

  #date(depth: number): Pair {
    const random = this.#random
    if (random.chance(0.4)) return this.#cast(this.#leaf(TIMESTAMP), DATE, false)
    const amount = random.integer(-40, 40)
    if (random.chance(0.5)) {
      const operand = { expression: literal(INT, amount), sql: String(amount), mayRaise: false }
      return this.#call(
        'date_add_days',
        DATE,
        [this.make(DATE, depth), operand],
        (a, b) => `(${a} + CAST(${b} AS INTEGER))`,
      )
    }
    const operand = { expression: literal(INTERVAL_YM, amount), sql: String(amount), mayRaise: false }
    return this.#call(
      'date_add_months',
      DATE,
      [this.make(DATE, depth), operand],
      (a, b) => `CAST(${a} + to_months(${b}) AS DATE)`,
    )
  }
}
