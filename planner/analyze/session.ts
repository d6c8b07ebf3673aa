import { type DataType, hasVariants, partTypes, TIMESTAMP_NTZ, typeName } from '../../columnar/types.js'
import type { Origin } from '../../common/errors/condition.js'
import { MillraceError } from '../../common/errors/millrace-error.js'
import { quotedPath } from '../../common/errors/quoting.js'
import { localMicros, zoneKind } from '../../common/time/time-zone.js'
import { cast } from '../plan/expression/build.js'
import type { Cast, Expression, Failure } from '../plan/expression/expression.js'
import type { LiteralValue } from '../plan/expression/literal.js'
import { literalText } from '../plan/expression/literal-text.js'
import { DEFAULT_SETTINGS, type FunctionSettings, type QuerySettings } from '../plan/query-settings.js'
import type { UnresolvedExpression } from '../plan/unresolved/expression.js'
import { parseTemporal } from '../sql/date-time.js'

/** What a query takes from its session, and from the moment at which it begins. */
export interface AnalysisSession extends QuerySettings {
  /** Whose clocks say what a date, a time of day or a text is as a TIMESTAMP. */
  readonly timeZone: string
  /** Microseconds since 1970: what `now()` is for the whole query; undefined in a stream, each batch of which has a moment of its own. */
  readonly nowMicros: bigint | undefined
  readonly database: string
  /** The schemas in which names of one part are looked for, each with its catalog. */
  readonly path: readonly (readonly string[])[]
  /** Who runs it. */
  readonly user: string
}

const DEFAULT_PATH = [
  ['system', 'builtin'],
  ['system', 'session'],
  ['spark_catalog', 'default'],
]
export const DEFAULT_SESSION: AnalysisSession = {
  ...DEFAULT_SETTINGS,
  timeZone: 'UTC',
  nowMicros: 0n,
  database: 'default',
  path: DEFAULT_PATH,
  user: '',
}

/** That of the analysis that runs, of which there is one at a time. */
let current = DEFAULT_SESSION

/** Analyzes for a session. */
export function withSession<T>(session: AnalysisSession = DEFAULT_SESSION, analysis: () => T): T {
  const before = current
  current = session
  try {
    return analysis()
  } finally {
    current = before
  }
}

/** Analyzes what was made under other settings. */
export const withSettings = <T>(settings: QuerySettings | FunctionSettings, analysis: () => T): T =>
  withSession({ ...current, ...settings }, analysis)

export const analysisSession = (): AnalysisSession => current

/** Whether values that do not fit are no errors. */
export const isLenient = (): boolean => !current.isAnsi

/** Outside of ANSI mode what becomes of rows for which a function has no result; nothing in it, where they raise. */
export const unlessAnsi = (failure: Failure): Failure | undefined => (current.isAnsi ? undefined : failure)

/** What maps do that would have a key twice, where they do not raise. */
export const ofEqualKeys = (): Failure | undefined => (current.equalKeys === 'LAST_WIN' ? 'last' : undefined)

/** What casts do with values that do not fit where the query does not say TRY_CAST. */
export const castMode = (): 'ansi' | 'lenient' => (current.isAnsi ? 'ansi' : 'lenient')
/** Where names are looked for, as conditions tell it. */
export const searchPath = (): string => `[${current.path.map(quotedPath).join(', ')}]`

/** A cast with the session's zone, where it depends on that. */
export function zonedCast(child: Expression, type: DataType, mode: Cast['mode'], origin?: Origin): Cast {
  const isPacked = child.type.kind === 'array' || child.type.kind === 'map'
  // Kernels that make texts and other elements of these know no zones.
  if (
    isZoned(child.type) &&
    hasInstants(child.type) &&
    (isPacked || (child.type.kind === 'struct' && type.kind === 'string'))
  ) {
    const feature = `the cast of ${typeName(child.type)} to ${typeName(type)} in another time zone than UTC`
    throw new MillraceError('UNSUPPORTED_FEATURE', { feature }, { origin })
  }
  const made = cast(child, type, mode, origin)
  return isZoned(child.type) || isZoned(type) ? Object.freeze({ ...made, timeZone: current.timeZone }) : made
}

/** What the session's clocks show at an instant; other values as they are. */
export const localTime = (e: Expression): Expression =>
  e.type.kind === 'timestamp' ? zonedCast(e, TIMESTAMP_NTZ, 'ansi', e.origin) : e

type UnresolvedLiteral = Extract<UnresolvedExpression, { kind: 'literal' }>

/** What a literal is in the session. */
export function literalValue({ type, value, written, origin }: UnresolvedLiteral): LiteralValue {
  if (written === undefined) return value
  const { timeZone, nowMicros } = current
  const read = parseTemporal(written, type, { timeZone, nowMicros: nowMicros ?? 0n })!
  if (nowMicros === undefined && read !== parseTemporal(written, type, { timeZone, nowMicros: ANOTHER_MOMENT }))
    throw new MillraceError('UNSUPPORTED_FEATURE', { feature: `the literal '${written}' in a stream` }, { origin })
  return read
}

const ANOTHER_MOMENT = 1_000_000_000_000_001n

/** A literal as SQL of the session writes it. */
export function zonedLiteralText(type: DataType, value: LiteralValue): string {
  const isInstant = type.kind === 'timestamp' && typeof value === 'bigint'
  return literalText(type, isInstant ? localMicros(current.timeZone, value) : value)
}

/** Whether what a value is depends on the session's zone. */
const isZoned = (type: DataType): boolean =>
  (hasInstants(type) || hasVariants(type)) && zoneKind(current.timeZone) !== 0

const hasInstants = (type: DataType): boolean => type.kind === 'timestamp' || partTypes(type).some(hasInstants)
