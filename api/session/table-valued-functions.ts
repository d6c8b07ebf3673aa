import type { UnresolvedRelation } from '../../planner/plan/unresolved/relation.js'
import { type Column, toColumn } from '../column/column.js'
import type { DataFrame } from '../frame/data-frame.js'

type Make = (plan: UnresolvedRelation) => DataFrame

/** `session.tvf`: functions that stand in FROM. Columns of the query around, for `lateralJoin`, are `col('a').outer()`. */
export class TableValuedFunction {
  readonly #frameOf: Make

  constructor(frameOf: Make) {
    this.#frameOf = frameOf
  }

  /** The numbers from start (0) up to end, in a column `id`. */
  range(start: number | bigint, end?: number | bigint, step: number | bigint = 1, numPartitions?: number): DataFrame {
    const [from, until] = end === undefined ? [0, start] : [start, end]
    const numbers = [from, until, step, ...(numPartitions === undefined ? [] : [numPartitions])]
    return this.#call('range', numbers.map(toColumn))
  }

  explode(collection: Column): DataFrame {
    return this.#call('explode', [collection])
  }

  explodeOuter(collection: Column): DataFrame {
    return this.#call('explode_outer', [collection])
  }

  posexplode(collection: Column): DataFrame {
    return this.#call('posexplode', [collection])
  }

  posexplodeOuter(collection: Column): DataFrame {
    return this.#call('posexplode_outer', [collection])
  }

  inline(structs: Column): DataFrame {
    return this.#call('inline', [structs])
  }

  inlineOuter(structs: Column): DataFrame {
    return this.#call('inline_outer', [structs])
  }

  /** Fields of a JSON text, each in a column. */
  jsonTuple(json: Column, ...fields: readonly [Column, ...Column[]]): DataFrame {
    return this.#call('json_tuple', [json, ...fields])
  }

  /** So many rows of values. */
  stack(count: Column, ...values: readonly [Column, ...Column[]]): DataFrame {
    return this.#call('stack', [count, ...values])
  }

  variantExplode(variant: Column): DataFrame {
    return this.#call('variant_explode', [variant])
  }

  variantExplodeOuter(variant: Column): DataFrame {
    return this.#call('variant_explode_outer', [variant])
  }

  collations(): DataFrame {
    return this.#call('collations', [])
  }

  sqlKeywords(): DataFrame {
    return this.#call('sql_keywords', [])
  }

  #call(name: string, args: readonly Column[]): DataFrame {
    return this.#frameOf({ kind: 'tableFunction', name: [name], args: args.map(({ expression }) => expression) })
  }
}
