import { BOOLEAN, type DataType, INT, STRING, type TextLimit } from '../../../columnar/types.js'
import type { Origin } from '../../../common/errors/condition.js'
import { call, literal } from '../../plan/expression/build.js'
import type { Expression } from '../../plan/expression/expression.js'
import { filled } from '../filled-texts.js'
import { buildCase } from '../functions/conditional.js'
import type { CallSite } from '../functions/definition.js'
import { raising } from '../functions/raising.js'
import { type PartChange, withParts } from './parts.js'

/* Columns of char(n) and varchar(n): what is written into them fits, and texts of char(n) are filled up with blanks. */

/** A value as a column takes it: its texts without blanks at their ends that are too many. @throws EXCEED_LIMIT_LENGTH at run time */
export const fitted = (value: Expression, type: DataType, origin: Origin | undefined): Expression =>
  withParts(value, { isOf: hasLimit, changed: (part, target) => fittedText(part, limitOf(target)!, origin) }, type)

const hasLimit: PartChange['isOf'] = (_, target) => limitOf(target) !== undefined

const limitOf = (type: DataType): TextLimit | undefined => (type.kind === 'string' ? type.limit : undefined)

function fittedText(text: Expression, { kind, length }: TextLimit, origin: Origin | undefined): Expression {
  const site: CallSite = { name: `${kind}_write_check`, sql: '', origin, argumentNames: [] }
  const fits = (e: Expression): Expression => call('le', BOOLEAN, [call('length', INT, [e]), literal(INT, length)])
  const trimmed = call('rtrim', STRING, [text])
  const branches = [
    { when: call('is_null', BOOLEAN, [text]), value: literal(STRING, null) },
    { when: fits(text), value: kind === 'char' ? filled(text, length) : text },
    { when: fits(trimmed), value: filled(trimmed, length) },
  ]
  const refused = raising('EXCEED_LIMIT_LENGTH', { parameters: { limit: String(length) } }, STRING, site)
  return buildCase(branches, refused, site)
}

/** What a source has in a column, the texts of char(n) filled up. */
export const filledAs = (value: Expression, type: DataType): Expression => withParts(value, FILLED, type)

/** How long the texts of a column of char(n) are. */
export const charLengthOf = (type: DataType): number | undefined => {
  const limit = limitOf(type)
  return limit?.kind === 'char' ? limit.length : undefined
}

const FILLED: PartChange = {
  isOf: (_, target) => charLengthOf(target) !== undefined,
  changed: (text, target) => filled(text, charLengthOf(target)!),
}
