import { MillraceError } from '../../../common/errors/millrace-error.js'
import { quotedName } from '../../../common/errors/quoting.js'
import type { Expression } from '../../plan/expression/expression.js'
import { isInterval, unexpectedType } from '../coercion.js'
import { constantOf } from '../constants.js'
import { CALENDAR } from './calendar.js'
import { DATETIME } from './datetime.js'
import { type CallSite, exactly, type FunctionTable } from './definition.js'

const PARTS: FunctionTable = { ...DATETIME, ...CALENDAR }

/** The names of fields that are built, by the function that gives them. */
const FIELDS: Readonly<Record<string, readonly string[]>> = {
  year: ['YEAR', 'Y', 'YEARS', 'YR', 'YRS'],
  month: ['MONTH', 'MON', 'MONS', 'MONTHS'],
  day: ['DAY', 'D', 'DAYS'],
  hour: ['HOUR', 'H', 'HOURS', 'HR', 'HRS'],
  minute: ['MINUTE', 'M', 'MIN', 'MINS', 'MINUTES'],
  quarter: ['QUARTER', 'QTR'],
  dayofweek: ['DAYOFWEEK', 'DOW'],
  dayofyear: ['DOY'],
}
/** Fields that Spark has and we do not; of a second it gives the fraction too, unlike its function of that name. */
const NOT_BUILT: ReadonlySet<string> = new Set(
  `SECOND S SEC SECONDS SECS YEAROFWEEK WEEK W WEEKS DAYOFWEEK_ISO DOW_ISO`.split(' '),
)

function extract(args: readonly Expression[], site: CallSite): Expression {
  const [field, source] = args
  const written = constantOf(field!)?.value
  if (typeof written !== 'string') throw unexpectedType(field!, '"STRING" literal', 0, site)
  const name = written.toUpperCase()
  const fn = Object.entries(FIELDS).find(([, names]) => names.includes(name))?.[0]
  if (isInterval(source!.type))
    throw new MillraceError('UNSUPPORTED_FEATURE', { feature: 'extract from intervals' }, { origin: site.origin })
  if (fn !== undefined) return PARTS[fn]!.build([source!], { ...site, name: fn, sql: site.sql })
  if (NOT_BUILT.has(name))
    throw new MillraceError(
      'UNSUPPORTED_FEATURE',
      { feature: `extract(${name.toLowerCase()} from …)` },
      { origin: site.origin },
    )
  throw new MillraceError(
    'INVALID_EXTRACT_FIELD',
    { field: quotedName(written), expr: site.argumentSql?.(1) ?? '' },
    { origin: site.origin },
  )
}

export const EXTRACT: FunctionTable = { extract: exactly(2, extract) }
