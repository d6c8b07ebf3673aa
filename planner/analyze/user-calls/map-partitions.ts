import { outputOf } from '../../plan/logical/output.js'
import type { LogicalPlan } from '../../plan/logical/plan.js'
import type { MappedPartitions } from '../../plan/unresolved/sql-function.js'
import type { IdGenerator } from '../id-generator.js'
import { refuseTwiceWithin } from '../names/duplicates.js'
import { columnsOf, keepAll } from '../names/visible.js'

/** The function gets all columns of the rows, and what it gives has columns of its own. @throws COLUMN_ALREADY_EXISTS */
export function analyzeMapPartitions(node: MappedPartitions, input: LogicalPlan, nextId: IdGenerator): LogicalPlan {
  const { kind, function: user, by, keys, barrier, schema, stateful } = node
  const more = {
    ...(keys === undefined ? {} : { keys }),
    ...(barrier ? { barrier } : {}),
    ...(stateful ? { stateful } : {}),
  }
  refuseTwiceWithin(schema.fields)
  const [given, output] = [keepAll(outputOf(input)), columnsOf(schema, nextId)]
  return Object.freeze({ kind, input, function: user, by, ...more, given, output })
}
