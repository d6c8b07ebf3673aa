import { MillraceError } from '../../../common/errors/millrace-error.js'
import { quotedName } from '../../../common/errors/quoting.js'
import type { CallSite } from './definition.js'

/** What becomes of bytes that are no value. As in Spark, a word that is no mode is PERMISSIVE. @throws PARSE_MODE_UNSUPPORTED */
export function parseModeOf(mode: string, { name, origin }: CallSite): 'FAILFAST' | 'PERMISSIVE' {
  if (mode.toUpperCase() === 'DROPMALFORMED')
    throw new MillraceError('PARSE_MODE_UNSUPPORTED', { funcName: quotedName(name), mode: 'DROPMALFORMED' }, { origin })
  return mode.toUpperCase() === 'FAILFAST' ? 'FAILFAST' : 'PERMISSIVE'
}
