import { sqlTypeName } from '../../../columnar/types.js'
import type { AggregateCall, Call, Expression, FrameBound, WindowCall } from './expression.js'
import type { ScalarFunction } from './functions.js'
import { literalText } from './literal-text.js'

/** How functions that are operators in SQL are written. */
const OPERATORS: Partial<Record<ScalarFunction, string>> = {
  and: 'AND',
  or: 'OR',
  eq: '=',
  ne: '!=',
  lt: '<',
  le: '<=',
  gt: '>',
  ge: '>=',
  eq_null_safe: '<=>',
  add: '+',
  subtract: '-',
  multiply: '*',
  divide: '/',
  int_divide: 'div',
  remainder: '%',
  like: 'LIKE',
  bits_and: '&',
  bits_or: '|',
  bits_xor: '^',
  shift_left: '<<',
  shift_right: '>>',
  shift_right_unsigned: '>>>',
}

/** How a column is printed; explain adds the id. */
export type ColumnText = (column: Extract<Expression, { kind: 'attribute' | 'bound' }>) => string

/** A resolved expression as SQL, for messages and plans. */
export function sqlText(e: Expression, columnText: ColumnText = (column) => column.name): string {
  const text = (child: Expression): string => sqlText(child, columnText)
  switch (e.kind) {
    case 'literal':
      return literalText(e.type, e.value)
    case 'attribute':
    case 'bound':
      return columnText(e)
    case 'call':
      return callText(e, e.args.map(text))
    case 'cast':
      return `${e.mode === 'try' ? 'TRY_CAST' : 'CAST'}(${text(e.child)} AS ${sqlTypeName(e.type)})`
    case 'case': {
      const branches = e.branches.map(({ when, value }) => ` WHEN ${text(when)} THEN ${text(value)}`).join('')
      return `CASE${branches}${e.otherwise ? ` ELSE ${text(e.otherwise)}` : ''} END`
    }
    case 'in':
      return `(${text(e.child)} IN (${e.list.map((value) => literalText(e.child.type, value)).join(', ')}))`
    case 'lambda': {
      const names = e.parameters.map(({ name }) => name)
      return `${names.length === 1 ? names[0] : `(${names.join(', ')})`} -> ${text(e.body)}`
    }
    case 'variable':
      return e.name
    case 'getField':
      return `${text(e.child)}.${e.child.type.kind === 'struct' ? e.child.type.fields[e.ordinal]!.name : e.ordinal}`
  }
}

export function aggregateText(call: AggregateCall, columnText?: ColumnText): string {
  const args = call.args.length === 0 ? '1' : call.args.map((arg) => sqlText(arg, columnText)).join(', ')
  const filter = call.filter ? ` FILTER (WHERE ${sqlText(call.filter, columnText)})` : ''
  return `${call.fold?.label ?? call.fn}(${call.distinct ? 'DISTINCT ' : ''}${args})${filter}`
}

/** A function over a window with its frame, without the keys, which are those of the whole node. */
export function windowText(call: WindowCall, columnText?: ColumnText): string {
  const args = [...call.args.map((arg) => sqlText(arg, columnText)), ...(call.n === undefined ? [] : [call.n])]
  const filter = call.filter ? ` FILTER (WHERE ${sqlText(call.filter, columnText)})` : ''
  const nulls = call.ignoresNulls ? ' IGNORE NULLS' : ''
  const { unit, lower, upper } = call.frame
  const bound = (b: FrameBound, end: string): string => {
    if (b.kind === 'unbounded') return `UNBOUNDED ${end}`
    if (b.kind === 'current') return 'CURRENT ROW'
    return b.kind === 'value' ? sqlText(b.value, columnText) : `${b.offset} FOLLOWING`
  }
  const frame = `${unit.toUpperCase()} BETWEEN ${bound(lower, 'PRECEDING')} AND ${bound(upper, 'FOLLOWING')}`
  const name = call.fold?.label ?? call.finish?.routine?.label ?? call.fn
  return `${name}(${args.join(', ')})${filter}${nulls} ${frame}`
}

function callText({ fn, routine }: Call, args: readonly string[]): string {
  const operator = OPERATORS[fn]
  if (operator !== undefined) return `(${args.join(` ${operator} `)})`
  if (fn === 'not') return `(NOT ${args[0]})`
  if (fn === 'negate') return `(- ${args[0]})`
  if (fn === 'bits_not') return `~${args[0]}`
  if (fn === 'is_null') return `(${args[0]} IS NULL)`
  if (fn === 'is_not_null') return `(${args[0]} IS NOT NULL)`
  return `${routine?.label ?? fn}(${args.join(', ')})`
}
