import type { Origin } from '../../../common/errors/condition.js'
import { MillraceError } from '../../../common/errors/millrace-error.js'

/** Of a name behind OVER that no WINDOW clause defines. */
export const missingWindow = (windowName: string, origin: Origin | undefined): MillraceError =>
  new MillraceError('MISSING_WINDOW_SPECIFICATION', { windowName }, { origin })
