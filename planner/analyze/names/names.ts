import { MillraceError } from '../../../common/errors/millrace-error.js'
import { quotedText } from '../../../common/errors/quoting.js'
import { linearPattern } from '../../../common/linear-pattern.js'
import { analysisSession } from '../session.js'

/** Names of columns, fields, aliases and CTEs that have the same key are the same: the case of letters counts where the session says so. */
export const nameKey = (name: string): string => (analysisSession().isCaseSensitive ? name : name.toLowerCase())

export const sameName = (a: string, b: string): boolean =>
  a === b || (a.length === b.length && nameKey(a) === nameKey(b))

/** Which names fit a pattern as a whole. @throws INVALID_PARAMETER_VALUE.PATTERN */
export function nameFitting(pattern: string): (name: string) => boolean {
  const compiled = linearPattern(pattern, analysisSession().isCaseSensitive ? 'exact' : 'any')
  if ('fits' in compiled) return compiled.fits
  throw new MillraceError('INVALID_PARAMETER_VALUE.PATTERN', {
    functionName: '`colRegex`',
    parameter: '`pattern`',
    value: quotedText(pattern),
  })
}
