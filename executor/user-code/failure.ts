import { inspect } from 'node:util'
import { type DataType, typeName } from '../../columnar/types.js'
import { MillraceError } from '../../common/errors/millrace-error.js'
import { isOwnFrame } from '../../common/own-files.js'

/** What messages tell of a call. */
export interface Signature {
  readonly name: string
  readonly arguments: readonly DataType[]
  readonly result: DataType
}

const LONGEST_VALUE = 100

const parametersOf = ({ name, arguments: types, result }: Signature) => ({
  functionName: `\`${name}\``,
  signature: types.map(typeName).join(', '),
  result: typeName(result),
})

/** What a function threw, with the line of the user's file where it did. */
export function failed(signature: Signature, error: unknown): MillraceError {
  const place = error instanceof Error ? userPlace(error.stack ?? '') : undefined
  const reason = `${error instanceof Error ? `${error.name}: ${error.message}` : String(error)}${place ? ` (${place})` : ''}`
  return new MillraceError('FAILED_EXECUTE_UDF', { ...parametersOf(signature), reason }, { cause: error })
}

/** A function gave what is no value of the type that it is declared to give. */
export function invalidResult(signature: Signature, value: unknown): MillraceError {
  const isPromise = typeof value === 'object' && value !== null && 'then' in value
  const text = isPromise ? 'a promise (it must not be async)' : inspect(value, { depth: 1, breakLength: Infinity })
  const shown = text.length > LONGEST_VALUE ? `${text.slice(0, LONGEST_VALUE)}…` : text
  return new MillraceError('INVALID_UDF_RESULT', { ...parametersOf(signature), value: shown })
}

/** File, line and column of the first frame that is the user's. */
function userPlace(stack: string): string | undefined {
  for (const frame of stack.split('\n')) {
    const [, place] = /^\s+at (?:.* \()?(.+:\d+:\d+)\)?$/.exec(frame) ?? []
    if (place && !place.startsWith('node:') && !isOwnFrame(place)) return place
  }
  return undefined
}
