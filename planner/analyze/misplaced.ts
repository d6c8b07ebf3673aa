import type { DataType } from '../../columnar/types.js'
import { MillraceError } from '../../common/errors/millrace-error.js'
import type { UnresolvedExpression } from '../plan/unresolved/expression.js'
import { lookUp, qualifiedName, type Scope, type WrittenName } from './names/scope.js'
import { unresolvedText } from './unresolved-text.js'

/** Where in a query an expression stands. */
export type Clause =
  | 'SELECT'
  | 'WHERE'
  | 'GROUP BY'
  | 'HAVING'
  | 'ORDER BY'
  | 'DISTRIBUTE BY'
  | 'JOIN'
  | 'an aggregate function'

type Node<K extends UnresolvedExpression['kind']> = Extract<UnresolvedExpression, { kind: K }>

/** Where an expression stands, as far as its refusal needs it. */
interface Place {
  readonly scope: Scope
  readonly clause: Clause
  readonly whole?: UnresolvedExpression
  readonly types?: ReadonlyMap<UnresolvedExpression, DataType>
}

export const misplacedStar = (e: Node<'star'>, place: string): MillraceError =>
  new MillraceError(
    'INVALID_USAGE_OF_STAR_OR_REGEX',
    { elem: `'${unresolvedText(e)}'`, prettyName: place },
    { origin: e.origin },
  )

/** Arguments of functions are columns that a star stands for only in a select list, and in WHERE and HAVING. @throws INVALID_USAGE_OF_STAR_OR_REGEX */
export function refuseStarIn(e: Node<'star'>, clause: Clause): void {
  if (clause === 'ORDER BY' || clause === 'GROUP BY' || clause === 'JOIN') throw misplacedStar(e, OPERATORS[clause])
}

/** What Spark calls operators, of which none takes a star. */
const OPERATOR_NAMES: ReadonlyMap<string, string> = new Map([
  ['+', 'add'],
  ['-', 'subtract'],
  ['*', 'multiply'],
  ['/', 'divide'],
  ['%', 'remainder'],
  ['div', 'integraldivide'],
  ['&', 'bitwiseand'],
  ['|', 'bitwiseor'],
  ['^', 'bitwisexor'],
  ['=', 'equalto'],
  ['!=', 'equalto'],
  ['<=>', 'equalnullsafe'],
  ['<', 'lessthan'],
  ['<=', 'lessthanorequal'],
  ['>', 'greaterthan'],
  ['>=', 'greaterthanorequal'],
  ['and', 'and'],
  ['or', 'or'],
  ['not', 'not'],
  ['like', 'like'],
  ['rlike', 'rlike'],
])

/** @throws INVALID_USAGE_OF_STAR_OR_REGEX for a star as an operand */
export function refuseStars({ name, args }: Node<'function'>): void {
  const operator = name === '-' && args.length === 1 ? 'unaryminus' : OPERATOR_NAMES.get(name)
  const star = operator === undefined ? undefined : args.find((arg) => arg.kind === 'star')
  if (star) throw misplacedStar(star, `expression \`${operator}\``)
}

/** The condition that Spark has for an aggregate function where none may be. */
export function misplacedAggregate(e: Node<'function'>, { clause, whole, scope }: Place): MillraceError {
  const text = `"${unresolvedText(e)}"`
  const qualified = unresolvedText(e, { name: (name) => qualifiedName(scope, name) })
  const marked = (name: WrittenName): string => (lookUp(scope, name) ? name.parts.at(-1)! : qualifiedName(scope, name))
  switch (clause) {
    case 'WHERE':
      return new MillraceError(
        'INVALID_WHERE_CONDITION',
        { condition: `"${unresolvedText(whole ?? e, { name: marked })}"`, expressionList: qualified },
        { origin: e.origin },
      )
    case 'GROUP BY':
      return new MillraceError('GROUP_BY_AGGREGATE', { sqlExpr: qualified }, { origin: e.origin })
    case 'an aggregate function':
      return new MillraceError('NESTED_AGGREGATE_FUNCTION', { expression: text }, { origin: e.origin })
    case 'SELECT':
    case 'HAVING':
    case 'ORDER BY':
    case 'DISTRIBUTE BY':
    case 'JOIN': {
      const parameters = { operator: OPERATORS[clause], invalidExprSqls: text }
      return new MillraceError('UNSUPPORTED_EXPR_FOR_OPERATOR', parameters, { origin: e.origin })
    }
  }
}

/** The operators of Spark that clauses become. */
const OPERATORS = {
  SELECT: 'Project',
  'GROUP BY': 'Aggregate',
  HAVING: 'Filter',
  'ORDER BY': 'Sort',
  'DISTRIBUTE BY': 'RepartitionByExpression',
  JOIN: 'Join',
} as const

/** The condition that Spark has for a function over a window where none may be. */
export function misplacedWindow(e: Node<'window'>, { clause, types }: Place): MillraceError {
  switch (clause) {
    case 'WHERE':
    case 'HAVING':
      return new MillraceError('WINDOW_FUNCTION_NOT_ALLOWED_IN_CLAUSE', { clauseName: clause }, { origin: e.origin })
    case 'an aggregate function':
      return new MillraceError('_LEGACY_ERROR_TEMP_1031', {}, { origin: e.origin })
    case 'SELECT':
    case 'GROUP BY':
    case 'ORDER BY':
    case 'DISTRIBUTE BY':
    case 'JOIN': {
      const parameters = {
        operator: OPERATORS[clause],
        invalidExprSqls: `"${unresolvedText(e, { typeOf: (operand) => types?.get(operand) })}"`,
      }
      return new MillraceError('UNSUPPORTED_EXPR_FOR_OPERATOR', parameters, { origin: e.origin })
    }
  }
}
