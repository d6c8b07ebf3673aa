import { typeName } from '../../columnar/types.js'
import type { UnresolvedExpression } from '../../planner/plan/unresolved/expression.js'

/** An expression with every call in parentheses, so that a test sees what binds to what. */
export function outline(e: UnresolvedExpression): string {
  switch (e.kind) {
    case 'literal':
      return typeof e.value === 'string'
        ? `'${e.value}'`
        : `${e.value instanceof Uint8Array ? Buffer.from(e.value).toString('hex') : e.value}:${typeName(e.type)}`
    case 'attribute':
      return e.parts.join('.')
    case 'star':
      return [...e.target, '*'].join('.')
    case 'function':
      return `(${[e.name, ...(e.distinct ? ['distinct'] : []), ...e.args.map(outline), ...(e.filter ? ['where', outline(e.filter)] : [])].join(' ')})`
    case 'cast':
      return `(${e.mode === 'try' ? 'try_cast' : 'cast'} ${outline(e.child)} ${typeName(e.type)})`
    case 'case':
      return `(case ${e.branches.map((b) => `${outline(b.when)} ${outline(b.value)}`).join(' ')}${e.otherwise ? ` else ${outline(e.otherwise)}` : ''})`
    case 'in':
      return `(in ${outline(e.child)} ${e.list.map(outline).join(' ')})`
    case 'scalarSubquery':
    case 'exists':
      return `(${e.kind} ${e.query.kind})`
    case 'inSubquery':
      return `(in ${e.children.map(outline).join(' ')} ${e.query.kind})`
    case 'extractValue':
      return `(. ${outline(e.child)} ${e.field})`
    case 'alias':
      return `${outline(e.child)} as ${e.name}`
    case 'sortOrder':
      return `${outline(e.child)} ${e.direction}${e.nulls ? ` nulls ${e.nulls}` : ''}`
  }
}
