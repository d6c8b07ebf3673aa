import { MillraceError } from '../../common/errors/millrace-error.js'
import { tellingCaller, tellingCallerNow } from '../call-site.js'
import type { Column } from '../column/column.js'
import type { AllChecked, Selected } from '../column/column-types.js'
import type { AnyRow, ColumnsOf } from '../column/row.js'
import type { DataFrame } from './data-frame.js'
import type { Filled, Filling, WithoutNulls } from './filled-types.js'
import { DataFrameNaFunctions, namesOf, type Replacements } from './na-functions.js'
import { type Observation, observed } from './observation.js'
import type { OneOrMore } from './one-or-more.js'
import { RelationShapes } from './relation-shapes.js'
import { DataFrameStatFunctions } from './stat-functions.js'
import { crossed, frequentItems, ofPairs, quantiles } from './statistics.js'

const DESCRIBED = ['count', 'mean', 'stddev', 'min', 'max']
const SUMMARIZED = ['count', 'mean', 'stddev', 'min', '25%', '50%', '75%', 'max']
const DEFAULT_SUPPORT = 0.01

/** What tells of the values of a relation: how many, how large, how often; and what is done about those that are missing. */
export abstract class RelationStatistics<R extends object = AnyRow> extends RelationShapes<R> {
  get na(): DataFrameNaFunctions<R> {
    return new DataFrameNaFunctions<R>(this.plan, (plan) => this.frameOf(plan))
  }

  get stat(): DataFrameStatFunctions<R> {
    return new DataFrameStatFunctions<R>(this)
  }

  /**
   * The rows as they are; of all of them aggregates are made while an action runs. An `Observation` gets those of the first action, `progress.observedMetrics` of a
   * stream those of each batch, by the name.
   * @throws REUSE_OBSERVATION, INVALID_API_USE for an Observation of a stream, and when it is analyzed INVALID_OBSERVED_METRICS.*, DUPLICATED_METRICS_NAME
   */
  observe<const A extends readonly [Column, ...Column[]]>(
    as: string | Observation | Observation<Selected<R, A>>,
    ...metrics: A & AllChecked<R, A>
  ): DataFrame<R> {
    return this.frameOf<R>(tellingCallerNow(this.observe, () => observed(this.plan, this.isStreaming, as, metrics)))
  }

  /** As `na.drop`. */
  dropna<const C extends ColumnsOf<R> = ColumnsOf<R>>(
    how?: 'any',
    columns?: OneOrMore<C>,
  ): DataFrame<WithoutNulls<R, C>>
  dropna(how: 'all' | number, columns?: OneOrMore<ColumnsOf<R>>): DataFrame<R>
  dropna(how: 'any' | 'all' | number = 'any', columns?: OneOrMore<ColumnsOf<R>>): object {
    return this.na.drop(how as 'all', columns)
  }

  /** As `na.fill`. */
  fillna<const V extends Filling, const C extends ColumnsOf<R> = ColumnsOf<R>>(
    value: V,
    columns?: OneOrMore<C>,
  ): DataFrame<Filled<R, V, C>>
  fillna<const M extends { readonly [C in ColumnsOf<R>]?: Filling }>(values: M): DataFrame<WithoutNulls<R, keyof M>>
  fillna(value: Filling | object, columns?: OneOrMore<ColumnsOf<R>>): object {
    return this.na.fill(value as Filling, columns)
  }

  /** As `na.replace`. */
  replace(values: Replacements, value?: undefined, columns?: OneOrMore<ColumnsOf<R>>): DataFrame<R>
  replace<V extends Filling>(
    from: V | readonly V[],
    to: V | null | readonly (V | null)[],
    columns?: OneOrMore<ColumnsOf<R>>,
  ): DataFrame<R>
  replace(from: object | Filling, to?: object | Filling | null, columns?: OneOrMore<ColumnsOf<R>>): object {
    return this.na.replace(from as Filling, to as Filling, columns)
  }

  /** Count, mean, standard deviation, least and greatest value of columns of numbers and texts, a row each, as texts. */
  describe(...columns: readonly ColumnsOf<R>[]): DataFrame {
    return tellingCallerNow(this.describe, () => this.#summary(DESCRIBED, columns))
  }

  /**
   * Statistics of all columns of numbers and texts, a row each, as texts: `count`, `count_distinct`, `approx_count_distinct`, `mean`, `stddev`,
   * `min`, `max` and percentiles such as `25%`. Without any those of `describe` and the quartiles.
   */
  summary(...statistics: readonly string[]): DataFrame {
    return this.#summary(statistics.length === 0 ? SUMMARIZED : statistics, [])
  }

  /** The correlation of two columns. NULL counts as 0, as in Spark. @throws INVALID_API_USE unless both are of numbers */
  corr(a: ColumnsOf<R>, b: ColumnsOf<R>, method: 'pearson' = 'pearson'): Promise<number> {
    return tellingCaller(this.corr, async () => {
      if (method !== 'pearson') throw new MillraceError('INVALID_API_USE', { reason: 'corr() knows pearson only' })
      return (await ofPairs(this.session.engine, this.query, 'corr', [a, b])) ?? Number.NaN
    })
  }

  /** The sample covariance of two columns. NULL counts as 0, as in Spark. @throws INVALID_API_USE unless both are of numbers */
  cov(a: ColumnsOf<R>, b: ColumnsOf<R>): Promise<number> {
    return tellingCaller(
      this.cov,
      async () => (await ofPairs(this.session.engine, this.query, 'covar_samp', [a, b])) ?? 0,
    )
  }

  /**
   * The values of a column at some parts, from 0 to 1, of the way from its least to its greatest; of several columns a list for each. NULL and NaN do not count.
   * @param relativeError how far the ranks of the values may be off: they are exact
   */
  approxQuantile(column: ColumnsOf<R>, probabilities: readonly number[], relativeError: number): Promise<number[]>
  approxQuantile(
    columns: readonly ColumnsOf<R>[],
    probabilities: readonly number[],
    relativeError: number,
  ): Promise<number[][]>
  approxQuantile(
    columns: OneOrMore<ColumnsOf<R>>,
    probabilities: readonly number[],
    relativeError: number,
  ): Promise<number[] | number[][]> {
    return tellingCaller(this.approxQuantile, async () => {
      const wrong = probabilities.find((part) => !(part >= 0 && part <= 1))
      if (wrong !== undefined) throw misuse(`approxQuantile at ${wrong}: parts are from 0 to 1`)
      if (!(relativeError >= 0))
        throw misuse(`approxQuantile with a relative error of ${relativeError}: it is 0 or more`)
      const isOne = typeof columns === 'string'
      const found = await quantiles(this.session.engine, this.query, isOne ? [columns] : columns, probabilities)
      return isOne ? found[0]! : found
    })
  }

  /** How often each value of one column comes with each of another: a row for each of the first, `first_second`, and a column for each of the second. */
  crosstab(first: ColumnsOf<R>, second: ColumnsOf<R>): DataFrame {
    return tellingCallerNow(this.crosstab, () => this.frameOf(crossed(this.plan, first, second)))
  }

  /** One row with a list for each column, `a_freqItems`: the values that at least this part of the rows have. @throws INVALID_API_USE */
  freqItems(columns: readonly ColumnsOf<R>[], support = DEFAULT_SUPPORT): DataFrame {
    return tellingCallerNow(this.freqItems, () => this.frameOf(frequentItems(this.plan, columns, support)))
  }

  #summary(statistics: readonly string[], columns: readonly string[]): DataFrame {
    const names = columns.length === 0 ? {} : { columns: namesOf(columns) }
    return this.frameOf({ kind: 'byColumns', input: this.plan, shape: { kind: 'summary', statistics, ...names } })
  }
}

const misuse = (reason: string): MillraceError => new MillraceError('INVALID_API_USE', { reason })
