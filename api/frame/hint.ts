import type { Logger } from '../../common/log.js'
import { unresolvedText } from '../../planner/analyze/unresolved-text.js'
import { hinted, ignoredHints, isBroadcast } from '../../planner/plan/unresolved/hints.js'
import type { UnresolvedRelation } from '../../planner/plan/unresolved/relation.js'
import { type Column, toColumn } from '../column/column.js'

/** A relation with a hint; undefined for one that joins are to broadcast. */
export function withHint(
  relation: UnresolvedRelation,
  name: string,
  parameters: readonly (Column | string | number)[],
): UnresolvedRelation | undefined {
  const hint = { name: name.toUpperCase(), parameters: parameters.map((value) => toColumn(value).expression) }
  return isBroadcast(hint) ? undefined : hinted(relation, hint, unresolvedText)
}

/** Tells in the log of hints that change nothing. */
export function warnOfHints(plan: UnresolvedRelation, logger: Logger): void {
  for (const hint of ignoredHints(plan)) logger.warn({ hint }, 'a hint is unknown or cannot be followed')
}
