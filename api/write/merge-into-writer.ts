import { MillraceError } from '../../common/errors/millrace-error.js'
import type { UnresolvedRelation } from '../../planner/plan/unresolved/relation.js'
import { tellingCaller } from '../call-site.js'
import type { Column } from '../column/column.js'
import { namedExpression, tableName } from '../column/column-name.js'
import type { Engine } from '../engine/engine.js'
import { type MergeClause, mergeOf, refuseChange } from '../statements/change-rows.js'

/** What columns are to be, by their names. */
export type MergeAssignments = Readonly<Record<string, Column>>

/**
 * `df.mergeInto(table, condition)`, which is MERGE INTO. As there, tables of files are not changed by it: what is wrong with what it says is told before that.
 */
export class MergeIntoWriter {
  readonly #engine: Engine
  readonly #source: UnresolvedRelation
  readonly #table: readonly string[]
  readonly #condition: Column
  readonly #clauses: MergeClause[] = []

  constructor(engine: Engine, source: UnresolvedRelation, table: string, condition: Column) {
    this.#engine = engine
    this.#source = source
    this.#table = tableName(table)
    this.#condition = condition
  }

  whenMatched(condition?: Column): MatchedRows {
    return this.#changing('both', condition)
  }

  whenNotMatched(condition?: Column): NotMatchedRows {
    return {
      insertAll: () => this.#add('source', condition, {}),
      insert: (assignments) => this.#add('source', condition, assignments),
    }
  }

  whenNotMatchedBySource(condition?: Column): MatchedRows {
    return this.#changing('target', condition)
  }

  withSchemaEvolution(): MergeIntoWriter {
    return this
  }

  /** @throws NO_MERGE_ACTION_SPECIFIED, TABLE_OR_VIEW_NOT_FOUND, UNSUPPORTED_FEATURE.TABLE_OPERATION */
  merge(): Promise<void> {
    return tellingCaller(this.merge, async () => {
      if (this.#clauses.length === 0) throw new MillraceError('NO_MERGE_ACTION_SPECIFIED', {})
      const target = { kind: 'table', name: this.#table } as const
      const told = mergeOf(target, this.#source, this.#condition.expression, this.#clauses)
      const context = { engine: this.#engine, catalog: this.#engine.catalog, inlined: asItIs }
      await refuseChange({ table: this.#table, operation: 'MERGE INTO TABLE', told }, context)
    })
  }

  #changing(of: MergeClause['of'], condition: Column | undefined): MatchedRows {
    return {
      updateAll: () => this.#add(of, condition, {}),
      update: (assignments) => this.#add(of, condition, assignments),
      delete: () => this.#add(of, condition, {}),
    }
  }

  #add(of: MergeClause['of'], condition: Column | undefined, assignments: MergeAssignments): MergeIntoWriter {
    const values = [...(condition ? [condition] : []), ...Object.values(assignments)]
    this.#clauses.push({
      of,
      columns: Object.keys(assignments).map(namedExpression),
      values: values.map(({ expression }) => expression),
    })
    return this
  }
}

const asItIs = (plan: UnresolvedRelation): UnresolvedRelation => plan

/** What becomes of rows of the table. */
export interface MatchedRows {
  /** Every column gets the value of the source's column of its name. */
  updateAll(): MergeIntoWriter
  update(assignments: MergeAssignments): MergeIntoWriter
  delete(): MergeIntoWriter
}

/** What becomes of rows of the source that the table has not. */
export interface NotMatchedRows {
  insertAll(): MergeIntoWriter
  insert(assignments: MergeAssignments): MergeIntoWriter
}
