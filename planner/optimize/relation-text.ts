import { toTaggedJson } from '../../common/tagged-json.js'
import type { LogicalPlan } from '../plan/logical/plan.js'
import { inputsOf } from '../plan/logical/transform.js'
import { Numbers, rowsPart } from '../plan/rows-part.js'

/** A text that relations share that differ in nothing but the identities of columns. @param sources numbers of the tables that relations read */
export function relationText(plan: LogicalPlan, sources: Numbers): string {
  return toTaggedJson(rowsPart(plan, { sources, ids: new Numbers() }))
}

/** The kinds of relations down to the tables, without filters: those that differ in them differ in more than filters. */
export function relationKinds(plan: LogicalPlan, sources: Numbers): string {
  if (plan.kind === 'filter') return relationKinds(plan.input, sources)
  if (plan.kind === 'scan') return `scan ${sources.of(plan.source)}`
  return `${plan.kind}(${inputsOf(plan)
    .map((input) => relationKinds(input, sources))
    .join()})`
}
