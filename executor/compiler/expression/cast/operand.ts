import { MillraceError } from '../../../../common/errors/millrace-error.js'
import type { Operand } from '../../wasm/types.js'
import type { Value } from '../value.js'

/** The operand of a value that is held in one. */
export function operandOf(value: Value): Operand {
  if (value.kind === 'scalar') return value.value
  throw new MillraceError('INTERNAL_ERROR', { message: `a scalar was expected, not ${value.type.kind}` })
}
