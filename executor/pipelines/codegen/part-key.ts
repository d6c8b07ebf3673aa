import type { AggregateCall } from '../../../planner/plan/expression/expression.js'
import { canonicalText } from '../../../planner/plan/expression/same.js'

/** A text of what an aggregate adds up, and of which rows. */
export function addedText({ args, filter }: AggregateCall): string {
  return `${args.map(canonicalText).join(', ')}${filter ? ` | ${canonicalText(filter)}` : ''}`
}
