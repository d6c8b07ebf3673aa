import { parseDurationMicros } from '../../common/config/units.js'
import { MillraceError } from '../../common/errors/millrace-error.js'
import { quotedText } from '../../common/errors/quoting.js'
import type { StatefulMapping, StateVariable, TimeMode } from '../../planner/plan/expression/user-function.js'
import type { QuerySettings } from '../../planner/plan/query-settings.js'
import { parseSchema } from '../../planner/sql/types.js'
import type { AnyClass } from './any-function.js'
import type { StatefulProcessorHandle, TtlOptions } from './stateful-processor.js'

/** One variable is as many as a byte can tell, but for timers. */
const MOST_VARIABLES = 255

/**
 * The state that a class declares when an object of it is made, which is done here for that alone.
 * @throws STATEFUL_PROCESSOR_DUPLICATE_STATE_VARIABLE_DEFINED, STATEFUL_PROCESSOR_INCORRECT_TIME_MODE_TO_ASSIGN_TTL, PARSE_SYNTAX_ERROR, what the class throws
 */
export function declaredState(of: AnyClass, timeMode: TimeMode, settings: QuerySettings): StatefulMapping {
  const variables: StateVariable[] = []
  const declare = (
    kind: StateVariable['kind'],
    name: string,
    key: string | undefined,
    value: string,
    { ttlDuration }: TtlOptions = {},
  ): never => {
    if (variables.some((one) => one.name === name))
      throw new MillraceError('STATEFUL_PROCESSOR_DUPLICATE_STATE_VARIABLE_DEFINED', { stateVarName: name })
    const columns = (ddl: string) => parseSchema(ddl, settings).fields
    const ttl = ttlDuration === undefined ? {} : { ttlMs: ttlOf(name, ttlDuration, timeMode) }
    variables.push({ name, kind, key: key === undefined ? [] : columns(key), value: columns(value), ...ttl })
    if (variables.length > MOST_VARIABLES)
      throw new MillraceError('UNSUPPORTED_FEATURE', { feature: `more than ${MOST_VARIABLES} state variables` })
    return UNUSABLE as never
  }
  const handle: StatefulProcessorHandle = {
    getValueState: (name, schema, options) => declare('value', name, undefined, schema, options),
    getListState: (name, schema, options) => declare('list', name, undefined, schema, options),
    getMapState: (name, key, schema, options) => declare('map', name, key, schema, options),
    registerTimer: () => notYet('registerTimer'),
    deleteTimer: () => notYet('deleteTimer'),
    listTimers: () => notYet('listTimers'),
    getQueryInfo: () => notYet('getQueryInfo'),
  }
  Reflect.construct(of, [handle])
  return { variables, timeMode }
}

/** State that can be used when the query runs only. */
const UNUSABLE = new Proxy({}, { get: (_, member) => (typeof member === 'string' ? () => notYet(member) : undefined) })

function notYet(operationType: string): never {
  throw new MillraceError('STATEFUL_PROCESSOR_CANNOT_PERFORM_OPERATION_WITH_INVALID_HANDLE_STATE', { operationType })
}

function ttlOf(stateName: string, duration: string, timeMode: TimeMode): number {
  if (timeMode !== 'processingTime')
    throw new MillraceError('STATEFUL_PROCESSOR_INCORRECT_TIME_MODE_TO_ASSIGN_TTL', { stateName, timeMode })
  const micros = parseDurationMicros(duration)
  if (micros === undefined) throw new MillraceError('INVALID_INTERVAL_FORMAT', { input: quotedText(duration) })
  const ms = Number(micros / 1000n)
  if (ms > 0) return ms
  throw new MillraceError('STATEFUL_PROCESSOR_TTL_DURATION_MUST_BE_POSITIVE', { stateName, operationType: 'update' })
}
