import { MillraceError } from '../../common/errors/millrace-error.js'
import { quotedName } from '../../common/errors/quoting.js'
import type { Expression, Lambda, LambdaVariable } from '../plan/expression/expression.js'
import type { UnresolvedExpression } from '../plan/unresolved/expression.js'
import type { CallSite, FunctionDefinition, LambdaArgument } from './functions/definition.js'
import { nameKey } from './names/names.js'
import { getField } from './names/scope.js'

export type UnresolvedLambda = Extract<UnresolvedExpression, { kind: 'lambda' }>

export const isLambda = (e: UnresolvedExpression): e is UnresolvedLambda => e.kind === 'lambda'

/** The variable that a name means, or a field of it, within lambdas; undefined where it is none. The innermost comes last. */
export function variableCalled(
  e: UnresolvedExpression,
  variables: readonly LambdaVariable[] | undefined,
): Expression | undefined {
  if (!variables || e.kind !== 'attribute') return undefined
  const name = nameKey(e.parts[0]!)
  const variable = variables.findLast((candidate) => nameKey(candidate.name) === name)
  if (!variable) return undefined
  return e.parts.slice(1).reduce<Expression>((value, part) => getField(value, part, e.origin), variable)
}

const AT_VALUE = 'INVALID_LAMBDA_FUNCTION_CALL.PARAMETER_DOES_NOT_ACCEPT_LAMBDA_FUNCTION'

/** How the body of a lambda is resolved that has these variables around. */
type ResolveBody = (body: UnresolvedExpression, variables: readonly LambdaVariable[]) => Expression

/** Resolves the arguments of a function some of which are lambdas, each after those before it, as these tell what it gets. */
export function resolveWithLambdas(
  definition: FunctionDefinition,
  args: readonly UnresolvedExpression[],
  site: CallSite,
  around: readonly LambdaVariable[],
  resolve: ResolveBody,
): readonly Expression[] {
  const resolved: Expression[] = []
  for (const [position, arg] of args.entries()) {
    if (!isLambda(arg)) {
      resolved.push(resolve(arg, around))
      continue
    }
    if (!definition.lambdas) throw misplacedLambda(arg, site.name)
    if (position < definition.lambdas.first) throw new MillraceError(AT_VALUE, {}, { origin: arg.origin })
    checkNames(arg)
    const given = definition.lambdas.given(resolved, position, arg.parameters.length, site)
    resolved.push(resolveLambda(arg, given, around, resolve))
  }
  return resolved
}

function resolveLambda(
  { parameters, body, origin }: UnresolvedLambda,
  given: readonly LambdaArgument[],
  around: readonly LambdaVariable[],
  resolve: ResolveBody,
): Lambda {
  if (parameters.length !== given.length) {
    const counts = { expectedNumArgs: parameters.length, actualNumArgs: given.length }
    throw new MillraceError('INVALID_LAMBDA_FUNCTION_CALL.NUM_ARGS_MISMATCH', counts, { origin })
  }
  const variables = parameters.map((name, i): LambdaVariable => {
    const { type, nullable } = given[i]!
    return Object.freeze({ kind: 'variable', name, level: around.length + i, type, nullable })
  })
  const value = resolve(body, [...around, ...variables])
  const { type, nullable } = value
  return Object.freeze({
    kind: 'lambda',
    parameters: variables,
    body: value,
    type,
    nullable,
    ...(origin ? { origin } : {}),
  })
}

function checkNames({ parameters, origin }: UnresolvedLambda): void {
  const names = parameters.map(nameKey)
  if (new Set(names).size === names.length) return
  const args = parameters.map(quotedName).join(', ')
  const caseSensitiveConfig = '"spark.sql.caseSensitive"'
  throw new MillraceError('INVALID_LAMBDA_FUNCTION_CALL.DUPLICATE_ARG_NAMES', { args, caseSensitiveConfig }, { origin })
}

/** A lambda where a value is expected. */
export const misplacedLambda = ({ origin }: UnresolvedLambda, name: string): MillraceError =>
  new MillraceError('INVALID_LAMBDA_FUNCTION_CALL.NON_HIGHER_ORDER_FUNCTION', { class: name }, { origin })
