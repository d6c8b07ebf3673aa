import type { RecordBatch, Table } from 'apache-arrow'
import type { Schema } from '../../columnar/types.js'
import type { UnresolvedRelation } from '../../planner/plan/unresolved/relation.js'
import { tellingCallerNow } from '../call-site.js'
import type { DdlRow } from '../column/ddl-row.js'
import type { Value } from '../column/row.js'
import type { CodeOptions } from '../user-code/shipped.js'
import type { DataFrame } from './data-frame.js'
import { type CogroupSide, mappedCogroups } from './mapped-partitions.js'

/** A DataFrame of a plan, in the session of another. */
export type MakeFrame = <S extends object>(plan: UnresolvedRelation) => DataFrame<S>

/** What functions give that get tables of Arrow. */
export type ArrowRows = RecordBatch | Table

/** Groups by keys. */
export interface AnyGroups {
  plainGroups(method: string): CogroupSide
}

/** The groups of two DataFrames, together by their keys. */
export class CogroupedData {
  readonly #frameOf: MakeFrame
  readonly #sides: readonly [CogroupSide, CogroupSide]

  constructor(frameOf: MakeFrame, sides: readonly [CogroupSide, CogroupSide]) {
    this.#frameOf = frameOf
    this.#sides = sides
  }

  /**
   * The rows that a function makes of each two groups of the same keys, which it gets as tables of the `apache-arrow` package, with the values of the keys. Where a side has no
   * such group its table is empty. Both groups must fit into memory.
   * @param schema of the rows that it gives, in DDL or as a Schema. @throws INVALID_API_USE for keys of another number, UDF_FREE_VARIABLES
   */
  applyInArrow<const T extends string>(
    fn: (left: Table, right: Table, key: readonly Value[]) => ArrowRows | Promise<ArrowRows>,
    schema: T | Schema,
    options: CodeOptions = {},
  ): DataFrame<DdlRow<T>> {
    return tellingCallerNow(this.applyInArrow, () => {
      const { session } = this.#frameOf(this.#sides[0].plan)
      return this.#frameOf(mappedCogroups(session, this.#sides, { fn, schema, options, entry: this.applyInArrow }))
    })
  }
}
