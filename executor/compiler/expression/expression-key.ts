import { typeName } from '../../../columnar/types.js'
import type { Expression } from '../../../planner/plan/expression/expression.js'
import type { LiteralValue } from '../../../planner/plan/expression/literal.js'

const keys = new WeakMap<Expression, string>()

/** A text that is the same for expressions of the same structure, wherever they were written. */
export function expressionKey(expression: Expression): string {
  const known = keys.get(expression)
  if (known !== undefined) return known
  const key = `${structure(expression)}:${typeName(expression.type)}`
  keys.set(expression, key)
  return key
}

function literalKey(value: LiteralValue): string {
  if (typeof value === 'string') return JSON.stringify(value)
  if (typeof value === 'bigint') return `${value}n`
  if (value instanceof Uint8Array) return `x${Buffer.from(value).toString('hex')}`
  return Object.is(value, -0) ? '-0' : String(value)
}

function structure(expression: Expression): string {
  switch (expression.kind) {
    case 'literal':
      return literalKey(expression.value)
    case 'attribute':
      return `@${expression.id}`
    case 'bound':
      return `#${expression.ordinal}`
    case 'call':
      return `${expression.fn}(${expression.args.map(expressionKey).join()})`
    case 'cast':
      return `${expression.mode}_cast(${expressionKey(expression.child)})`
    case 'case': {
      const branches = expression.branches.map(({ when, value }) => `${expressionKey(when)}?${expressionKey(value)}`)
      return `case(${branches.join()}|${expression.otherwise ? expressionKey(expression.otherwise) : ''})`
    }
    case 'in':
      return `in(${expressionKey(expression.child)}|${expression.list.map(literalKey).join()})`
    case 'getField':
      return `${expressionKey(expression.child)}.${expression.ordinal}`
  }
}
