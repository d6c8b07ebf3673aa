import type { Attribute, Expression, SortOrder } from '../../plan/expression/expression.js'
import { sqlText } from '../../plan/expression/sql-text.js'
import type { Partitioning } from '../../plan/physical/partitioning.js'

/* Parts of operators' lines in EXPLAIN. Columns are named, since they are bound by position. */

export const names = (attributes: readonly Attribute[]): string => `[${attributes.map((a) => a.name).join(', ')}]`

export const texts = (expressions: readonly Expression[]): string => expressions.map((e) => sqlText(e)).join(', ')

export const ordersText = (orders: readonly SortOrder[]): string =>
  orders.map((o) => `${sqlText(o.expression)} ${o.direction.toUpperCase()} NULLS ${o.nulls.toUpperCase()}`).join(', ')

export function partitioningText(p: Partitioning): string {
  switch (p.kind) {
    case 'single':
      return 'single'
    case 'hash':
      return `hash(${texts(p.keys)}) into ${p.partitions}`
    case 'bucket':
      return `buckets(${texts(p.keys)}) into ${p.partitions}`
    case 'range':
      return `range(${ordersText(p.orders)}) into ${p.partitions}`
    case 'inTurn':
      return `round robin into ${p.partitions}`
    case 'byTask':
      return `task by task into ${p.partitions}`
  }
}
