import { MillraceError } from '../../common/errors/millrace-error.js'
import type { HostRoutine } from './routine.js'

/** For a number that none of so many values has. */
export const refuseIndex: HostRoutine = ([indexValue, arraySize]) => {
  throw new MillraceError('INVALID_ARRAY_INDEX', { indexValue: String(indexValue), arraySize: String(arraySize) })
}
