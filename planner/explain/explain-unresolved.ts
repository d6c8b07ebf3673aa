import { expressionsOf } from '../analyze/depth.js'
import { subqueriesOf } from '../analyze/unresolved-nodes.js'
import { unresolvedText } from '../analyze/unresolved-text.js'
import { mappingText } from '../plan/expression/user-function.js'
import type { UnresolvedExpression } from '../plan/unresolved/expression.js'
import { unresolvedInputs } from '../plan/unresolved/inputs.js'
import type { RowCount, UnresolvedRelation } from '../plan/unresolved/relation.js'
import { divisionText } from './division-text.js'
import { drawTree, type TreeNode } from './tree.js'

/** A plan as a front end made it, before names are known. */
export function explainUnresolved(relation: UnresolvedRelation): string {
  return drawTree(nodeOf(relation))
}

const count = (of: RowCount): string => (typeof of === 'number' ? String(of) : unresolvedText(of))
const list = (expressions: readonly UnresolvedExpression[]): string => `[${expressions.map(withAlias).join(', ')}]`
const withAlias = (e: UnresolvedExpression): string =>
  e.kind === 'alias' || e.kind === 'aliases'
    ? `${unresolvedText(e.child)} AS ${e.kind === 'alias' ? e.name : `(${e.names.join(', ')})`}`
    : unresolvedText(e)

const qualifyText = ({ qualify }: { readonly qualify?: UnresolvedExpression }): string =>
  qualify ? `, qualify ${unresolvedText(qualify)}` : ''

function nodeOf(relation: UnresolvedRelation): TreeNode {
  if (relation.kind === 'underSettings') return nodeOf(relation.input)
  const { inputs, ctes } =
    relation.kind === 'with'
      ? { inputs: [relation.input], ctes: relation.ctes }
      : { inputs: unresolvedInputs(relation), ctes: [] }
  const named = ctes.map((cte) => ({ line: `CTE ${cte.name}`, children: [nodeOf(cte.relation)] }))
  const subqueries = expressionsOf(relation)
    .flatMap(subqueriesOf)
    .map(({ query }) => ({ line: 'Subquery', children: [nodeOf(query)] }))
  return { line: lineOf(relation), children: [...named, ...subqueries, ...inputs.map(nodeOf)] }
}

/** The grouping sets as positions of keys. */
const setsText = ({ sets }: Extract<UnresolvedRelation, { kind: 'aggregate' }>): string =>
  sets ? `, sets [${sets.map((set) => `(${set.join(', ')})`).join(', ')}]` : ''

function lineOf(r: Exclude<UnresolvedRelation, { kind: 'underSettings' }>): string {
  switch (r.kind) {
    case 'table':
      return `'UnresolvedRelation [${r.name.join('.')}]`
    case 'dataSource':
      return `'UnresolvedDataSource ${r.format} [${r.paths.join(', ')}]${r.streaming ? ', streaming' : ''}`
    case 'localRelation':
      return `LocalRelation [${(r.schema ?? r.held.schema)?.fields.map((f) => f.name).join(', ') ?? ''}], ${r.rows} rows`
    case 'oneRow':
      return 'OneRowRelation'
    case 'tableFunction':
      return `'UnresolvedTableValuedFunction ${r.name.join('.')}, ${list(r.args)}`
    case 'lateralView':
      return `'LateralView ${r.isOuter ? 'outer ' : ''}${unresolvedText(r.call)} ${r.alias}${r.columns ? ` [${r.columns.join(', ')}]` : ''}`
    case 'values':
      return `'UnresolvedInlineTable [${r.rows.map(list).join(', ')}]`
    case 'setOperation':
      return `'${r.operation[0]!.toUpperCase()}${r.operation.slice(1)} ${r.all ? 'All' : 'Distinct'}${r.byName ? ', by name' : ''}`
    case 'project':
      return `'Project ${list(r.expressions)}${qualifyText(r)}`
    case 'withColumns':
      return `'WithColumns [${r.columns.map(({ name, expression }) => `${unresolvedText(expression)} AS ${name}`).join(', ')}]`
    case 'byColumns':
      return `'${r.shape.kind[0]!.toUpperCase()}${r.shape.kind.slice(1)} ${list(expressionsOf(r))}`
    case 'withColumnsRenamed':
      return `'WithColumnsRenamed [${r.renames.map(({ from, to }) => `${from} AS ${to}`).join(', ')}]`
    case 'drop':
      return `'Drop [${r.columns.join(', ')}]`
    case 'filter':
      return `'Filter ${unresolvedText(r.condition)}`
    case 'aggregate':
      return `'Aggregate ${list(r.groupBy)}${setsText(r)}, ${list(r.output)}${r.having ? `, having ${unresolvedText(r.having)}` : ''}${qualifyText(r)}`
    case 'pivot':
      return `'Pivot ${r.groupBy ? `${list(r.groupBy)}, ` : ''}${list(r.columns)}, [${(r.values ?? []).map(({ cells }) => list(cells)).join(', ')}], ${list(r.aggregates)}`
    case 'unpivot': {
      const groups = r.groups ? `, [${r.groups.map(({ columns }) => list(columns)).join(', ')}]` : ''
      return `'Unpivot ${r.ids ? list(r.ids) : '[]'}${groups}, ${r.nameColumn}, [${r.valueColumns.join(', ')}]`
    }
    case 'join':
      return `'Join ${r.natural ? 'natural ' : ''}${r.type}${r.condition ? `, ${unresolvedText(r.condition)}` : ''}${r.using ? `, using [${r.using.join(', ')}]` : ''}${r.nearest ? `, nearest ${r.nearest.count}, ${unresolvedText(r.nearest.ranking)}, ${r.nearest.first} first` : ''}`
    case 'sample':
      return `'Sample ${r.from} to ${r.to}, seed ${r.seed}`
    case 'repartition':
      return `'Repartition ${divisionText(r.by, r.partitions)} ${list(r.expressions)}`
    case 'sort':
      return `'${r.inTasks ? 'SortWithinTasks' : 'Sort'} ${list(r.orders)}`
    case 'hint':
      return `'Hint ${r.name}`
    case 'limit':
      return `'Limit ${count(r.limit)}${r.offset === 0 ? '' : ` offset ${count(r.offset)}`}`
    case 'distinct':
      return `'Distinct${r.columns ? ` [${r.columns.join(', ')}]` : ''}`
    case 'subqueryAlias':
      return `'SubqueryAlias ${r.alias}${r.columns ? ` (${r.columns.join(', ')})` : ''}`
    case 'storedView':
      return `'View ${r.name}`
    case 'with':
      return "'With"
    case 'withWatermark':
      return `'EventTimeWatermark ${r.column}, delay ${r.delayMicros / 1000n} ms`
    case 'observe':
      return `'CollectMetrics ${r.name}, ${list(r.metrics)}`
    case 'mapPartitions':
      return `'${mappingText(r)} [${r.schema.fields.map(({ name }) => name).join(', ')}]`
    case 'cached':
      return `'Cached`
  }
}
