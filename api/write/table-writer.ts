import { MillraceError } from '../../common/errors/millrace-error.js'
import { quotedPath } from '../../common/errors/quoting.js'
import type { UnresolvedRelation } from '../../planner/plan/unresolved/relation.js'
import { tellingCaller } from '../call-site.js'
import { placeOf } from '../catalog/catalog-names.js'
import { asColumn, fillTable, newTable, type TableClauses, type TableContext } from '../catalog/new-table.js'
import { TABLE_FORMAT } from '../catalog/session-catalog.js'
import type { Column } from '../column/column.js'
import { tableName } from '../column/column-name.js'
import type { Engine } from '../engine/engine.js'
import type { OptionValue } from '../sources/options.js'
import { alreadyExists, foundAs } from '../statements/catalog-errors.js'

/**
 * `df.writeTo(table)`, Spark's newer way to make tables of DataFrames. As there, tables of files are made by it and not changed:
 * `write.saveAsTable`, `write.insertInto` and INSERT do that.
 */
export class TableWriter {
  readonly #engine: Engine
  readonly #plan: UnresolvedRelation
  readonly #name: string
  readonly #clauses: TableClauses

  constructor(
    engine: Engine,
    plan: UnresolvedRelation,
    name: string,
    clauses: TableClauses = { provider: TABLE_FORMAT, options: {}, properties: {} },
  ) {
    this.#engine = engine
    this.#plan = plan
    this.#name = name
    this.#clauses = clauses
  }

  using(provider: string): TableWriter {
    return this.#with({ provider })
  }

  option(key: string, value: OptionValue): TableWriter {
    return this.#with({ options: { ...this.#clauses.options, [key]: String(value) } })
  }

  options(options: Readonly<Record<string, OptionValue>>): TableWriter {
    const texts = Object.entries(options).map(([key, value]) => [key, String(value)] as const)
    return this.#with({ options: { ...this.#clauses.options, ...Object.fromEntries(texts) } })
  }

  tableProperty(key: string, value: string): TableWriter {
    return this.#with({ properties: { ...this.#clauses.properties, [key]: value } })
  }

  partitionedBy(...columns: readonly string[]): TableWriter {
    return this.#with({ partitionedBy: columns })
  }

  /** @throws TABLE_OR_VIEW_ALREADY_EXISTS, SCHEMA_NOT_FOUND and the conditions of CREATE TABLE */
  create(): Promise<void> {
    return tellingCaller(this.create, async () => {
      const { catalog } = this.#context
      const place = catalog.place(tableName(this.#name))
      const before = catalog.stored.relation(place.database, place.name)
      if (before) throw alreadyExists(before)
      const { fields } = await this.#engine.analyze(this.#plan)
      const table = newTable({ name: tableName(this.#name), ...this.#clauses }, fields.map(asColumn), this.#context)
      await fillTable(table, this.#plan, false, this.#context)
    })
  }

  /** @throws UNSUPPORTED_FEATURE.TABLE_OPERATION, as tables of files are not replaced by it */
  replace(): Promise<void> {
    return tellingCaller(this.replace, () => this.#refuseReplacement())
  }

  /** @throws UNSUPPORTED_FEATURE.TABLE_OPERATION, as tables of files are not replaced by it */
  createOrReplace(): Promise<void> {
    return tellingCaller(this.createOrReplace, () => this.#refuseReplacement())
  }

  /** @throws TABLE_OR_VIEW_NOT_FOUND, _LEGACY_ERROR_TEMP_1012, as `insertInto` does it */
  append(): Promise<void> {
    return tellingCaller(this.append, () => this.#refuseChange())
  }

  /**
   * @param _condition of the rows that were to go
   * @throws TABLE_OR_VIEW_NOT_FOUND, _LEGACY_ERROR_TEMP_1012, as tables of files lose partitions, not rows
   */
  overwrite(_condition: Column<boolean>): Promise<void> {
    return tellingCaller(this.overwrite, () => this.#refuseChange())
  }

  /** @throws TABLE_OR_VIEW_NOT_FOUND, _LEGACY_ERROR_TEMP_1012, as INSERT OVERWRITE does it */
  overwritePartitions(): Promise<void> {
    return tellingCaller(this.overwritePartitions, () => this.#refuseChange())
  }

  get #context(): TableContext {
    const engine = this.#engine
    return { engine, catalog: engine.catalog, inlined: (plan) => plan }
  }

  async #refuseReplacement(): Promise<void> {
    const { database, name } = this.#context.catalog.place(tableName(this.#name))
    const tableNameShown = placeOf({ database: database.name, name })
    const operation = 'REPLACE TABLE AS SELECT'
    throw new MillraceError('UNSUPPORTED_FEATURE.TABLE_OPERATION', { tableName: tableNameShown, operation })
  }

  async #refuseChange(): Promise<void> {
    const parts = tableName(this.#name)
    const found = foundAs(parts, this.#context.catalog)
    if (found.kind === 'table') throw new MillraceError('_LEGACY_ERROR_TEMP_1012', { identifier: placeOf(found) })
    const name = found.kind === 'view' ? placeOf(found) : quotedPath(parts)
    throw new MillraceError('VIEW_WRITE_NOT_ALLOWED', { name })
  }

  #with(change: Partial<TableClauses>): TableWriter {
    return new TableWriter(this.#engine, this.#plan, this.#name, { ...this.#clauses, ...change })
  }
}
