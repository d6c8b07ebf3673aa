import { INT, STRING } from '../../columnar/types.js'
import { call, literal, routineCall } from '../plan/expression/build.js'
import type { Expression } from '../plan/expression/expression.js'

/* Texts of columns of char(n), which have blanks at their ends. */

/** A text with blanks behind it up to a length in characters; a longer one stays. */
export function filled(text: Expression, length: number): Expression {
  const size = call('greatest', INT, [call('length', INT, [text]), literal(INT, length)])
  const operands = [text, size, literal(STRING, ' '), literal(INT, 0)]
  return routineCall({ by: 'kernel', name: 'textPad', label: 'rpad' }, STRING, operands, text.origin)
}

/** How long the texts of an operand are, where it is a column of char(n), or a constant beside one. */
const charLength = (e: Expression): number | undefined => (e.kind === 'attribute' ? e.charLength : undefined)
const constantLength = (e: Expression): number | undefined =>
  e.kind === 'literal' && typeof e.value === 'string' ? [...e.value].length : undefined

/** The operands of a comparison, filled up to the same length where one is a column of char(n) and the others such columns or constants. */
export function filledAlike(operands: readonly Expression[]): readonly Expression[] {
  if (operands.every((e) => charLength(e) === undefined)) return operands
  const lengths = operands.map((e) => charLength(e) ?? constantLength(e))
  if (lengths.some((length) => length === undefined)) return operands
  const most = lengths.reduce<number>((a, b) => Math.max(a, b!), 0)
  return operands.map((e, i) => {
    if (lengths[i] === most) return e
    if (e.kind !== 'literal') return filled(e, most)
    return literal(STRING, `${e.value as string}${' '.repeat(most - lengths[i]!)}`, e.origin)
  })
}
