import type { ExecutionContext } from 'ava'
import type { ConditionName } from '../../common/errors/catalogue.js'
import { MillraceError } from '../../common/errors/millrace-error.js'

type Act = PromiseLike<unknown> | (() => unknown)

async function caught(t: ExecutionContext, act: Act): Promise<MillraceError> {
  const run = async (): Promise<unknown> => (typeof act === 'function' ? act() : act)
  return (await t.throwsAsync(run, { instanceOf: MillraceError })) as MillraceError
}

/** What is raised, which must be this condition, or one of these. */
export async function raised(
  t: ExecutionContext,
  act: Act,
  ...conditions: readonly [ConditionName, ...ConditionName[]]
): Promise<MillraceError> {
  const error = await caught(t, act)
  t.true(conditions.includes(error.condition), `${error.condition} in place of ${conditions.join(' or ')}`)
  return error
}

/** The condition and message of what is raised, to be compared. Fails the test when it is a fault of the engine. */
export async function refusal(t: ExecutionContext, act: Act): Promise<string> {
  const { condition, message, stack } = await caught(t, act)
  t.not(condition, 'INTERNAL_ERROR', stack)
  return `${condition}: ${message}`
}
