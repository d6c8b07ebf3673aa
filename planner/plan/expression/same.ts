import { typeName } from '../../../columnar/types.js'
import { digestOf } from '../../../common/digest.js'
import { quotedName } from '../../../common/errors/quoting.js'
import { onceEach } from '../../../common/once-each.js'
import type { AggregateCall, Expression, Fold } from './expression.js'
import { routineText } from './routine.js'

/** Longer texts are replaced by a digest, so that the texts of all levels of a deep expression together stay small. */
const LONGEST_TEXT = 256

/**
 * A text that two expressions share exactly when they compute the same: origins, names of columns and nullability do not count. For
 * comparing by `===` and for keys of maps.
 */
export const canonicalText = (e: Expression): string => (isLeaf(e) ? shortText(e) : knownText(e))

const knownText: (e: Expression) => string = onceEach(shortText)

const isLeaf = ({ kind }: Expression): boolean =>
  kind === 'attribute' || kind === 'bound' || kind === 'variable' || kind === 'literal'

function shortText(e: Expression): string {
  const text = structureText(e)
  return text.length <= LONGEST_TEXT ? text : digestOf(text)
}

function structureText(e: Expression): string {
  switch (e.kind) {
    case 'literal':
      return `${e.number === undefined ? valueText(e.value) : `@${e.number}`}:${typeName(e.type)}`
    case 'attribute':
      return `#${e.id}`
    case 'bound':
      return `$${e.ordinal}`
    case 'call':
      return `${e.routine ? routineText(e.routine) : e.fn}${e.failure ? `/${e.failure}` : ''}:${typeName(e.type)}(${e.args.map(canonicalText).join(',')})${e.options ? JSON.stringify(e.options) : ''}`
    case 'cast':
      return `${e.mode}:${typeName(e.type)}(${canonicalText(e.child)})${e.column === undefined ? '' : quotedName(e.column)}${e.timeZone === undefined ? '' : ` in ${e.timeZone}`}`
    case 'case':
      return `case(${e.branches.map((b) => `${canonicalText(b.when)}?${canonicalText(b.value)}`).join(',')}|${e.otherwise ? canonicalText(e.otherwise) : ''})`
    case 'in':
      return `in(${canonicalText(e.child)}|${e.list.map(valueText).join(',')})`
    case 'lambda':
      return `(${e.parameters.map(canonicalText).join(',')}->${canonicalText(e.body)})`
    case 'variable':
      return `^${e.level}`
    case 'getField':
      return `${canonicalText(e.child)}.${e.ordinal}`
  }
}

/** Whether two expressions compute the same. Those of an operator are mostly columns of its input. */
export const sameExpression = (a: Expression, b: Expression): boolean => {
  if (a === b) return true
  if (a.kind === 'bound' && b.kind === 'bound') return a.ordinal === b.ordinal
  return a.kind === b.kind && canonicalText(a) === canonicalText(b)
}

/** Like `canonicalText`, of an aggregate; its name and id do not count. */
export function canonicalAggregateText(call: AggregateCall): string {
  const filter = call.filter ? `|${canonicalText(call.filter)}` : ''
  return `${call.fold ? foldText(call.fold) : call.fn}${call.distinct ? ' distinct' : ''}(${call.args.map(canonicalText).join(',')}${filter})`
}

/** A text that two folds share that keep the same state. */
export const foldStateText = ({ added }: Fold): string => added.map(canonicalText).join()

/** A text that two folds share exactly when they compute the same. */
export const foldText = (fold: Fold): string => `${foldStateText(fold)}|${canonicalText(fold.result)}`

function valueText(value: unknown): string {
  if (value instanceof Uint8Array) return `x${Buffer.from(value).toString('hex')}`
  if (typeof value === 'string') return JSON.stringify(value)
  return Object.is(value, -0) ? '-0' : String(value)
}
