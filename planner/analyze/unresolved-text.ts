import { typeName } from '../../columnar/types.js'
import { literalText } from '../plan/expression/sql-text.js'
import type { UnresolvedExpression } from '../plan/unresolved/expression.js'

const INFIX = new Set(['+', '-', '*', '/', '%', 'div', '=', '!=', '<', '<=', '>', '>=', '<=>', 'and', 'or'])

/** An expression as Spark names an unnamed column after it: `sum(a)`, `(a + b)`, `count(1)`. */
export function unresolvedText(e: UnresolvedExpression): string {
  switch (e.kind) {
    case 'literal':
      return e.type.kind === 'string' && e.value !== null ? String(e.value) : literalText(e.type, e.value)
    case 'attribute':
      return e.parts.at(-1)!
    case 'star':
      return [...e.target, '*'].join('.')
    case 'function':
      return functionText(e)
    case 'cast':
      return `${e.mode === 'try' ? 'TRY_CAST' : 'CAST'}(${unresolvedText(e.child)} AS ${typeName(e.type).toUpperCase()})`
    case 'case': {
      const branches = e.branches
        .map(({ when, value }) => ` WHEN ${unresolvedText(when)} THEN ${unresolvedText(value)}`)
        .join('')
      return `CASE${branches}${e.otherwise ? ` ELSE ${unresolvedText(e.otherwise)}` : ''} END`
    }
    case 'in':
      return `(${unresolvedText(e.child)} IN (${e.list.map(unresolvedText).join(', ')}))`
    case 'extractValue':
      return `${unresolvedText(e.child)}.${e.field}`
    case 'alias':
      return e.name
    case 'sortOrder':
      return `${unresolvedText(e.child)} ${e.direction.toUpperCase()}`
  }
}

function functionText(e: Extract<UnresolvedExpression, { kind: 'function' }>): string {
  const args = e.args.map((arg) => (arg.kind === 'star' && e.name === 'count' ? '1' : unresolvedText(arg)))
  // Spark has no inequality of its own, and writes its one infix word in lower case.
  if ((e.name === '!=' || e.name === '<>') && args.length === 2) return `(NOT (${args[0]} = ${args[1]}))`
  if (INFIX.has(e.name) && args.length === 2)
    return `(${args[0]} ${e.name === 'div' ? e.name : e.name.toUpperCase()} ${args[1]})`
  if (e.name === 'if') return `(IF(${args.join(', ')}))`
  if (e.name === 'not') return `(NOT ${args[0]})`
  if (e.name === 'negative') return `(- ${args[0]})`
  if (e.name === 'isnull') return `(${args[0]} IS NULL)`
  if (e.name === 'isnotnull') return `(${args[0]} IS NOT NULL)`
  if (e.name === 'like') return `${args[0]} LIKE ${args[1]}`
  return `${e.name}(${e.distinct ? 'DISTINCT ' : ''}${args.join(', ')})${e.filter ? ` FILTER (WHERE ${unresolvedText(e.filter)})` : ''}`
}
