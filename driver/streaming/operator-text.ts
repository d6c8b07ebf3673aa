import { typeName } from '../../columnar/types.js'
import type { KeptPart } from '../../planner/plan/physical/stateful.js'
import type { StoredOperator } from './checkpoint-entries.js'

const partText = ({ meaning, columns }: KeptPart): string =>
  `${meaning} as ${columns.map(({ type }) => typeName(type)).join(', ')}`

/** All that shapes the state of an operator, as a line. */
export function operatorText({ name, version, parts: { keys, values, rule } }: StoredOperator): string {
  return `${name} ${version}: by [${keys.map(partText).join(', ')}], [${values.map(partText).join(', ')}] kept ${rule}`
}
