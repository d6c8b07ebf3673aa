import { quotedTypeName, sameType } from '../../columnar/types.js'
import { MillraceError } from '../../common/errors/millrace-error.js'
import { quotedName } from '../../common/errors/quoting.js'
import { outputOf } from '../plan/logical/output.js'
import type { LogicalPlan } from '../plan/logical/plan.js'
import type { UnresolvedRelation } from '../plan/unresolved/relation.js'
import { resolveName } from './names/scope.js'

/** @throws EVENT_TIME_IS_NOT_ON_TIMESTAMP_TYPE */
export function analyzeWatermark(
  node: Extract<UnresolvedRelation, { kind: 'withWatermark' }>,
  input: LogicalPlan,
): LogicalPlan {
  const column = resolveName({ attributes: outputOf(input) }, { parts: node.column.split('.') })
  if (column.kind !== 'attribute' || !sameType(column.type, { kind: 'timestamp' })) {
    throw new MillraceError('EVENT_TIME_IS_NOT_ON_TIMESTAMP_TYPE', {
      eventName: quotedName(node.column),
      eventType: quotedTypeName(column.type),
    })
  }
  return Object.freeze({ kind: 'watermark', input, column: column.id, delayMicros: node.delayMicros })
}
