import type { RecordBatch, Table } from 'apache-arrow'
import type { Schema } from '../../columnar/types.js'
import type { BarrierTaskContext } from '../../common/barrier.js'
import { tellingCaller, tellingCallerNow } from '../call-site.js'
import type { DdlRow } from '../column/ddl-row.js'
import type { AnyRow, Flat } from '../column/row.js'
import type { Given } from '../user-code/udf.js'
import type { DataFrame } from './data-frame.js'
import { type MappingOptions, mappedPartitions, type WithBarrier } from './mapped-partitions.js'
import { RelationJoins } from './relation-joins.js'

/** What a function gets of a partition: an async generator as it comes, by `for await`; another function all of it at once. */
export type PartitionOf<T> = AsyncIterable<T> & Iterable<T>
/** What a function gives for a partition. */
export type Results<T> = AsyncIterable<T> | Iterable<T>
/** A row of a type as a function may give it. */
export type GivenRow<R> = string extends keyof R ? object : Flat<{ readonly [K in keyof R]: Given<R[K]> }>

/** What functions of the program make of whole partitions. Where their code comes from is told at `udf`. */
export abstract class RelationFunctions<R extends object = AnyRow> extends RelationJoins<R> {
  /**
   * The rows that a function makes of those of each partition, in batches of the `apache-arrow` package.
   * @param schema of the rows that it gives, in DDL or as a Schema. @throws UDF_FREE_VARIABLES, UNSUPPORTED_UDF_SOURCE, PARSE_SYNTAX_ERROR
   */
  mapInArrow<const T extends string>(
    fn: (batches: PartitionOf<RecordBatch>, context: BarrierTaskContext) => Results<RecordBatch | Table>,
    schema: T | Schema,
    options: WithBarrier,
  ): DataFrame<DdlRow<T>>
  mapInArrow<const T extends string>(
    fn: (batches: PartitionOf<RecordBatch>) => Results<RecordBatch | Table>,
    schema: T | Schema,
    options?: MappingOptions,
  ): DataFrame<DdlRow<T>>
  mapInArrow<const T extends string>(
    fn: (batches: PartitionOf<RecordBatch>, context: BarrierTaskContext) => Results<RecordBatch | Table>,
    schema: T | Schema,
    options: MappingOptions = {},
  ): DataFrame<DdlRow<T>> {
    return tellingCallerNow(this.mapInArrow, () =>
      this.frameOf(mappedPartitions(this, { fn, by: 'batches', schema, options, entry: this.mapInArrow })),
    )
  }

  /** The same with rows as objects, as `collect()` gives them. */
  mapPartitions<const T extends string>(
    fn: (rows: PartitionOf<R>, context: BarrierTaskContext) => Results<GivenRow<DdlRow<T>>>,
    schema: T | Schema,
    options: WithBarrier,
  ): DataFrame<DdlRow<T>>
  mapPartitions<const T extends string>(
    fn: (rows: PartitionOf<R>) => Results<GivenRow<DdlRow<T>>>,
    schema: T | Schema,
    options?: MappingOptions,
  ): DataFrame<DdlRow<T>>
  mapPartitions<const T extends string>(
    fn: (rows: PartitionOf<R>, context: BarrierTaskContext) => Results<GivenRow<DdlRow<T>>>,
    schema: T | Schema,
    options: MappingOptions = {},
  ): DataFrame<DdlRow<T>> {
    return tellingCallerNow(this.mapPartitions, () =>
      this.frameOf(mappedPartitions(this, { fn, by: 'rows', schema, options, entry: this.mapPartitions })),
    )
  }
  /**
   * Calls a function with the rows of each partition, in the threads and processes of executors. An async function gets them as they come.
   * @throws UDF_FREE_VARIABLES, UNSUPPORTED_UDF_SOURCE
   */
  foreachPartition(
    fn: (rows: PartitionOf<R>, context: BarrierTaskContext) => unknown,
    options: WithBarrier,
  ): Promise<void>
  foreachPartition(fn: (rows: PartitionOf<R>) => unknown, options?: MappingOptions): Promise<void>
  foreachPartition(
    fn: (rows: PartitionOf<R>, context: BarrierTaskContext) => unknown,
    options: MappingOptions = {},
  ): Promise<void> {
    return tellingCaller(this.foreachPartition, async () => {
      const entry = this.foreachPartition
      const frame = this.frameOf(mappedPartitions(this, { fn, by: 'calls', schema: { fields: [] }, options, entry }))
      await frame.collect()
    })
  }
}
