import { bigintJson } from '../../../common/bigint-json.js'
import { withoutUrlCredentials } from '../../../common/url-credentials.js'
import type { EngineEvent } from '../engine-event.js'

/** An event as a line of JSON, in which nobody reads what URLs tell of their user. */
export const eventLine = (event: EngineEvent): string => `${JSON.stringify(event, shown)}\n`

function shown(_name: string, value: unknown): unknown {
  if (typeof value === 'bigint') return bigintJson(value)
  return typeof value === 'string' ? withoutUrlCredentials(value) : value
}
