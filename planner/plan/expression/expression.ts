import type { DataType } from '../../../columnar/types.js'
import type { Origin } from '../../../common/errors/condition.js'
import type { AggregateFunction, ScalarFunction, WindowFunction } from './functions.js'
import type { LiteralValue } from './literal.js'
import type { Routine } from './routine.js'
import type { TextOptions } from './text-options.js'

/** Identifies a column across a plan, whatever it is called; unique within a session. */
export type ExprId = number & { readonly __brand: 'ExprId' }

interface Typed {
  readonly type: DataType
  readonly nullable: boolean
  /** The text it was written as, for errors at analysis and at run time. */
  readonly origin?: Origin
}

/** A resolved expression: every node typed, coerced and known to exist. Frozen; a rewrite that changes nothing returns the same object. */
export type Expression =
  | Literal
  | AttributeReference
  | BoundReference
  | Call
  | Cast
  | Case
  | In
  | GetField
  | Lambda
  | LambdaVariable

export interface Literal extends Typed {
  readonly kind: 'literal'
  readonly value: LiteralValue
  /** Which of a plan's literals it is, in plans that are compiled: those of one number are equal, those of two are not. */
  readonly number?: number
}

/** A column of the input, by id. In logical plans. */
export interface AttributeReference extends Typed {
  readonly kind: 'attribute'
  readonly id: ExprId
  readonly name: string
  readonly charLength?: number
  readonly comment?: string
}

/** A column of the input, by position. In physical plans, where it replaces every AttributeReference. */
export interface BoundReference extends Typed {
  readonly kind: 'bound'
  readonly ordinal: number
  readonly name: string
}

export interface Call extends Typed {
  readonly kind: 'call'
  readonly fn: ScalarFunction
  readonly args: readonly Expression[]
  /** Of `routine`: which. */
  readonly routine?: Routine
  /** What becomes of rows for which the function has no result; it raises when absent. */
  readonly failure?: Failure
  /** Of a function that reads or writes texts. */
  readonly options?: TextOptions
}

/**
 * NULL; or what Java makes of a number that has no room in its type: of whole numbers the lowest bits, of others the nearest whole number; or of a map
 * that would have a key twice the value that it had last.
 */
export type Failure = 'null' | 'wrap' | 'last'

/** What a value that does not fit does: raise, become NULL, or as in Spark outside of ANSI mode wrap, if a whole number, or become NULL. */
export type CastMode = 'ansi' | 'try' | 'lenient'

export interface Cast extends Typed {
  readonly kind: 'cast'
  readonly child: Expression
  readonly mode: CastMode
  /** The column of a table that the value is for, of a cast that an INSERT adds. */
  readonly column?: string
  /** Whose clocks say what instant a date or a time of day is, of casts that depend on it; UTC when absent. */
  readonly timeZone?: string
}

export interface Case extends Typed {
  readonly kind: 'case'
  readonly branches: readonly { readonly when: Expression; readonly value: Expression }[]
  /** NULL when absent. */
  readonly otherwise?: Expression
}

/** `child in (v, …)` over literals of the child's type; a list with other expressions becomes a chain of `or`. */
export interface In extends Typed {
  readonly kind: 'in'
  readonly child: Expression
  readonly list: readonly LiteralValue[]
}

/** A field of a struct. */
export interface GetField extends Typed {
  readonly kind: 'getField'
  readonly child: Expression
  readonly ordinal: number
}

/** `(x, y) -> body`, an argument of functions that compute it for elements of arrays and maps. Its type is that of the body. */
export interface Lambda extends Typed {
  readonly kind: 'lambda'
  readonly parameters: readonly LambdaVariable[]
  readonly body: Expression
}

/** A parameter, and what refers to it in the body: to the innermost one around it that has its level. */
export interface LambdaVariable extends Typed {
  readonly kind: 'variable'
  readonly name: string
  /** In physical plans it is the number of parameters of the lambdas around. */
  readonly level: number
}

export type ExpressionKind = Expression['kind']

/** A column that a relation produces. */
export interface Attribute {
  readonly id: ExprId
  readonly name: string
  readonly type: DataType
  readonly nullable: boolean
  /** The alias of the relation it came from, for `t.a` and messages; before that of a table of the catalog where it lies. */
  readonly qualifier?: readonly string[]
  /** Of a column of `char(n)`: how long its texts are, which comparisons look at. */
  readonly charLength?: number
  /** What its table or view says of it. */
  readonly comment?: string
  /**
   * Only seen by its qualified name: the other side's column of a join USING it. Gone where a relation is named, and from results.
   * `unlessNamed`: seen by any of its names, and not where all columns are; it stays where a relation is named.
   */
  readonly isHidden?: boolean | 'unlessNamed'
}

/** An expression of a select list under its name and id. A plain column keeps its own id. */
export interface NamedExpression {
  readonly id: ExprId
  readonly name: string
  readonly expression: Expression
  /** The alias of a derived table whose column it is, for `t.a` above it. */
  readonly qualifier?: readonly string[]
  readonly isHidden?: Attribute['isHidden']
  readonly charLength?: number
  /** In place of that of a plain column; an empty one says that there is none. */
  readonly comment?: string
}

/** An aggregate of a GROUP BY. `type` is the result's; sum(decimal(p,s)) is decimal(p+10,s), avg is Spark's too. */
export interface AggregateCall {
  readonly id: ExprId
  readonly name: string
  readonly fn: AggregateFunction
  /** Of `fold`: which. */
  readonly fold?: Fold
  /** Of `collect`: what becomes of the bytes before they go on to other tasks. */
  readonly shortened?: Shortening
  readonly args: readonly Expression[]
  readonly distinct: boolean
  readonly filter?: Expression
  readonly type: DataType
  readonly nullable: boolean
  readonly origin?: Origin
}

/** How a function of the user makes less of collected bytes: it is called with what is made of them (column 0), and bytes are made of what it gives (column 0) and of those before (1). */
export interface Shortening {
  readonly call: Call
  readonly bytes: Call
}

/** A column of the state of a fold: NULL at first, or zero where it is never NULL. */
export interface FoldColumn {
  readonly name: string
  readonly type: DataType
  readonly nullable: boolean
}

/**
 * An aggregate that is said with expressions: generated code keeps the columns of its state in the row of a group or in locals, over windows
 * too, and hands them on to other tasks. Expressions refer to columns by position (`bound`).
 */
export interface Fold {
  /** The function as plans print it. */
  readonly label: string
  readonly state: readonly FoldColumn[]
  /** What each column becomes with a row: over the state, then the arguments. */
  readonly added: readonly Expression[]
  /** What each becomes with the state of other rows: over the state, then the other one. */
  readonly merged: readonly Expression[]
  /** Over the state. */
  readonly result: Expression
  /** Rows with a NULL argument are added too. */
  readonly takesNull?: true
  /** What comes of it depends on the order of rows, so that moving frames of windows are computed from their first row on. */
  readonly isOrdered?: true
}

export interface SortOrder {
  readonly expression: Expression
  readonly direction: 'asc' | 'desc'
  readonly nulls: 'first' | 'last'
}

/** A function over a window; the keys of the window are those of the node it is of. */
export interface WindowCall {
  readonly id: ExprId
  readonly name: string
  readonly fn: WindowFunction
  /** Of `fold`: which. */
  readonly fold?: Fold
  /** Of `collect`: what is made of the bytes, which are column 0. */
  readonly finish?: Call
  readonly args: readonly Expression[]
  readonly filter?: Expression
  /** Whether rows whose argument is NULL do not count, for functions that pick a row. */
  readonly ignoresNulls: boolean
  /** How many parts, or which row of the frame, for the functions that are told. */
  readonly n?: number
  readonly frame: WindowFrame
  readonly type: DataType
  readonly nullable: boolean
  readonly origin?: Origin
}

/** The rows of the partition that a function sees from the current one. */
export interface WindowFrame {
  readonly unit: 'rows' | 'range'
  readonly lower: FrameBound
  readonly upper: FrameBound
}

export type FrameBound =
  /** Where the partition begins, or ends. */
  | { readonly kind: 'unbounded' }
  /** The current row; of a range the first, or last, of those that are equal to it by the order. */
  | { readonly kind: 'current' }
  /** So many rows behind the current one, or before it where negative. */
  | { readonly kind: 'offset'; readonly offset: number }
  /** Of a range over one key: where the key has a value that is computed from the current row. The key as a value of that type. */
  | { readonly kind: 'value'; readonly value: Expression; readonly key: Expression }
