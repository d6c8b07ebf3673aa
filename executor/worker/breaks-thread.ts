import { MillraceError } from '../../common/errors/millrace-error.js'

/**
 * Whether an error that ended a task may have left the heap of its thread inconsistent. A trap, an exhausted stack or a refused allocation
 * interrupts code anywhere; an error that is not ours says that something went another way than the code that keeps the heap knows.
 */
export function breaksThread(error: unknown): boolean {
  if (!MillraceError.is(error)) return true
  if (error.domain === 'internal' || error.condition === 'UNABLE_TO_ACQUIRE_MEMORY') return true
  return error.condition === 'OPERATION_CANCELED' && interrupts(error.cause)
}

/** What a cancelled task met may be any error of what it waited for; only those that interrupt code matter. */
function interrupts(cause: unknown): boolean {
  if (MillraceError.is(cause)) return breaksThread(cause)
  return cause instanceof WebAssembly.RuntimeError || cause instanceof RangeError
}
