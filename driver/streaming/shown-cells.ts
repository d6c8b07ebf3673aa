import { MillraceError } from '../../common/errors/millrace-error.js'
import type { ShownCells } from '../../connectors/api.js'
import type { KeptCells } from '../../planner/plan/physical/stateful.js'
import { TIMER_CELLS } from '../../planner/plan/state-cells.js'
import type { StateOptions } from './state-options.js'

/**
 * What is shown of the state of an operator, where it is state of the user's code: what the options name, or the one variable that a function has.
 * @throws STDS_REQUIRED_OPTION_UNSPECIFIED, INVALID_OPTION for what the operator has not
 */
export function shownCells(
  cells: KeptCells | undefined,
  operatorName: string,
  { stateVarName, timers = false }: StateOptions,
): ShownCells | undefined {
  const refuse = (option: string, value: string, reason: string): MillraceError =>
    new MillraceError('INVALID_OPTION', { option, provider: 'statestore', value, reason })
  if (!cells) {
    const reason = `${operatorName} keeps no state of the user's code`
    if (timers) throw refuse('readRegisteredTimers', 'true', reason)
    if (stateVarName !== undefined) throw refuse('stateVarName', stateVarName, reason)
    return undefined
  }
  const { keys: groups, variables } = cells
  if (timers) return { kind: 'timers', number: TIMER_CELLS, groups, key: [], value: [], expires: false }
  const wanted = stateVarName ?? (operatorName === 'flatMapGroupsWithState' ? variables[0]?.name : undefined)
  if (wanted === undefined) throw new MillraceError('STDS_REQUIRED_OPTION_UNSPECIFIED', { optionName: 'stateVarName' })
  const number = variables.findIndex(({ name }) => name === wanted)
  const variable = variables[number]
  if (!variable)
    throw refuse('stateVarName', wanted, `the variables are ${variables.map(({ name }) => name).join(', ')}`)
  const { kind, key, value, ttlMs } = variable
  return { kind, number, groups, key, value, expires: ttlMs !== undefined }
}
