import { MillraceError } from '../../common/errors/millrace-error.js'
import type { Options } from '../api.js'

/** Whether pages are compared with the checksums their writer gave them; named as in Hadoop's configuration, which Spark passes on. */
export const VERIFY_CHECKSUMS = 'parquet.page.verify-checksum.enabled'

/** Here they are unless it is turned off. @throws INVALID_OPTION */
export function verifiesChecksums(options: Options): boolean {
  const given = Object.entries(options).find(([key]) => key.toLowerCase() === VERIFY_CHECKSUMS)?.[1] ?? 'true'
  const value = given.toLowerCase()
  if (value === 'true' || value === 'false') return value === 'true'
  throw new MillraceError('INVALID_OPTION', {
    option: VERIFY_CHECKSUMS,
    provider: 'parquet',
    value: given,
    reason: 'it is true or false',
  })
}
