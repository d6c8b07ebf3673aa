import { MillraceError } from '../../../common/errors/millrace-error.js'
import { onceEach } from '../../../common/once-each.js'
import type { UnresolvedCall, UnresolvedExpression } from '../../plan/unresolved/expression.js'
import type { Clause } from '../misplaced.js'
import { findNode, someNode } from '../unresolved-nodes.js'
import { unresolvedText } from '../unresolved-text.js'
import { isGenerator } from './registry.js'

const isGeneratorCall = (e: UnresolvedExpression): e is UnresolvedCall => e.kind === 'function' && isGenerator(e.name)

export const hasGenerator: (e: UnresolvedExpression) => boolean = onceEach((e) => someNode(e, isGeneratorCall))

/** A member of a select list under its alias. */
const withoutAlias = (e: UnresolvedExpression): UnresolvedExpression =>
  e.kind === 'alias' || e.kind === 'aliases' ? e.child : e

/** The generator that a member of a select list is; undefined where it is none. @throws UNSUPPORTED_GENERATOR.NESTED_IN_EXPRESSIONS */
export function generatorOf(member: UnresolvedExpression): UnresolvedCall | undefined {
  if (!hasGenerator(member)) return undefined
  const e = withoutAlias(member)
  const [whole, parts] = isGeneratorCall(e) ? [e, e.args] : [undefined, [e]]
  for (const part of parts) {
    const nested = findNode(part, isGeneratorCall)
    if (!nested) continue
    const parameters = { expression: `"${unresolvedText(e)}"` }
    throw new MillraceError('UNSUPPORTED_GENERATOR.NESTED_IN_EXPRESSIONS', parameters, { origin: nested.origin })
  }
  return whole
}

export function aliasesOfOne(e: Extract<UnresolvedExpression, { kind: 'aliases' }>): MillraceError {
  const parameters = { expr: `"${unresolvedText(e.child)}"`, names: e.names.join(', ') }
  return new MillraceError('MULTI_ALIAS_WITHOUT_GENERATOR', parameters, { origin: e.origin })
}

/** What Spark calls the operator of a clause. */
const OPERATORS: Partial<Record<Clause, string>> = {
  WHERE: 'Filter',
  HAVING: 'UnresolvedHaving',
  'GROUP BY': 'Aggregate',
  'ORDER BY': 'Sort',
  'DISTRIBUTE BY': 'RepartitionByExpression',
  JOIN: 'Join',
}

/** The condition that Spark has for a generator where none may be. */
export function misplacedGenerator(
  e: UnresolvedCall,
  { clause, whole }: { readonly clause: Clause; readonly whole?: UnresolvedExpression },
): MillraceError {
  const { origin } = e
  const operator = OPERATORS[clause]
  if (operator === undefined)
    return new MillraceError('UNSUPPORTED_FEATURE', { feature: `the function ${e.name} here` }, { origin })
  const plan = `'${operator} ${unresolvedText(whole ?? e)}`
  return new MillraceError('UNSUPPORTED_GENERATOR.OUTSIDE_SELECT', { plan }, { origin })
}
