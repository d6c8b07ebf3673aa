import type { Block } from '../../../columnar/blocks/block.js'
import { blockFromColumns } from '../../../columnar/blocks/block-from-rows.js'
import { leafCount, leavesOf } from '../../../columnar/leaves.js'
import type { Encoded } from '../../../columnar/records/record.js'
import { plainRecordOf } from '../../../columnar/records/records.js'
import type { DataType } from '../../../columnar/types.js'
import { MillraceError } from '../../../common/errors/millrace-error.js'
import type { LiteralValue } from '../../../planner/plan/expression/literal.js'
import type { PhysicalValues } from '../../../planner/plan/physical/plan.js'

/** The rows that a plan holds, as a block. */
export function literalBlock({ rows, attributes }: PhysicalValues): Block {
  const columns = attributes.flatMap(({ type }, i) => {
    const values = rows.map((row) => encode(type, row[i]!))
    return Array.from({ length: leafCount(type) }, () => values)
  })
  return blockFromColumns(leavesOf({ fields: attributes }), rows.length, columns)
}

/** A literal as it lies in memory; undefined for NULL. Of a type of several leaves there is no other literal. */
function encode(type: DataType, value: LiteralValue): Encoded {
  if (value === null) return undefined
  if (type.kind === 'struct' || type.kind === 'array' || type.kind === 'map')
    throw new MillraceError('INTERNAL_ERROR', { message: `a literal of type ${type.kind} has a value` })
  return plainRecordOf(type).encodeStored(value, type)
}
