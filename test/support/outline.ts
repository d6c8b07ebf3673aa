import { typeName } from '../../columnar/types.js'
import type {
  UnresolvedBound,
  UnresolvedExpression,
  UnresolvedWindow,
} from '../../planner/plan/unresolved/expression.js'

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
    case 'window':
      return `(over ${outline(e.function)} ${windowOutline(e.over)})`
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
    case 'lambda':
      return `(${e.parameters.join(' ')} -> ${outline(e.body)})`
    case 'namedArgument':
      return `${e.name} => ${outline(e.child)}`
    case 'alias':
      return `${outline(e.child)} as ${e.name}`
    case 'aliases':
      return `${outline(e.child)} as (${e.names.join(', ')})`
    case 'sortOrder':
      return `${outline(e.child)} ${e.direction}${e.nulls ? ` nulls ${e.nulls}` : ''}`
  }
}

function windowOutline(over: UnresolvedWindow): string {
  if (over.kind === 'named') return over.name
  const bound = (b: UnresolvedBound): string => ('offset' in b ? `${outline(b.offset)} ${b.kind}` : b.kind)
  const { partitionBy, orderBy, frame } = over
  const parts = [
    ...(partitionBy.length > 0 ? [`by ${partitionBy.map(outline).join(', ')}`] : []),
    ...(orderBy.length > 0 ? [`order ${orderBy.map(outline).join(', ')}`] : []),
    ...(frame ? [`${frame.unit} ${bound(frame.lower)} to ${bound(frame.upper)}`] : []),
  ]
  return `[${parts.join(' ')}]`
}
