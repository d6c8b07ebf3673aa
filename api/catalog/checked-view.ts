import { analyze } from '../../planner/analyze/analyze.js'
import { type Catalog, directTable, relationsIn, sourcesOf, tableNotFound } from '../../planner/analyze/catalog.js'
import { ConstantsWanted } from '../../planner/analyze/constants/constants.js'
import { inlineViews } from '../../planner/analyze/sources/inline-views.js'
import type { ExprId } from '../../planner/plan/expression/expression.js'
import type { UnresolvedRelation } from '../../planner/plan/unresolved/relation.js'

/** Analyzes what is to become a view; if that needs sources or constants, which take time to be told, only its names are checked. */
export function checkView(plan: UnresolvedRelation, catalog: Catalog, newId: () => ExprId): void {
  if (sourcesOf(relationsIn(plan, catalog), catalog).length > 0) return checkNames(plan, catalog)
  try {
    analyze(plan, catalog, newId)
  } catch (error) {
    if (!(error instanceof ConstantsWanted)) throw error
    checkNames(plan, catalog)
  }
}

const checkNames = (plan: UnresolvedRelation, catalog: Catalog): void => {
  inlineViews(plan, { relation: catalog.relation, sqlFunction: () => undefined }, (table) => {
    if (!directTable(table.name, catalog)) throw tableNotFound(table, catalog.relationNames())
  })
}
