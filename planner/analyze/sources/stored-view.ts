import { type DataType, quotedTypeName, sameType } from '../../../columnar/types.js'
import { MillraceError } from '../../../common/errors/millrace-error.js'
import { quotedName } from '../../../common/errors/quoting.js'
import { reference } from '../../plan/expression/build.js'
import type { Attribute, Expression, NamedExpression } from '../../plan/expression/expression.js'
import { sqlText } from '../../plan/expression/sql-text.js'
import { outputOf } from '../../plan/logical/output.js'
import type { LogicalPlan } from '../../plan/logical/plan.js'
import type { UnresolvedRelation } from '../../plan/unresolved/relation.js'
import type { IdGenerator } from '../id-generator.js'
import { refuseTwice } from '../names/duplicates.js'
import { sameName } from '../names/names.js'
import { keep } from '../names/visible.js'
import { explicitCast } from '../types/casts.js'
import { commonType, isNumeric } from '../types/common-types.js'

type StoredView = Extract<UnresolvedRelation, { kind: 'storedView' }>

/**
 * A view over its query as that is now: the columns that it had when it was made, under its names; what is done when their types are others by
 * now is for its mode to say.
 * @throws INCOMPATIBLE_VIEW_SCHEMA_CHANGE, CANNOT_UP_CAST_DATATYPE
 */
export function analyzeStoredView(view: StoredView, input: LogicalPlan, nextId: IdGenerator): LogicalPlan {
  const { columns, mode } = view
  const output = outputOf(input)
  if (columns === 'all') {
    refuseTwice(output)
    return Object.freeze({ kind: 'project', input, projections: output.map(keep) })
  }
  const projections = columns.map(({ name, type, from, comment = '' }, i): NamedExpression => {
    const alike = columns.filter((one) => one.from === from)
    const found = output.filter((a) => sameName(a.name, from))
    if (found.length !== alike.length) throw incompatible(view, from, alike.length, found)
    const column = found[columns.slice(0, i).filter((one) => one.from === from).length]!
    return Object.freeze({ id: nextId(), name, expression: typed(reference(column), type, mode, name), comment })
  })
  return Object.freeze({ kind: 'project', input, projections })
}

function incompatible(
  { name, suggestion }: StoredView,
  colName: string,
  expectedNum: number,
  found: readonly Attribute[],
): MillraceError {
  const actualCols = `[${found.map((a) => a.name).join(',')}]`
  const parameters = { viewName: name, colName, expectedNum, actualCols, suggestion }
  return new MillraceError('INCOMPATIBLE_VIEW_SCHEMA_CHANGE', parameters)
}

function typed(column: Expression, type: DataType, mode: StoredView['mode'], name: string): Expression {
  if (sameType(column.type, type)) return column
  switch (mode) {
    case 'evolution':
      return column
    case 'binding':
      if (!isWider(type, column.type)) throw cannotUpCast(column, type, name)
      return explicitCast(column, type, 'ansi', { sql: `"${sqlText(column)}"`, origin: undefined })
    case 'compensation':
      return explicitCast(column, type, 'ansi', { sql: `"${sqlText(column)}"`, origin: undefined })
  }
}

/** Whether every value of a type is one of another, or has a text. */
function isWider(type: DataType, than: DataType): boolean {
  if (than.kind === 'void' || type.kind === 'string') return true
  if (isNumeric(type) !== isNumeric(than)) return false
  const common = commonType(type, than)
  return common !== undefined && sameType(common, type)
}

const cannotUpCast = (column: Expression, type: DataType, name: string): MillraceError =>
  new MillraceError('CANNOT_UP_CAST_DATATYPE', {
    expression: sqlText(column),
    sourceType: quotedTypeName(column.type),
    targetType: quotedTypeName(type),
    details: `The type path of the target object is: the column ${quotedName(name)} of a view. It may be made again with WITH SCHEMA COMPENSATION`,
  })
