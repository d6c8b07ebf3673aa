import { MillraceError } from '../../common/errors/millrace-error.js'
import type { ColumnNames, ColumnShape, ValueKind } from '../../planner/plan/unresolved/column-shape.js'
import type { UnresolvedRelation } from '../../planner/plan/unresolved/relation.js'
import { tellingCallerNow } from '../call-site.js'
import { tableName } from '../column/column-name.js'
import { type Literal, literalOf } from '../column/literal.js'
import type { AnyRow, ColumnsOf } from '../column/row.js'
import type { MakeFrame } from './cogrouped-data.js'
import type { DataFrame } from './data-frame.js'
import type { Filled, Filling, WithoutNulls } from './filled-types.js'
import { listOf, type OneOrMore } from './one-or-more.js'

/** Values by those that they replace. */
export type Replacements = ReadonlyMap<Filling, Filling | null> | Readonly<Record<string, string | null>>

/** `df.na`: what is done about NULLs, and NaNs. */
export class DataFrameNaFunctions<R extends object = AnyRow> {
  readonly #plan: UnresolvedRelation
  readonly #frameOf: MakeFrame

  constructor(plan: UnresolvedRelation, frameOf: MakeFrame) {
    this.#plan = plan
    this.#frameOf = frameOf
  }

  /**
   * Leaves out rows in which any of some columns, or all of them, are NULL or NaN, or fewer than so many are neither.
   * @param columns all when undefined. @throws INVALID_API_USE
   */
  drop<const C extends ColumnsOf<R> = ColumnsOf<R>>(how?: 'any', columns?: OneOrMore<C>): DataFrame<WithoutNulls<R, C>>
  drop(how: 'all' | number, columns?: OneOrMore<ColumnsOf<R>>): DataFrame<R>
  drop(how: 'any' | 'all' | number = 'any', columns?: OneOrMore<string>): object {
    return tellingCallerNow(this.drop, () =>
      this.#shaped({ kind: 'dropNulls', ...leastOf(how), ...(columns ? { columns: namesOf(columns) } : {}) }),
    )
  }

  /**
   * A value in the place of NULL, and NaN, in columns of its kind (numbers, texts or booleans), or a value for each of some columns, which is
   * cast to their type.
   */
  fill<const V extends Filling, const C extends ColumnsOf<R> = ColumnsOf<R>>(
    value: V,
    columns?: OneOrMore<C>,
  ): DataFrame<Filled<R, V, C>>
  fill<const M extends { readonly [C in ColumnsOf<R>]?: Filling }>(values: M): DataFrame<WithoutNulls<R, keyof M>>
  fill(value: Filling | Readonly<Record<string, Filling>>, columns?: OneOrMore<string>): object {
    return tellingCallerNow(this.fill, () => {
      if (typeof value !== 'object') {
        const fill = { value: literalOf(value), kind: kindOf(value), ...(columns ? { columns: namesOf(columns) } : {}) }
        return this.#shaped({ kind: 'fillNulls', fills: [fill] })
      }
      const fills = Object.entries(value).map(
        ([name, filling]) => ({ value: literalOf(filling), kind: 'any', columns: namesOf([name]) }) as const,
      )
      return this.#shaped({ kind: 'fillNulls', fills })
    })
  }

  /**
   * Other values in the place of some: `replace(1, 2)`, `replace([1, 2], [3, 4], ['a'])`, `replace(new Map([[1, null]]))`. Values are all
   * numbers, all texts or all booleans, and stand in columns of that kind.
   * @throws INVALID_API_USE for values of several kinds
   */
  replace(values: Replacements, value?: undefined, columns?: OneOrMore<ColumnsOf<R>>): DataFrame<R>
  replace<V extends Filling>(
    from: V | readonly V[],
    to: V | null | readonly (V | null)[],
    columns?: OneOrMore<ColumnsOf<R>>,
  ): DataFrame<R>
  replace(
    from: Filling | readonly Filling[] | Replacements,
    to?: Filling | null | readonly (Filling | null)[],
    columns?: OneOrMore<string>,
  ): object {
    return tellingCallerNow(this.replace, () => {
      const pairs = pairsOf(from, to)
      return this.#shaped({
        kind: 'replaceValues',
        of: kindOfAll(pairs.flat().filter((value) => value !== null)),
        pairs: pairs.map(([a, b]) => ({ from: literalOf(a), to: literalOf(b) })),
        ...(columns ? { columns: namesOf(columns) } : {}),
      })
    })
  }

  #shaped(shape: ColumnShape): object {
    return this.#frameOf({ kind: 'byColumns', input: this.#plan, shape })
  }
}

/** @throws INVALID_ATTRIBUTE_NAME_SYNTAX */
export const namesOf = (columns: OneOrMore<string>): ColumnNames => listOf(columns).map(tableName)

function leastOf(how: 'any' | 'all' | number): { readonly atLeast?: number } {
  if (how === 'any') return {}
  if (how === 'all') return { atLeast: 1 }
  if (Number.isSafeInteger(how)) return { atLeast: how }
  throw misuse(`na.drop(${how}): it is 'any', 'all' or how many values a row must have`)
}

function kindOf(value: Filling): Exclude<ValueKind, 'any'> {
  const kind = typeof value
  return kind === 'string' || kind === 'boolean' ? kind : 'number'
}

function kindOfAll(values: readonly Filling[]): ValueKind {
  const kinds = new Set(values.map(kindOf))
  if (kinds.size > 1) throw misuse(`na.replace takes values of one kind, not ${[...kinds].join(' and ')} together`)
  return [...kinds][0] ?? 'any'
}

type Pair = readonly [from: Filling, to: Filling | null]

function pairsOf(
  from: Filling | readonly Filling[] | Replacements,
  to: Filling | null | readonly (Filling | null)[] | undefined,
): readonly Pair[] {
  if (from instanceof Map) return [...(from as ReadonlyMap<Filling, Filling | null>)]
  if (typeof from === 'object' && !isList(from)) return Object.entries(from as Record<string, string | null>)
  const sources = isList(from) ? from : [from as Filling]
  if (to === undefined) throw misuse('na.replace needs the values that replace others')
  if (!isList(to)) return sources.map((source) => [source, to as Filling | null])
  if (to.length !== sources.length)
    throw misuse(`na.replace got ${sources.length} values and ${to.length} that replace them`)
  return sources.map((source, i) => [source, to[i] as Filling | null])
}

const isList = (value: unknown): value is readonly Literal[] => Array.isArray(value)

const misuse = (reason: string): MillraceError => new MillraceError('INVALID_API_USE', { reason })
