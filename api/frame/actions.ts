import type { Table } from 'apache-arrow'
import { toArrowTable } from '../../columnar/arrow-table.js'
import { rowsFromBlock, tuplesFromBlock } from '../../columnar/rows.js'
import type { Value } from '../../columnar/value-reader.js'
import type { UnresolvedExpression } from '../../planner/plan/unresolved/expression.js'
import type { UnresolvedRelation } from '../../planner/plan/unresolved/relation.js'
import type { Engine } from '../engine/engine.js'
import { HeldResult } from '../engine/held-result.js'
import { showTable } from '../show/show.js'

/** @throws RESULT_TOO_LARGE */
export async function collectRows<R>(engine: Engine, plan: UnresolvedRelation): Promise<R[]> {
  const query = await engine.execute(plan)
  const held = new HeldResult(query, 'rows')
  const parts: R[][] = []
  for await (const block of query.blocks) {
    held.add(block)
    parts.push(rowsFromBlock(query.schema, block) as R[])
  }
  return parts.flat()
}

/** Leaving the loop cancels the query. */
export async function* rowsOneByOne<R>(engine: Engine, plan: UnresolvedRelation): AsyncGenerator<R> {
  const { schema, blocks } = await engine.execute(plan)
  for await (const block of blocks) yield* rowsFromBlock(schema, block) as R[]
}

export async function countRows(engine: Engine, plan: UnresolvedRelation): Promise<number> {
  const count: UnresolvedExpression = { kind: 'function', name: 'count', args: [{ kind: 'star', target: [] }] }
  const output: UnresolvedExpression[] = [{ kind: 'alias', child: count, name: 'n' }]
  const [row] = await collectRows<{ n: bigint }>(engine, { kind: 'aggregate', input: plan, groupBy: [], output })
  return Number(row!.n)
}

/** @throws RESULT_TOO_LARGE */
export async function arrowTable(engine: Engine, plan: UnresolvedRelation): Promise<Table> {
  const query = await engine.execute(plan)
  return toArrowTable(query.schema, await new HeldResult(query, 'blocks').all(query.blocks))
}

/** What `show` prints. @param plan gives one row more than are shown, where there is one */
export async function showText(
  engine: Engine,
  plan: UnresolvedRelation,
  count: number,
  truncate: boolean | number,
): Promise<string> {
  const { schema, blocks } = await engine.execute(plan)
  const rows: Value[][] = []
  let total = 0
  for await (const block of blocks) {
    total += block.rows
    for (const row of tuplesFromBlock(schema, block, count - rows.length)) rows.push(row)
  }
  return showTable(schema, rows, { truncate, hasMore: total > count, timeZone: engine.timeZone })
}

/** Each row as JSON, in a column `value`. */
export function jsonRelation(input: UnresolvedRelation): UnresolvedRelation {
  const row: UnresolvedExpression = { kind: 'function', name: 'struct', args: [{ kind: 'star', target: [] }] }
  const text: UnresolvedExpression = { kind: 'function', name: 'to_json', args: [row] }
  return { kind: 'project', input, expressions: [{ kind: 'alias', child: text, name: 'value' }] }
}
