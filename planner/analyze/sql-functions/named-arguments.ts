import { nearest } from '../../../common/closest.js'
import type { Origin } from '../../../common/errors/condition.js'
import { MillraceError } from '../../../common/errors/millrace-error.js'
import { quotedName } from '../../../common/errors/quoting.js'
import type { UnresolvedExpression } from '../../plan/unresolved/expression.js'

/** What a function takes, as its calls may name it. */
export interface NamedParameter {
  readonly name: string
  /** What it is where a call leaves it out; it must not without. */
  readonly byDefault?: UnresolvedExpression | undefined
}

/** A routine with named parameters, as messages about its calls tell it. */
interface CalledRoutine {
  /** With its quotes. */
  readonly routineName: string
  readonly parameters: readonly NamedParameter[]
  readonly origin: Origin | undefined
}

type Named = Extract<UnresolvedExpression, { kind: 'namedArgument' }>

const isNamed = (e: UnresolvedExpression): e is Named => e.kind === 'namedArgument'
export const hasNamedArguments = (args: readonly UnresolvedExpression[]): boolean => args.some(isNamed)

/**
 * The arguments of a call in the order of the parameters, with the defaults of those that it leaves out; without names they are as written.
 * @throws UNEXPECTED_POSITIONAL_ARGUMENT, UNRECOGNIZED_PARAMETER_NAME, DUPLICATE_ROUTINE_PARAMETER_ASSIGNMENT.*, REQUIRED_PARAMETER_NOT_FOUND
 */
export function inOrder(
  args: readonly UnresolvedExpression[],
  routine: CalledRoutine,
): readonly UnresolvedExpression[] {
  const first = args.findIndex(isNamed)
  if (first < 0) return args
  const { routineName, parameters, origin } = routine
  const positional = args.slice(0, first)
  const named = namedOf(args.slice(first), routine)
  return parameters.map(({ name, byDefault }, index) => {
    const given = named.get(name.toLowerCase())
    const parameterName = quotedName(name)
    if (given && index < positional.length) {
      const condition = 'DUPLICATE_ROUTINE_PARAMETER_ASSIGNMENT.BOTH_POSITIONAL_AND_NAMED'
      throw new MillraceError(condition, { routineName, parameterName }, { origin })
    }
    const value = positional[index] ?? given ?? byDefault
    if (value) return value
    throw new MillraceError('REQUIRED_PARAMETER_NOT_FOUND', { routineName, parameterName, index }, { origin })
  })
}

const MOST_PROPOSALS = 3

/** The values behind names, by these in lower case. */
function namedOf(
  args: readonly UnresolvedExpression[],
  { routineName, parameters, origin }: CalledRoutine,
): ReadonlyMap<string, UnresolvedExpression> {
  const named = new Map<string, UnresolvedExpression>()
  let last = ''
  for (const arg of args) {
    if (!isNamed(arg)) {
      const parameters = { routineName, parameterName: quotedName(last) }
      throw new MillraceError('UNEXPECTED_POSITIONAL_ARGUMENT', parameters, { origin })
    }
    last = arg.name
    const key = last.toLowerCase()
    if (named.has(key)) {
      const condition = 'DUPLICATE_ROUTINE_PARAMETER_ASSIGNMENT.DOUBLE_NAMED_ARGUMENT_REFERENCE'
      throw new MillraceError(condition, { routineName, parameterName: quotedName(last) }, { origin })
    }
    named.set(key, arg.child)
  }
  const names = parameters.map(({ name }) => name)
  const known = new Set(names.map((name) => name.toLowerCase()))
  const unknown = args.filter(isNamed).find(({ name }) => !known.has(name.toLowerCase()))
  if (unknown === undefined) return named
  const proposal = nearest(unknown.name, names, MOST_PROPOSALS).map(quotedName).join(' ')
  const parametersOf = { routineName, argumentName: quotedName(unknown.name), proposal }
  throw new MillraceError('UNRECOGNIZED_PARAMETER_NAME', parametersOf, { origin })
}
