import { type DataType, type Field, quotedTypeName, sameType, struct } from '../../../columnar/types.js'
import { MillraceError } from '../../../common/errors/millrace-error.js'
import { quotedName, quotedPath } from '../../../common/errors/quoting.js'
import { call, fieldOf, literal, reference } from '../../plan/expression/build.js'
import type { Expression, ExprId, NamedExpression } from '../../plan/expression/expression.js'
import { outputOf } from '../../plan/logical/output.js'
import type { LogicalPlan } from '../../plan/logical/plan.js'
import type { ColumnShape } from '../../plan/unresolved/column-shape.js'
import { either, isPresent } from '../functions/aggregates/fold.js'
import { nameKey } from '../names/names.js'
import { zonedCast } from '../session.js'
import { isAssignable } from '../types/store-assignment.js'

/** A column, or a field of a struct, by its name. */
interface Part {
  readonly name: string
  readonly expression: Expression
}

type Path = readonly string[]

/**
 * The columns of a schema, found by their names, with fields of structs as it has them; a column that may be NULL and is not there is.
 * @throws UNRESOLVED_COLUMN.WITH_SUGGESTION, AMBIGUOUS_COLUMN_OR_FIELD, NULLABLE_COLUMN_OR_FIELD, INVALID_COLUMN_OR_FIELD_DATA_TYPE
 */
export function reconciled(
  { schema }: Extract<ColumnShape, { kind: 'reconciled' }>,
  input: LogicalPlan,
  nextId: () => ExprId,
): LogicalPlan {
  const parts = outputOf(input).map((column) => ({ name: column.name, expression: reference(column) }))
  const projections = schema.fields.map(
    (field): NamedExpression => Object.freeze({ id: nextId(), name: field.name, expression: found(parts, field, []) }),
  )
  return Object.freeze({ kind: 'project', input, projections })
}

function found(parts: readonly Part[], field: Field, above: Path): Expression {
  const [part, ...others] = parts.filter((one) => nameKey(one.name) === nameKey(field.name))
  if (!part && field.nullable) return literal(field.type, null)
  if (!part) throw missing(parts, field, above)
  const path = [...above, part.name]
  const name = quotedPath(path)
  if (others.length > 0) throw new MillraceError('AMBIGUOUS_COLUMN_OR_FIELD', { name, n: others.length + 1 })
  const value = part.expression
  if (value.nullable && !field.nullable) throw new MillraceError('NULLABLE_COLUMN_OR_FIELD', { name })
  return ofType(value, field.type, path)
}

function missing(parts: readonly Part[], field: Field, above: Path): MillraceError {
  const [name, proposal] = [quotedName(field.name), parts.map((one) => quotedName(one.name)).join(', ')]
  if (above.length === 0) return new MillraceError('UNRESOLVED_COLUMN.WITH_SUGGESTION', { objectName: name, proposal })
  const parameters = { fieldName: name, columnPath: quotedPath(above), proposal }
  return new MillraceError('UNRESOLVED_FIELD.WITH_SUGGESTION', parameters)
}

function ofType(value: Expression, type: DataType, path: Path): Expression {
  const from = value.type
  if (from.kind === 'void') return literal(type, null)
  if (from.kind === 'struct' && type.kind === 'struct') {
    const parts = from.fields.map(({ name }, i) => ({ name, expression: fieldOf(value, from.fields, i) }))
    // A field is NULL where its struct is, which is told of the struct.
    const own = parts.map((part, i) => ({
      ...part,
      expression: { ...part.expression, nullable: from.fields[i]!.nullable },
    }))
    const made = call(
      'named_struct',
      struct(type.fields),
      type.fields.map((field) => found(own, field, path)),
    )
    return value.nullable ? either(isPresent(value), made) : made
  }
  if (sameType(from, type)) return value
  if (isTaken(from, type)) return Object.freeze({ ...zonedCast(value, type, 'ansi'), column: path.at(-1)! })
  const parameters = { name: quotedPath(path), type: quotedTypeName(from), expectedType: quotedTypeName(type) }
  throw new MillraceError('INVALID_COLUMN_OR_FIELD_DATA_TYPE', parameters)
}

function isTaken(from: DataType, to: DataType): boolean {
  if (from.kind === 'array' && to.kind === 'array') return isTaken(from.element, to.element)
  if (from.kind === 'map' && to.kind === 'map') return isTaken(from.key, to.key) && isTaken(from.value, to.value)
  return sameType(from, to) || isAssignable(from, to)
}
