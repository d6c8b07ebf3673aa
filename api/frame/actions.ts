import type { Table } from 'apache-arrow'
import { toArrowTable } from '../../columnar/arrow/arrow-table.js'
import { HeldResult } from '../../columnar/blocks/held-result.js'
import { rowsFromBlock, tuplesFromBlock } from '../../columnar/rows.js'
import type { Schema } from '../../columnar/types.js'
import type { Value } from '../../columnar/value-reader.js'
import type { UnresolvedExpression } from '../../planner/plan/unresolved/expression.js'
import type { UnresolvedRelation } from '../../planner/plan/unresolved/relation.js'
import type { Engine } from '../engine/engine.js'
import { htmlTable } from '../show/html.js'
import { type ShowOptions, showRows } from '../show/show.js'

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

/** The last rows, of which as many as are asked for are held. */
export async function lastRows<R>(engine: Engine, plan: UnresolvedRelation, count: number): Promise<R[]> {
  let last: R[] = []
  const { schema, blocks } = await engine.execute(plan)
  for await (const block of blocks) {
    last = [...last, ...(rowsFromBlock(schema, block) as R[])].slice(-count)
  }
  return last
}

/** What `show` prints. @param plan gives one row more than are shown, where there is one */
export async function showText(
  engine: Engine,
  plan: UnresolvedRelation,
  count: number,
  how: Pick<ShowOptions, 'truncate' | 'vertical'>,
): Promise<string> {
  const { schema, rows, hasMore } = await firstTuples(engine, plan, count)
  return showRows(schema, rows, { ...how, hasMore, timeZone: engine.timeZone })
}

/** The same as HTML. */
export async function htmlText(engine: Engine, plan: UnresolvedRelation, count: number): Promise<string> {
  const { schema, rows, hasMore } = await firstTuples(engine, plan, count)
  return htmlTable(schema, rows, { hasMore, timeZone: engine.timeZone })
}

async function firstTuples(
  engine: Engine,
  plan: UnresolvedRelation,
  count: number,
): Promise<{ readonly schema: Schema; readonly rows: readonly Value[][]; readonly hasMore: boolean }> {
  const { schema, blocks } = await engine.execute(plan)
  const rows: Value[][] = []
  let total = 0
  for await (const block of blocks) {
    total += block.rows
    for (const row of tuplesFromBlock(schema, block, count - rows.length)) rows.push(row)
  }
  return { schema, rows, hasMore: total > count }
}

/** Each row as JSON, in a column `value`. */
export function jsonRelation(input: UnresolvedRelation): UnresolvedRelation {
  const row: UnresolvedExpression = { kind: 'function', name: 'struct', args: [{ kind: 'star', target: [] }] }
  const text: UnresolvedExpression = { kind: 'function', name: 'to_json', args: [row] }
  return { kind: 'project', input, expressions: [{ kind: 'alias', child: text, name: 'value' }] }
}
