import type { ConditionName } from '../../common/errors/catalogue.js'
import { MillraceError } from '../../common/errors/millrace-error.js'
import type { HostRoutine } from './routine.js'

interface Raised {
  readonly condition: ConditionName
  readonly parameters: Readonly<Record<string, string>>
  /** The parameters whose texts are the other operands. */
  readonly shown: readonly string[]
}

/** Raises what `planner/analyze/functions/raising.ts` told. */
export const raise: HostRoutine = ([told, ...texts]) => {
  const { condition, parameters, shown } = JSON.parse(String(told)) as Raised
  const computed = Object.fromEntries(shown.map((name, i) => [name, String(texts[i] ?? 'null')]))
  throw new MillraceError(condition, { ...parameters, ...computed })
}
