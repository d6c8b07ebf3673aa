import { typeName } from '../../columnar/types.js'
import type { Origin } from '../../common/errors/condition.js'
import { literalText } from '../plan/expression/sql-text.js'
import type { UnresolvedExpression } from '../plan/unresolved/expression.js'

const INFIX = new Set(['+', '-', '*', '/', '%', 'div', '=', '!=', '<>', '<', '<=', '>', '>=', '<=>', 'and', 'or'])

/** How a name is printed; of a qualified one its last part, unless it is known to be a field. */
export type NameText = (parts: readonly string[], origin?: Origin) => string

const lastPart: NameText = (parts) => parts.at(-1)!

/** An expression as Spark names an unnamed column after it: `sum(a)`, `(a + b)`, `count(1)`. */
export function unresolvedText(e: UnresolvedExpression, nameText: NameText = lastPart): string {
  const text = (operand: UnresolvedExpression): string => unresolvedText(operand, nameText)
  switch (e.kind) {
    case 'literal':
      return e.type.kind === 'string' && e.value !== null ? String(e.value) : literalText(e.type, e.value)
    case 'attribute':
      return nameText(e.parts, e.origin)
    case 'star':
      return [...e.target, '*'].join('.')
    case 'function':
      return functionText(e, text)
    case 'cast':
      return `${e.mode === 'try' ? 'TRY_CAST' : 'CAST'}(${text(e.child)} AS ${typeName(e.type).toUpperCase()})`
    case 'case': {
      const branches = e.branches.map(({ when, value }) => ` WHEN ${text(when)} THEN ${text(value)}`).join('')
      return `CASE${branches}${e.otherwise ? ` ELSE ${text(e.otherwise)}` : ''} END`
    }
    case 'in':
      return `(${text(e.child)} IN (${e.list.map(text).join(', ')}))`
    case 'extractValue':
      return `${text(e.child)}.${e.field}`
    case 'alias':
      return e.name
    case 'sortOrder':
      return `${text(e.child)} ${e.direction.toUpperCase()}`
  }
}

type FunctionNode = Extract<UnresolvedExpression, { kind: 'function' }>

/** The operator that an expression is, where it stands between two operands. */
const infixOf = (e: UnresolvedExpression): FunctionNode | undefined =>
  e.kind === 'function' && INFIX.has(e.name) && e.args.length === 2 ? e : undefined

/** Not recursive along the left operands: generated SQL has chains of thousands. */
function infixText(e: FunctionNode, text: (operand: UnresolvedExpression) => string): string {
  const chain = [e]
  for (let left = infixOf(e.args[0]!); left; left = infixOf(left.args[0]!)) chain.push(left)
  return chain.reduceRight(
    (left, { name, args }) => {
      const right = text(args[1]!)
      // Spark has no inequality of its own, and writes its one infix word in lower case.
      if (name === '!=' || name === '<>') return `(NOT (${left} = ${right}))`
      return `(${left} ${name === 'div' ? name : name.toUpperCase()} ${right})`
    },
    text(chain.at(-1)!.args[0]!),
  )
}

function functionText(e: FunctionNode, text: (operand: UnresolvedExpression) => string): string {
  if (infixOf(e)) return infixText(e, text)
  const args = e.args.map((arg) =>
    arg.kind === 'star' && arg.target.length === 0 && e.name === 'count' ? '1' : text(arg),
  )
  if (e.name === 'if') return `(IF(${args.join(', ')}))`
  if (e.name === 'not') return `(NOT ${args[0]})`
  if (e.name === 'negative') return `(- ${args[0]})`
  if (e.name === 'isnull') return `(${args[0]} IS NULL)`
  if (e.name === 'isnotnull') return `(${args[0]} IS NOT NULL)`
  if (e.name === 'like') return `${args[0]} LIKE ${args[1]}`
  return `${e.name}(${e.distinct ? 'DISTINCT ' : ''}${args.join(', ')})${e.filter ? ` FILTER (WHERE ${text(e.filter)})` : ''}`
}
