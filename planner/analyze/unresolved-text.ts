import { isNested, sqlTypeName } from '../../columnar/types.js'
import type { UnresolvedExpression } from '../plan/unresolved/expression.js'
import { countsRows, printedOf } from './functions/registry.js'
import { sameName } from './names/names.js'
import { comparisonText, literalWritten, temporalText } from './operator-text.js'
import { type OperandText, type Printed, type TextContext, textsOf } from './printing.js'
import { ownText, windowColumnText } from './windows/text.js'

type Call = Extract<UnresolvedExpression, { kind: 'function' }>

/** An expression as Spark names an unnamed column after it: `sum(a)`, `(a + b)`, `count(1)`. */
export function unresolvedText(e: UnresolvedExpression, context: TextContext = {}): string {
  const text: OperandText = (operand) => unresolvedText(operand, context)
  switch (e.kind) {
    case 'literal':
      return literalWritten(e, context.typeOf?.(e))
    case 'attribute':
      return context.name?.(e) ?? e.parts.at(-1)!
    case 'star':
      return [...e.target, e.matching === undefined ? '*' : `\`${e.matching}\``].join('.')
    case 'function':
      return callText(e, text, context)
    case 'window':
      return windowColumnText(e, text, (operand) => context.typeOf?.(operand))
    case 'cast':
      // Spark does not tell what arrays, maps and structs are cast to.
      return isNested(e.type)
        ? text(e.child)
        : `${e.mode === 'try' ? 'TRY_CAST' : 'CAST'}(${text(e.child)} AS ${sqlTypeName(e.type)})`
    case 'case': {
      const branches = e.branches.map(({ when, value }) => ` WHEN ${text(when)} THEN ${text(value)}`).join('')
      return `CASE${branches}${e.otherwise ? ` ELSE ${text(e.otherwise)}` : ''} END`
    }
    case 'in':
      return `(${text(e.child)} IN (${textsOf(e.list, text, context).join(', ')}))`
    case 'scalarSubquery':
    case 'exists':
      return `${e.kind.toLowerCase()}(${(context.outer?.(e) ?? []).join(', ')})`
    case 'inSubquery':
      return `(${e.children.length > 1 ? `(${e.children.map(text).join(', ')})` : text(e.children[0]!)} IN (listquery(${(context.outer?.(e) ?? []).join(', ')})))`
    case 'extractValue':
      return context.typeOf?.(e.child)?.kind === 'map' ? `${text(e.child)}[${e.field}]` : `${text(e.child)}.${e.field}`
    case 'namedArgument':
      return text(e.child)
    case 'lambda':
      return lambdaText(e, context)
    case 'alias':
      return e.name
    case 'aliases':
      return `(${e.names.join(', ')})`
    case 'sortOrder':
      return `${text(e.child)} ${e.direction.toUpperCase()} NULLS ${(e.nulls ?? (e.direction === 'asc' ? 'first' : 'last')).toUpperCase()}`
  }
}

/** As Spark names a lambda whose parameters it has resolved. */
function lambdaText(
  { parameters, body }: Extract<UnresolvedExpression, { kind: 'lambda' }>,
  context: TextContext,
): string {
  const variable = 'namedlambdavariable()'
  const name: TextContext['name'] = (written) => {
    const { parts } = written
    const isVariable = parameters.some((parameter) => sameName(parameter, parts[0]!))
    if (isVariable) return [variable, ...parts.slice(1)].join('.')
    return context.name?.(written) ?? parts.at(-1)!
  }
  return `lambdafunction(${[unresolvedText(body, { ...context, name }), ...parameters.map(() => variable)].join(', ')})`
}

const INFIX: ReadonlySet<string> = new Set('+ - * / % div & | ^ << >> >>> = == != <> < <= > >= <=> and or'.split(' '))

/** The operator that an expression is, where it stands between two operands. */
const operatorOf = (e: UnresolvedExpression): Call | undefined =>
  e.kind === 'function' && e.args.length === 2 && INFIX.has(e.name) ? e : undefined

/** Not recursive along the left operands: generated SQL has chains of thousands. */
function operatorText(e: Call, text: OperandText, context: TextContext): string {
  const chain = [e]
  for (let left = operatorOf(e.args[0]!); left; left = operatorOf(left.args[0]!)) chain.push(left)
  const innermost = text(chain.at(-1)!.args[0]!)
  return chain.reduceRight((left, { name, args: [a, b] }) => {
    const right = text(b!)
    const special =
      temporalText(name, a!, left, b!, right, context) ?? comparisonText(name, a!, left, b!, right, context)
    if (special !== undefined) return special
    // Spark has no inequality of its own.
    return name === '!=' || name === '<>' ? `(NOT (${left} = ${right}))` : `(${left} ${infix(name)} ${right})`
  }, innermost)
}

function callText(e: Call, text: OperandText, context: TextContext): string {
  const [first] = e.args
  const printed = printedOf(e.name)
  if (first && e.args.length === 1) {
    if (printed?.isCast) return text(first)
    if (e.name === '~') return `~${text(first)}`
    if (e.name === '-' || e.name === '+') return `(${e.name} ${text(first)})`
  }
  if (operatorOf(e)) return operatorText(e, text, context)
  const written = first && printed?.call?.(e.args, text, context)
  const filter = e.filter ? ` FILTER (WHERE ${text(e.filter)})` : ''
  if (written !== undefined) return written + filter
  const own = ownText(e, text)
  if (own !== undefined) return own
  const shown = e.args.slice(0, printed?.shown)
  const given = shown.some((arg) => countsRows(e, arg)) ? ['1'] : textsOf(shown, text, context)
  const args = [...given, ...defaultsOf(printed, given.length)]
  const name = (e.withinGroup && printed?.asOrdered) ?? spokenName(e.name)
  return `${name}(${e.distinct ? 'DISTINCT ' : ''}${args.join(', ')})${withinGroupText(e, text)}${filter}`
}

const defaultsOf = (printed: Printed | undefined, given: number): readonly string[] => {
  const known = printed?.defaults
  return known && given < known.count ? known.last.slice(given - known.count) : []
}

/** Unless the function says it, Spark tells of an order only what is not usual. */
function withinGroupText({ name, withinGroup }: Call, text: OperandText): string {
  if (!withinGroup) return ''
  const own = printedOf(name)?.order
  const orders = withinGroup.map((order) => {
    if (order.kind !== 'sortOrder') return text(order)
    return own?.(order, text) ?? `${text(order.child)}${order.direction === 'desc' ? ' DESC' : ''}`
  })
  return ` WITHIN GROUP (ORDER BY ${orders.join(', ')})`
}

/** The name by which Spark calls a function that has several. */
export const spokenName = (name: string): string => printedOf(name)?.as ?? name

/** Whether a function is named like a type, which makes it a cast. */
export const isTypeName = (name: string): boolean => printedOf(name)?.isCast ?? false

/** Spark writes one of its infix words in lower case. */
const infix = (name: string): string => (name === '==' ? '=' : name === 'div' ? name : name.toUpperCase())
