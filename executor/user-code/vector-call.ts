import type { Table, Vector } from 'apache-arrow'
import { blockOfVector } from '../../columnar/arrow/arrow-input.js'
import { schemaOfArrow } from '../../columnar/arrow/arrow-types.js'
import type { Block } from '../../columnar/blocks/block.js'
import { field, quotedTypeName, sameType } from '../../columnar/types.js'
import { MillraceError } from '../../common/errors/millrace-error.js'
import { calling, type ReadyCall, signatureOf } from './evaluation.js'
import { invalidResult } from './failure.js'
import { blockOf } from './result-block.js'

/** The arguments of a call as vectors of Arrow. @param first the column of the first of them */
export const vectorsOf = (table: Table, first: number, call: ReadyCall): readonly Vector[] =>
  call.arguments.map((_, i) => table.getChildAt(first + i)!)

/**
 * What a function makes of the vectors of a batch: a vector of the type that is declared, or an array of values.
 * @throws FAILED_EXECUTE_UDF, INVALID_UDF_RESULT, RESULT_COLUMN_TYPES_MISMATCH, RESULT_ROWS_MISMATCH
 */
export function vectorResults(call: ReadyCall, args: readonly Vector[], rows: number): Block {
  const given = calling(call, () => call.fn(...args))
  if (isVector(given)) {
    checkType(call, given)
    checkLength(call, given.length, rows)
    return blockOfVector(field('result', call.result), given)
  }
  if (!isArray(given)) throw invalidResult(signatureOf(call), given)
  checkLength(call, given.length, rows)
  return blockOf(call, Array.from(given))
}

const isArray = (value: unknown): value is ArrayLike<unknown> =>
  Array.isArray(value) || (ArrayBuffer.isView(value) && !(value instanceof DataView))

/** Whether a value is a vector of the `apache-arrow` package, of whichever copy of it. */
const isVector = (value: unknown): value is Vector =>
  typeof value === 'object' && value !== null && 'type' in value && 'data' in value && 'getChildAt' in value

const functionOf = (call: ReadyCall): string => `\`${call.label}\``

function checkLength(call: ReadyCall, actual: number, expected: number): void {
  if (actual === expected) return
  throw new MillraceError('RESULT_ROWS_MISMATCH', { functionName: functionOf(call), expected, actual })
}

function checkType(call: ReadyCall, { type }: Vector): void {
  const column = { name: 'result', type, nullable: true }
  const [{ type: actual } = field('', call.result)] = schemaOfArrow({ schema: { fields: [column] } as never }).fields
  if (sameType(call.result, actual)) return
  const mismatch = `expected ${quotedTypeName(call.result)}, actual ${quotedTypeName(actual)}`
  throw new MillraceError('RESULT_COLUMN_TYPES_MISMATCH', { functionName: functionOf(call), mismatch })
}
