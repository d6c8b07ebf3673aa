import type { DataType } from '../../../../columnar/types.js'
import type { Call, Expression, Fold, Shortening, SortOrder } from '../../../plan/expression/expression.js'
import type { AggregateFunction } from '../../../plan/expression/functions.js'
import type { UnresolvedCall, UnresolvedExpression } from '../../../plan/unresolved/expression.js'
import type { CollatedArguments } from '../../collations/aggregated.js'
import type { Printed } from '../../printing.js'
import type { NamedParameter } from '../../sql-functions/named-arguments.js'
import type { CallSite, FunctionHelp } from '../definition.js'

/** An aggregate of the plan that a function is made of. */
export interface AggregateShape {
  readonly fn: AggregateFunction
  /** Of `fold`: which. */
  readonly fold?: Fold
  /** Of `collect`: what is made of the bytes, which are column 0. */
  readonly finish?: Call
  /** Of `collect`: what becomes of the bytes before they go on to other tasks. */
  readonly shortened?: Shortening
  readonly args: readonly Expression[]
  readonly type: DataType
  readonly nullable: boolean
  /** Whether rows whose argument is NULL do not count, of those that pick a row. */
  readonly ignoresNulls?: boolean
}

/** A call of an aggregate, its arguments resolved. */
export interface AggregateSite extends CallSite {
  readonly call: UnresolvedCall
  /** What stands in WITHIN GROUP (ORDER BY …). */
  readonly orders: readonly SortOrder[]
  /** A part of the call as SQL in quotes. */
  textOf(e: UnresolvedExpression): string
  /** The result of an aggregate over the rows of the call: with its FILTER and its DISTINCT, grouped or over its window. */
  of(shape: AggregateShape): Expression
}

/**
 * An aggregate function: how many arguments it takes, and what it is made of. It may be an expression over aggregates of the plan, and with a
 * `fold` (`fold.ts`) or collected values (`collected.ts`) of one that is said nowhere else.
 */
export interface AggregateDefinition {
  readonly minArgs: number
  readonly maxArgs: number
  /** Whether it counts rows where its argument is a star. */
  readonly countsRows?: true
  /** What becomes of arguments that have collations; where nothing is said, it is refused for them. */
  readonly collations?: CollatedArguments
  readonly printed?: Printed
  /** Whether IGNORE NULLS may stand behind it. */
  readonly choosesNulls?: true
  /** Whether WITHIN GROUP (ORDER BY …) must, or may, stand behind it, and whether then DISTINCT may stand before the arguments. */
  readonly withinGroup?: WithinGroup
  /** Whether a window that the call is over must have neither an order nor a frame. */
  isOfPartitions?(call: UnresolvedCall): boolean
  build(args: readonly Expression[], site: AggregateSite): Expression
  /** Of a function whose arguments may be given by name: these names, in order. */
  readonly parameters?: readonly NamedParameter[]
  readonly help?: FunctionHelp
}

export interface WithinGroup {
  /** How many orders there are for so many arguments; `any` where they may be left out. */
  readonly orders: ((args: number) => number) | 'any'
  readonly allowsDistinct: boolean
}

export type AggregateTable = Readonly<Record<string, AggregateDefinition>>

export const oneArgument = (build: AggregateDefinition['build']): AggregateDefinition => ({
  minArgs: 1,
  maxArgs: 1,
  build,
})

export const twoArguments = (build: AggregateDefinition['build']): AggregateDefinition => ({
  minArgs: 2,
  maxArgs: 2,
  build,
})
