import type { UnresolvedRelation } from './relation.js'

/** The relations a relation reads, left first; those that CTEs name come before the query over them. */
export function unresolvedInputs(relation: UnresolvedRelation): readonly UnresolvedRelation[] {
  switch (relation.kind) {
    case 'table':
    case 'dataSource':
    case 'localRelation':
    case 'oneRow':
    case 'values':
      return NONE
    case 'tableFunction':
      return relation.written?.kind === 'table' ? [relation.written.body] : NONE
    case 'join':
      return [relation.left, relation.right]
    case 'setOperation':
      return relation.inputs
    case 'with':
      return [...relation.ctes.map((cte) => cte.relation), relation.input]
    case 'lateralView':
    case 'project':
    case 'withColumns':
    case 'byColumns':
    case 'withColumnsRenamed':
    case 'drop':
    case 'filter':
    case 'aggregate':
    case 'pivot':
    case 'unpivot':
    case 'sample':
    case 'sort':
    case 'repartition':
    case 'hint':
    case 'limit':
    case 'distinct':
    case 'subqueryAlias':
    case 'storedView':
    case 'underSettings':
    case 'withWatermark':
    case 'observe':
    case 'mapPartitions':
    case 'cached':
      return [relation.input]
  }
}

const NONE: readonly UnresolvedRelation[] = []

/** The relation over as many other inputs; the same object where it has one, and that is as before. */
export function withUnresolvedInputs(
  relation: UnresolvedRelation,
  map: (input: UnresolvedRelation) => UnresolvedRelation,
): UnresolvedRelation {
  switch (relation.kind) {
    case 'table':
    case 'dataSource':
    case 'localRelation':
    case 'oneRow':
    case 'values':
      return relation
    case 'tableFunction': {
      const { written } = relation
      return written?.kind === 'table' ? { ...relation, written: { ...written, body: map(written.body) } } : relation
    }
    case 'join':
      return { ...relation, left: map(relation.left), right: map(relation.right) }
    case 'setOperation':
      return { ...relation, inputs: relation.inputs.map(map) }
    case 'with': {
      const ctes = relation.ctes.map((cte) => ({ ...cte, relation: map(cte.relation) }))
      return { ...relation, ctes, input: map(relation.input) }
    }
    case 'lateralView':
    case 'project':
    case 'withColumns':
    case 'byColumns':
    case 'withColumnsRenamed':
    case 'drop':
    case 'filter':
    case 'aggregate':
    case 'pivot':
    case 'unpivot':
    case 'sample':
    case 'sort':
    case 'repartition':
    case 'hint':
    case 'limit':
    case 'distinct':
    case 'subqueryAlias':
    case 'storedView':
    case 'underSettings':
    case 'withWatermark':
    case 'observe':
    case 'mapPartitions':
    case 'cached': {
      const input = map(relation.input)
      return input === relation.input ? relation : { ...relation, input }
    }
  }
}
