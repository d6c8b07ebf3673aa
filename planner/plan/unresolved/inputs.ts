import { mapAll } from '../expression/transform.js'
import { inPlaceOf } from './frame-tags.js'
import type { CommonTable, UnresolvedRelation } from './relation.js'

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

/** The relation over as many other inputs; the same object when they are as before. */
export const withUnresolvedInputs = (
  relation: UnresolvedRelation,
  map: (input: UnresolvedRelation) => UnresolvedRelation,
): UnresolvedRelation => inPlaceOf(relation, overInputs(relation, map))

function overInputs(
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
      if (written?.kind !== 'table') return relation
      const body = map(written.body)
      return body === written.body ? relation : { ...relation, written: { ...written, body } }
    }
    case 'join': {
      const [left, right] = [map(relation.left), map(relation.right)]
      return left === relation.left && right === relation.right ? relation : { ...relation, left, right }
    }
    case 'setOperation': {
      const inputs = mapAll(relation.inputs, map)
      return inputs === relation.inputs ? relation : { ...relation, inputs }
    }
    case 'with': {
      const ctes = mapAll(relation.ctes, (cte) => withRelation(cte, map(cte.relation)))
      const input = map(relation.input)
      return ctes === relation.ctes && input === relation.input ? relation : { ...relation, ctes, input }
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

/** A CTE of another relation; the same object when it is as before. */
export const withRelation = (cte: CommonTable, relation: UnresolvedRelation): CommonTable =>
  relation === cte.relation ? cte : { ...cte, relation }
