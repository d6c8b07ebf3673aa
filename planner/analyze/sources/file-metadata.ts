import type { Attribute, ExprId } from '../../plan/expression/expression.js'
import type { LogicalPlan, LogicalScan } from '../../plan/logical/plan.js'
import { withInput } from '../../plan/logical/transform.js'
import type { UnresolvedExpression } from '../../plan/unresolved/expression.js'
import type { UnresolvedRelation } from '../../plan/unresolved/relation.js'
import { type Catalog, relationsIn } from '../catalog.js'
import { expressionsOf } from '../depth.js'
import { sameName } from '../names/names.js'
import { keepAll } from '../names/visible.js'
import { someNode, wordsIn } from '../unresolved-nodes.js'

/* What sources of files tell of the file of a row: columns that are there only where they are asked for. */

/** Whether a query has a name anywhere: what else could be a column of that name is found by the analysis. Each source asks for the same one. */
export function namesIn(relation: UnresolvedRelation, catalog: Catalog): (name: string) => boolean {
  const known = new Map<string, boolean>()
  return (name) => {
    const isNamed = known.get(name) ?? isNamedIn(relation, catalog, name)
    known.set(name, isNamed)
    return isNamed
  }
}

function isNamedIn(relation: UnresolvedRelation, catalog: Catalog, name: string): boolean {
  const isIt = (e: UnresolvedExpression): boolean =>
    (e.kind === 'attribute' && e.parts.some((part) => sameName(part, name))) ||
    (e.kind === 'star' && e.target.some((part) => sameName(part, name)))
  const word = name.toLowerCase()
  return relationsIn(relation, catalog).some((node) =>
    expressionsOf(node).some((e) => wordsIn(e).has(word) && someNode(e, isIt)),
  )
}

/** The rows of a source with its column of a name, which is hidden unless it is named. A column that the files have under the name goes before. */
export function withNamedMetadata(plan: LogicalPlan, named: Attribute, nextId: () => ExprId): LogicalPlan {
  const column: Attribute = Object.freeze({ ...named, isHidden: 'unlessNamed' })
  const atScan = (leaf: LogicalPlan): LogicalPlan => (leaf.kind === 'scan' ? withScannedMetadata(leaf, column) : leaf)
  return withColumnsOfScans(plan, [column], atScan, nextId)
}

/** A scan that reads such a column, too. */
export function withScannedMetadata(scan: LogicalScan, column: Attribute): LogicalScan {
  const { name, type, nullable } = column
  const schema = { fields: [...scan.source.schema.fields, { name, type, nullable }] }
  return Object.freeze({ ...scan, source: { ...scan.source, schema }, output: [...scan.output, column] })
}

/** A relation with further columns, which come from below as far as its rows are those of a task that scans; `leaf` gives them there. */
export function withColumnsOfScans(
  plan: LogicalPlan,
  columns: readonly Attribute[],
  leaf: (plan: LogicalPlan, columns: readonly Attribute[]) => LogicalPlan,
  nextId: () => ExprId,
): LogicalPlan {
  const over = (input: LogicalPlan, own = columns): LogicalPlan => withColumnsOfScans(input, own, leaf, nextId)
  switch (plan.kind) {
    case 'project': {
      const projections = [...plan.projections, ...keepAll(columns)]
      return Object.freeze({ ...plan, input: over(plan.input), projections })
    }
    case 'filter':
    case 'sample':
    case 'draw':
    case 'evaluate':
    case 'replicate':
    case 'expand':
    case 'observe':
    case 'watermark':
    case 'deduplicate':
      return withInput(plan, over(plan.input))
    case 'union': {
      // Each input has the columns under ids of its own.
      const own = (): readonly Attribute[] => columns.map((column) => Object.freeze({ ...column, id: nextId() }))
      const inputs = plan.inputs.map((input) => over(input, own()))
      return Object.freeze({ ...plan, inputs, output: [...plan.output, ...columns] })
    }
    case 'scan':
    case 'local':
    case 'oneRow':
    case 'range':
    case 'values':
    case 'aggregate':
    case 'window':
    case 'join':
    case 'repartition':
    case 'sort':
    case 'limit':
    case 'cached':
    case 'mapPartitions':
      return leaf(plan, columns)
  }
}
