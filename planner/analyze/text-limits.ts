import { withoutLimits } from '../../columnar/text-types.js'
import { BOOLEAN, INT, type Schema, STRING, type TextLimit } from '../../columnar/types.js'
import type { Origin } from '../../common/errors/condition.js'
import type { SourceDescription } from '../../connectors/api.js'
import { call, literal, reference } from '../plan/expression/build.js'
import type { Attribute, Expression, NamedExpression } from '../plan/expression/expression.js'
import type { LogicalPlan } from '../plan/logical/plan.js'
import type { IdGenerator } from './analyze.js'
import { filled } from './filled-texts.js'
import { buildCase } from './functions/conditional.js'
import type { CallSite } from './functions/definition.js'
import { raising } from './functions/raising.js'

/* Columns of char(n) and varchar(n): what is written into them fits, and texts of char(n) are filled up with blanks. */

/** A text as a column takes it: without blanks at its end that are too many. @throws EXCEED_LIMIT_LENGTH at run time */
export function fitted(text: Expression, { kind, length }: TextLimit, origin: Origin | undefined): Expression {
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

/** The columns of a source as queries see them. */
export const queriedSchema = ({ fields }: Schema): Schema => ({
  fields: fields.map((column) => ({ ...column, type: withoutLimits(column.type) })),
})

/** The rows of a source, the texts of char(n) filled up: in files of others they may not be. */
export function scanOf(
  source: SourceDescription,
  output: readonly Attribute[],
  streaming: boolean,
  nextId: IdGenerator,
): LogicalPlan {
  const scan: LogicalPlan = Object.freeze({ kind: 'scan', source, output, filters: [], streaming })
  const { fields } = source.schema
  const lengths = fields.map(({ type }) =>
    type.kind === 'string' && type.limit?.kind === 'char' ? type.limit.length : undefined,
  )
  if (lengths.every((length) => length === undefined)) return scan
  const projections = output.map((attribute, i): NamedExpression => {
    const length = lengths[i]
    const { id, name } = attribute
    if (length === undefined) return Object.freeze({ id, name, expression: reference(attribute) })
    return Object.freeze({ id: nextId(), name, expression: filled(reference(attribute), length), charLength: length })
  })
  return Object.freeze({ kind: 'project', input: scan, projections })
}
