import type { Nested } from '../../../columnar/column-buffers.js'
import type { DataType } from '../../../columnar/types.js'
import type { Origin } from '../../../common/errors/condition.js'
import type { LiteralValue } from '../expression/literal.js'
import type { FrameTag } from './frame-tags.js'
import type { UnresolvedRelation } from './relation.js'
import type { WrittenFunction } from './sql-function.js'

/**
 * Expressions by name, as a front end (SQL, DataFrame, later Spark Connect) makes them. Kinds follow the expression
 * messages of Spark Connect. Operators are functions too: `a + b` is `{ kind: 'function', name: '+', … }`; the
 * names of operators are `+ - * / % div = <=> != < <= > >= and or not`, those of signs are `+` and `-` with one operand.
 */
export type UnresolvedExpression =
  | {
      readonly kind: 'literal'
      readonly type: DataType
      readonly value: LiteralValue
      /** The text of a date or timestamp that depends on the session's time zone or on the clock; `value` is NULL. */
      readonly written?: string
      readonly origin?: Origin
    }
  /** `a`, `t.a`, `t.a.b`: parts as written, without quotes; what is table, column or field is for the analyzer to say. */
  | {
      readonly kind: 'attribute'
      readonly parts: readonly string[]
      /** What the name means where no column has it. */
      readonly variable?: SessionVariable
      /** The parts behind the name of the variable: fields of its value. */
      readonly within?: readonly string[]
      /** The DataFrame that it is a column of. */
      readonly of?: FrameTag
      /** Whether IDENTIFIER gave the name: Spark calls such a column as it does an expression. */
      readonly isComputed?: true
      readonly origin?: Origin
    }
  /** `*`, `t.*` or `struct.*`, without the columns that EXCEPT names. */
  | {
      readonly kind: 'star'
      readonly target: readonly string[]
      readonly except?: readonly (readonly string[])[]
      /** The pattern that names fit; as a whole, as names are compared. */
      readonly matching?: string
      /** The DataFrame whose columns it stands for. */
      readonly of?: FrameTag
      readonly origin?: Origin
    }
  | {
      readonly kind: 'function'
      readonly name: string
      /** The parts of a name that has several, or is none of the engine's; where it says that a function of the engine is meant, `name` is that one's. */
      readonly path?: readonly string[]
      /** What the name means where no function of the engine has it. */
      readonly written?: WrittenFunction
      readonly args: readonly UnresolvedExpression[]
      readonly distinct?: boolean
      /** `agg(…) filter (where …)`. */
      readonly filter?: UnresolvedExpression
      /** `first(…) ignore nulls`. */
      readonly nulls?: 'ignore' | 'respect'
      /** `agg(…) within group (order by …)`. */
      readonly withinGroup?: readonly UnresolvedExpression[]
      readonly origin?: Origin
    }
  /** `f(…) over (…)`. */
  | {
      readonly kind: 'window'
      readonly function: UnresolvedCall
      readonly over: UnresolvedWindow
      readonly origin?: Origin
    }
  | {
      readonly kind: 'cast'
      readonly child: UnresolvedExpression
      readonly type: DataType
      /** As the session is set, or in any case as CAST in ANSI mode or TRY_CAST does it. */
      readonly mode: 'session' | 'ansi' | 'try'
      readonly origin?: Origin
    }
  /** `case when c then v … else e end`; the simple form is rewritten to this one by the front end. */
  | {
      readonly kind: 'case'
      readonly branches: readonly { readonly when: UnresolvedExpression; readonly value: UnresolvedExpression }[]
      readonly otherwise?: UnresolvedExpression
      readonly origin?: Origin
    }
  | {
      readonly kind: 'in'
      readonly child: UnresolvedExpression
      readonly list: readonly UnresolvedExpression[]
      readonly origin?: Origin
    }
  /** `(select …)` as a value: the one column of its one row, or NULL. */
  | { readonly kind: 'scalarSubquery'; readonly query: UnresolvedRelation; readonly origin?: Origin }
  | { readonly kind: 'exists'; readonly query: UnresolvedRelation; readonly origin?: Origin }
  | {
      readonly kind: 'inSubquery'
      /** One for each column of the query. */
      readonly children: readonly UnresolvedExpression[]
      readonly query: UnresolvedRelation
      readonly origin?: Origin
    }
  /** `e.field` where `e` is no name: a field of the struct it gives. */
  | {
      readonly kind: 'extractValue'
      readonly child: UnresolvedExpression
      readonly field: string
      readonly origin?: Origin
    }
  /** `(x, y) -> body`, an argument of a function. */
  | {
      readonly kind: 'lambda'
      readonly parameters: readonly string[]
      readonly body: UnresolvedExpression
      readonly origin?: Origin
    }
  /** `name => value`, an argument of a function. */
  | {
      readonly kind: 'namedArgument'
      readonly name: string
      readonly child: UnresolvedExpression
      readonly origin?: Origin
    }
  | { readonly kind: 'alias'; readonly child: UnresolvedExpression; readonly name: string; readonly origin?: Origin }
  /** `f(…) as (a, b)`: names of the columns that a generator gives. */
  | {
      readonly kind: 'aliases'
      readonly child: UnresolvedExpression
      readonly names: readonly string[]
      readonly origin?: Origin
    }
  | {
      readonly kind: 'sortOrder'
      readonly child: UnresolvedExpression
      readonly direction: 'asc' | 'desc'
      /** Spark's default: first when ascending, last when descending. */
      readonly nulls?: 'first' | 'last'
      readonly origin?: Origin
    }

/** A variable of the session with the value that it had when a query was made. */
export interface SessionVariable {
  /** Of a variable of a script: what it may be qualified with. */
  readonly label?: string
  /** In lower case. */
  readonly name: string
  readonly type: DataType
  /** Of a struct an object, by `rowKeys`; of an array a list, of a map a `Map`. */
  readonly value: Nested<LiteralValue>
}

export type UnresolvedExpressionKind = UnresolvedExpression['kind']

export type UnresolvedCall = Extract<UnresolvedExpression, { kind: 'function' }>

export type UnresolvedWindow =
  /** A name that no WINDOW clause defines. */
  { readonly kind: 'named'; readonly name: string } | WindowSpec

export interface WindowSpec {
  readonly kind: 'spec'
  readonly partitionBy: readonly UnresolvedExpression[]
  /** Sort orders, or expressions that are ascending. */
  readonly orderBy: readonly UnresolvedExpression[]
  readonly frame?: UnresolvedFrame
  readonly origin?: Origin
}

export interface UnresolvedFrame {
  readonly unit: 'rows' | 'range'
  readonly lower: UnresolvedBound
  readonly upper: UnresolvedBound
}

export type UnresolvedBound =
  | { readonly kind: 'unboundedPreceding' | 'unboundedFollowing' | 'currentRow' }
  | { readonly kind: 'preceding' | 'following'; readonly offset: UnresolvedExpression }
