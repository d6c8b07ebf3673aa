import { MillraceError } from '../../common/errors/millrace-error.js'
import type { Handler } from './nodes.js'

const FROM_OUTSIDE: ReadonlySet<string> = new Set(['OPERATION_CANCELED', 'SESSION_CLOSED'])

/**
 * The handler of a compound that an error is for: the one of its condition, or else of the class of its condition, or of its SQLSTATE, or of all errors.
 * What ended the script from outside, and what is a fault of the engine, has none.
 */
export function handlerOf(error: unknown, handlers: readonly Handler[]): Handler | undefined {
  if (!MillraceError.is(error) || FROM_OUTSIDE.has(error.condition) || error.domain === 'internal') return undefined
  const { condition, sqlState = '' } = error
  const [ofClass] = condition.split('.')
  return (
    handlers.find(({ conditions }) => conditions.has(condition)) ??
    handlers.find(({ conditions }) => conditions.has(ofClass!)) ??
    handlers.find(({ sqlStates }) => sqlStates.has(sqlState)) ??
    handlers.find(({ handles }) => (sqlState.startsWith('02') ? handles.notFound : handles.sqlException))
  )
}
