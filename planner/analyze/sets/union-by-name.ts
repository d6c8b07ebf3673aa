import { VOID } from '../../../columnar/types.js'
import { MillraceError } from '../../../common/errors/millrace-error.js'
import { literal } from '../../plan/expression/build.js'
import type { Attribute, ExprId, NamedExpression } from '../../plan/expression/expression.js'
import { outputOf } from '../../plan/logical/output.js'
import type { LogicalPlan } from '../../plan/logical/plan.js'
import { nameKey } from '../names/names.js'
import { keep } from '../names/visible.js'

type NextId = () => ExprId

/**
 * The inputs of a union with their columns in the order of the first, those that only a later one has behind them.
 * @throws UNRESOLVED_COLUMN_AMONG_FIELD_NAMES unless missing columns are NULL, COLUMN_ALREADY_EXISTS
 */
export function alignedByName(
  inputs: readonly LogicalPlan[],
  fillsMissing: boolean,
  nextId: NextId,
): readonly LogicalPlan[] {
  const columns = inputs.map((input) => byName(outputOf(input)))
  const names = new Map<string, string>()
  for (const own of columns) for (const [key, { name }] of own) if (!names.has(key)) names.set(key, name)
  const first = columns[0]!
  return inputs.map((input, i) => {
    const own = columns[i]!
    const known = [...names].filter(([key]) => first.has(key) || own.has(key) || fillsMissing)
    const projections = known.map(([key, name]): NamedExpression => {
      const column = own.get(key)
      if (column) return keep(column)
      if (!fillsMissing) throw notAmong(name, outputOf(input))
      return Object.freeze({ id: nextId(), name, expression: literal(VOID, null) })
    })
    return Object.freeze({ kind: 'project', input, projections })
  })
}

function byName(columns: readonly Attribute[]): ReadonlyMap<string, Attribute> {
  const found = new Map<string, Attribute>()
  for (const column of columns) {
    const key = nameKey(column.name)
    if (found.has(key)) throw new MillraceError('COLUMN_ALREADY_EXISTS', { columnName: `\`${key}\`` })
    found.set(key, column)
  }
  return found
}

export function notAmong(colName: string, columns: readonly Attribute[]): MillraceError {
  const fieldNames = columns.map(({ name }) => name).join(', ')
  return new MillraceError('UNRESOLVED_COLUMN_AMONG_FIELD_NAMES', { colName, fieldNames })
}
