import type { Block } from '../../../columnar/block.js'
import { blockFromColumns } from '../../../columnar/block-from-rows.js'
import { leafCount, leavesOf } from '../../../columnar/leaves.js'
import type { Encoded } from '../../../columnar/packed-writer.js'
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
  switch (type.kind) {
    case 'float':
    case 'double':
    case 'boolean':
      return value as number | boolean
    case 'string':
      return Buffer.from(value as string, 'utf8')
    case 'binary':
      return value as Uint8Array
    case 'tinyint':
    case 'smallint':
    case 'int':
    case 'bigint':
    case 'decimal':
    case 'date':
    case 'timestamp':
    case 'timestamp_ntz':
    case 'interval_ym':
    case 'interval_dt':
      return BigInt(value as number | bigint)
    case 'void':
    case 'struct':
    case 'array':
    case 'map':
      throw new MillraceError('INTERNAL_ERROR', { message: `a literal of type ${type.kind} has a value` })
  }
}
