import { DATE, TIMESTAMP, TIMESTAMP_NTZ } from '../../../columnar/types.js'
import { MillraceError } from '../../../common/errors/millrace-error.js'
import { localDay, localMicros } from '../../../common/time/time-zone.js'
import { literal } from '../../plan/expression/build.js'
import { type AnalysisSession, analysisSession } from '../session.js'
import { type CallSite, exactly, type FunctionDefinition, type FunctionTable, helped } from './definition.js'

/** One value for the whole query: the moment at which it began. */
const ofMoment = (
  type: typeof DATE,
  value: (micros: bigint, session: AnalysisSession) => number | bigint,
): FunctionDefinition => exactly(0, (_, site) => literal(type, value(momentOf(site), analysisSession()), site.origin))

/** @throws UNSUPPORTED_FEATURE in a stream, each batch of which has a moment of its own */
function momentOf(site: CallSite): bigint {
  const { nowMicros } = analysisSession()
  if (nowMicros !== undefined) return nowMicros
  throw new MillraceError('UNSUPPORTED_FEATURE', { feature: `${site.name} in a stream` }, { origin: site.origin })
}

const today = ofMoment(DATE, (micros, { timeZone }) => localDay(timeZone, micros))
const now = ofMoment(TIMESTAMP, (micros) => micros)

export const CURRENT_TIME: FunctionTable = {
  current_date: helped('()', 'The day on which the query began.', [['current_date() = current_date', 'true']], today),
  curdate: helped('()', 'The day on which the query began.', [['curdate() = current_date()', 'true']], today),
  current_timestamp: helped('()', 'When the query began.', [['current_timestamp() = now()', 'true']], now),
  now: helped('()', 'When the query began.', [['now() = current_timestamp', 'true']], now),
  localtimestamp: helped(
    '()',
    "What the session's clocks showed when the query began.",
    [['localtimestamp() = cast(now() as timestamp_ntz)', 'true']],
    ofMoment(TIMESTAMP_NTZ, (micros, { timeZone }) => localMicros(timeZone, micros)),
  ),
}
