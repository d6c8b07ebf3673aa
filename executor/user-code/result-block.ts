import type { Block } from '../../columnar/blocks/block.js'
import { blockFromRows } from '../../columnar/blocks/block-from-rows.js'
import { field } from '../../columnar/types.js'
import { MillraceError } from '../../common/errors/millrace-error.js'
import { type ReadyCall, signatureOf } from './evaluation.js'
import { invalidResult } from './failure.js'

/** What a call gave for the rows of a batch as a block of one column. @throws INVALID_UDF_RESULT */
export function blockOf(call: ReadyCall, values: readonly unknown[]): Block {
  try {
    const rows = values.map((result) => ({ result }))
    return blockFromRows({ fields: [field('result', call.result)] }, rows)
  } catch (error) {
    if (!MillraceError.is(error) || error.condition !== 'INVALID_ROW_VALUE') throw error
    throw invalidResult(signatureOf(call), values[Number(error.parameters.row)])
  }
}
