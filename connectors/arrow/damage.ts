import { MillraceError } from '../../common/errors/millrace-error.js'
import { failedRead, reasonOf } from '../files/file-errors.js'

/** What is raised of damaged bytes, by the library too, is a condition of the file; other conditions stay what they are. */
export function damagedBy(path: string, error: unknown): MillraceError {
  if (!MillraceError.is(error)) return failedRead(path, `it is damaged, or no file of Arrow: ${reasonOf(error)}`, error)
  if (error.condition === 'DATETIME_OVERFLOW') return failedRead(path, String(error.parameters['operation']), error)
  if (error.condition === 'INVALID_ROW_VALUE')
    return failedRead(path, `it is damaged: ${error.parameters['reason']}`, error)
  if (error.condition !== 'BLOCK_CORRUPT') return error
  return failedRead(path, `it is damaged: ${error.parameters['reason']}`, error)
}
