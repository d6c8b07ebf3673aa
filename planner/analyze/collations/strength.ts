import { type DataType, partTypes } from '../../../columnar/types.js'
import type { Expression } from '../../plan/expression/expression.js'

/** How much the collation of a value counts beside that of others: it was said with COLLATE, it is that of a column, or nobody said it. */
export type Strength = 'explicit' | 'implicit' | 'default'

const RANKS: Readonly<Record<Strength, number>> = { explicit: 2, implicit: 1, default: 0 }

const strongest = (strengths: readonly Strength[]): Strength =>
  strengths.reduce((a, b) => (RANKS[b] > RANKS[a] ? b : a), 'default')

/** Whether there are texts in a type. */
export const hasText = (type: DataType): boolean => type.kind === 'string' || partTypes(type).some(hasText)

/** A call has that of its operands, a function that makes texts of something else that of literals. */
export function strengthOf(e: Expression): Strength {
  switch (e.kind) {
    case 'literal':
    case 'in':
      return 'default'
    case 'attribute':
    case 'bound':
    case 'variable':
    case 'getField':
      return 'implicit'
    case 'lambda':
      return strengthOf(e.body)
    case 'cast':
      return hasText(e.child.type) ? 'implicit' : 'default'
    case 'case':
      return strongest([...e.branches.map(({ value }) => value), ...(e.otherwise ? [e.otherwise] : [])].map(strengthOf))
    case 'call':
      if (e.fn === 'collate') return 'explicit'
      return strongest(e.args.filter(({ type }) => hasText(type)).map(strengthOf))
  }
}
