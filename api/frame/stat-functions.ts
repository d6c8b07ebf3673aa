import type { AnyRow } from '../column/row.js'
import type { DataFrame } from './data-frame.js'

type Statistics<R extends object> = Pick<
  DataFrame<R>,
  'approxQuantile' | 'corr' | 'cov' | 'crosstab' | 'freqItems' | 'sampleBy'
>

/** `df.stat`: the statistics that a DataFrame has by itself, too. */
export class DataFrameStatFunctions<R extends object = AnyRow> {
  readonly #frame: Statistics<R>

  constructor(frame: Statistics<R>) {
    this.#frame = frame
  }

  approxQuantile(...args: Parameters<Statistics<R>['approxQuantile']>): ReturnType<Statistics<R>['approxQuantile']> {
    return this.#frame.approxQuantile(...args)
  }

  corr(...args: Parameters<Statistics<R>['corr']>): Promise<number> {
    return this.#frame.corr(...args)
  }

  cov(...args: Parameters<Statistics<R>['cov']>): Promise<number> {
    return this.#frame.cov(...args)
  }

  crosstab(...args: Parameters<Statistics<R>['crosstab']>): DataFrame {
    return this.#frame.crosstab(...args)
  }

  freqItems(...args: Parameters<Statistics<R>['freqItems']>): DataFrame {
    return this.#frame.freqItems(...args)
  }

  sampleBy(...args: Parameters<Statistics<R>['sampleBy']>): DataFrame<R> {
    return this.#frame.sampleBy(...args)
  }
}
