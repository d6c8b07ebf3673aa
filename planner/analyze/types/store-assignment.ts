import { hasLimits, withoutLimits } from '../../../columnar/text-types.js'
import { type DataType, type Field, quotedTypeName, sameType } from '../../../columnar/types.js'
import { MillraceError } from '../../../common/errors/millrace-error.js'
import { quotedName } from '../../../common/errors/quoting.js'
import { literal, reference } from '../../plan/expression/build.js'
import type { Attribute, Expression, NamedExpression } from '../../plan/expression/expression.js'
import { outputOf } from '../../plan/logical/output.js'
import type { LogicalPlan } from '../../plan/logical/plan.js'
import type { IdGenerator } from '../id-generator.js'
import { refuseTwice } from '../names/duplicates.js'
import { nameKey } from '../names/names.js'
import { type AnalysisSession, withSession, zonedCast } from '../session.js'
import { isNumeric } from './common-types.js'
import { fitted } from './text-limits.js'

/** The table that rows are to go into. */
export interface InsertTarget {
  /** As messages have it. */
  readonly name: string
  readonly columns: readonly Field[]
  /** The columns that get values, in the order of these; all when it is left out. The others are NULL. */
  readonly into?: readonly string[]
  /** Partition columns whose values the statement says: rows have none for them, and get none here. */
  readonly fixed?: readonly string[]
  /** Whether the names of the rows' columns say where they go, rather than their order. */
  readonly byName: boolean
}

/**
 * The rows as the columns of a table, by the rules of ANSI: what may lose its meaning is refused, what may not fit raises when it does not.
 * @throws INSERT_COLUMN_ARITY_MISMATCH.*, INCOMPATIBLE_DATA_FOR_TABLE.*, UNRESOLVED_COLUMN.*, COLUMN_ALREADY_EXISTS
 */
export function assignedTo(
  target: InsertTarget,
  rows: LogicalPlan,
  nextId: IdGenerator,
  session: AnalysisSession,
): LogicalPlan {
  return withSession(session, () => assignedRows(target, rows, nextId))
}

function assignedRows(target: InsertTarget, rows: LogicalPlan, nextId: IdGenerator): LogicalPlan {
  const data = outputOf(rows)
  const source = target.byName ? byName(target, data) : byPosition(target, data)
  const projections = openColumns(target).map((column): NamedExpression => {
    const from = source.get(nameKey(column.name))
    const expression = from ? assigned(target, reference(from), column) : literal(column.type, null)
    return Object.freeze({ id: nextId(), name: column.name, expression })
  })
  return Object.freeze({ kind: 'project', input: rows, projections })
}

/** The columns of the table that rows have values for. */
const openColumns = ({ columns, fixed = [] }: InsertTarget): readonly Field[] =>
  columns.filter(({ name }) => !fixed.includes(name))

/** Which column of the rows each column of the table gets. */
type Sources = ReadonlyMap<string, Attribute>

function byPosition(target: InsertTarget, data: readonly Attribute[]): Sources {
  const columns = target.into ? namedColumns(target, target.into) : openColumns(target)
  if (data.length !== columns.length) {
    if (target.fixed && !target.into) throw partitionMismatch(target, target.fixed, data)
    const parameters = { tableName: target.name, tableColumns: namesOf(columns), dataColumns: namesOf(data) }
    throw data.length < columns.length
      ? new MillraceError('INSERT_COLUMN_ARITY_MISMATCH.NOT_ENOUGH_DATA_COLUMNS', parameters)
      : new MillraceError('INSERT_COLUMN_ARITY_MISMATCH.TOO_MANY_DATA_COLUMNS', parameters)
  }
  return new Map(columns.map(({ name }, i) => [nameKey(name), data[i]!]))
}

/** @throws UNRESOLVED_COLUMN.WITH_SUGGESTION, COLUMN_ALREADY_EXISTS */
function namedColumns(target: InsertTarget, names: readonly string[]): readonly Field[] {
  refuseTwice(names.map((name) => ({ name })))
  return names.map((name) => {
    const key = nameKey(name)
    const found = target.columns.find((column) => nameKey(column.name) === key)
    if (found) return found
    throw new MillraceError('UNRESOLVED_COLUMN.WITH_SUGGESTION', {
      objectName: quotedName(name),
      proposal: namesOf(target.columns),
    })
  })
}

function partitionMismatch(
  { name, columns }: InsertTarget,
  fixed: readonly string[],
  data: readonly Attribute[],
): MillraceError {
  return new MillraceError('INSERT_PARTITION_COLUMN_ARITY_MISMATCH', {
    tableName: name,
    tableColumns: namesOf(columns),
    staticPartCols: namesOf(fixed.toSorted().map((column) => ({ name: column }))),
    dataColumns: namesOf(data),
  })
}

function byName(target: InsertTarget, data: readonly Attribute[]): Sources {
  const tableName = target.name
  if (target.fixed && data.length > openColumns(target).length) throw partitionMismatch(target, target.fixed, data)
  if (data.length > target.columns.length) {
    const parameters = { tableName, tableColumns: namesOf(target.columns), dataColumns: namesOf(data) }
    throw new MillraceError('INSERT_COLUMN_ARITY_MISMATCH.TOO_MANY_DATA_COLUMNS', parameters)
  }
  const known = new Set(openColumns(target).map(({ name }) => nameKey(name)))
  const sources = new Map<string, Attribute>()
  const extra: Attribute[] = []
  for (const attribute of data) {
    const key = nameKey(attribute.name)
    if (!known.has(key)) extra.push(attribute)
    if (sources.has(key)) {
      const colName = quotedName(attribute.name)
      throw new MillraceError('INCOMPATIBLE_DATA_FOR_TABLE.AMBIGUOUS_COLUMN_NAME', { tableName, colName })
    }
    sources.set(key, attribute)
  }
  if (extra.length > 0) {
    const extraColumns = namesOf(extra)
    throw new MillraceError('INCOMPATIBLE_DATA_FOR_TABLE.EXTRA_COLUMNS', { tableName, extraColumns })
  }
  return sources
}

const namesOf = (columns: readonly { readonly name: string }[]): string =>
  columns.map(({ name }) => quotedName(name)).join(', ')

/** @throws INCOMPATIBLE_DATA_FOR_TABLE.* */
function assigned(target: InsertTarget, value: Expression, column: Field): Expression {
  const { type } = column
  if (hasLimits(type)) return fitted(assigned(target, value, { ...column, type: withoutLimits(type) }), type, undefined)
  if (value.type.kind === 'void') return literal(column.type, null)
  if (sameType(value.type, column.type)) return value
  checkAssignable(target, quotedName(column.name), value.type, column.type)
  return Object.freeze({ ...zonedCast(value, column.type, 'ansi'), column: column.name })
}

/** Fields of structs by their order, unless columns go by name, or some that are named have another number of them; elements, keys and values one by one. @param colName the path to the column or field */
function checkAssignable(target: InsertTarget, colName: string, from: DataType, to: DataType): void {
  const tableName = target.name
  if (from.kind === 'struct' && to.kind === 'struct') {
    const isOther = target.into !== undefined && from.fields.length !== to.fields.length
    if (target.byName || isOther) checkNames(target, colName, from.fields, to.fields)
    const [extra, missing] = [from.fields.slice(to.fields.length), to.fields.slice(from.fields.length)]
    if (extra.length > 0) {
      const parameters = { tableName, colName, extraFields: namesOf(extra) }
      throw new MillraceError('INCOMPATIBLE_DATA_FOR_TABLE.EXTRA_STRUCT_FIELDS', parameters)
    }
    if (missing.length > 0) {
      const parameters = { tableName, colName, missingFields: namesOf(missing) }
      throw new MillraceError('INCOMPATIBLE_DATA_FOR_TABLE.STRUCT_MISSING_FIELDS', parameters)
    }
    for (const [i, { name, type }] of to.fields.entries())
      checkAssignable(target, `${colName}.${quotedName(name)}`, from.fields[i]!.type, type)
    return
  }
  if (from.kind === 'array' && to.kind === 'array')
    return checkAssignable(target, `${colName}.${quotedName('element')}`, from.element, to.element)
  if (from.kind === 'map' && to.kind === 'map') {
    checkAssignable(target, `${colName}.${quotedName('key')}`, from.key, to.key)
    return checkAssignable(target, `${colName}.${quotedName('value')}`, from.value, to.value)
  }
  if (isAssignable(from, to)) return
  const parameters = { tableName, colName, srcType: quotedTypeName(from), targetType: quotedTypeName(to) }
  throw new MillraceError('INCOMPATIBLE_DATA_FOR_TABLE.CANNOT_SAFELY_CAST', parameters)
}

/** @throws INCOMPATIBLE_DATA_FOR_TABLE.CANNOT_FIND_DATA, INCOMPATIBLE_DATA_FOR_TABLE.EXTRA_STRUCT_FIELDS, UNSUPPORTED_FEATURE */
function checkNames(target: InsertTarget, colName: string, from: readonly Field[], to: readonly Field[]): void {
  const tableName = target.name
  const without = (fields: readonly Field[], others: readonly Field[]): readonly Field[] => {
    const known = new Set(others.map(({ name }) => nameKey(name)))
    return fields.filter(({ name }) => !known.has(nameKey(name)))
  }
  const [missing, extra] = [without(to, from)[0], without(from, to)]
  if (missing) {
    const parameters = { tableName, colName: `${colName}.${quotedName(missing.name)}` }
    throw new MillraceError('INCOMPATIBLE_DATA_FOR_TABLE.CANNOT_FIND_DATA', parameters)
  }
  if (extra.length > 0) {
    const parameters = { tableName, colName, extraFields: namesOf(extra) }
    throw new MillraceError('INCOMPATIBLE_DATA_FOR_TABLE.EXTRA_STRUCT_FIELDS', parameters)
  }
  if (to.some(({ name }, i) => nameKey(from[i]!.name) !== nameKey(name)))
    throw new MillraceError('UNSUPPORTED_FEATURE', {
      feature: 'INSERT BY NAME of structs whose fields are in another order',
    })
}

const TIMES: ReadonlySet<DataType['kind']> = new Set(['date', 'timestamp', 'timestamp_ntz'])

/** Spark's `canANSIStoreAssign`: numbers among themselves, times among themselves, and everything that is one value as text. */
export function isAssignable(from: DataType, to: DataType): boolean {
  if (from.kind === 'void') return true
  if (to.kind === 'string') return from.kind !== 'struct' && from.kind !== 'array' && from.kind !== 'map'
  if (isNumeric(from)) return isNumeric(to)
  if (from.kind === 'time' && to.kind === 'time') return from.precision <= to.precision
  return sameType(from, to) || (TIMES.has(from.kind) && TIMES.has(to.kind))
}

/** The same of types within others, where fields of structs go by their order. */
export function isAssignableWithin(from: DataType, to: DataType): boolean {
  if (from.kind === 'array' && to.kind === 'array') return isAssignableWithin(from.element, to.element)
  if (from.kind === 'map' && to.kind === 'map')
    return isAssignableWithin(from.key, to.key) && isAssignableWithin(from.value, to.value)
  if (from.kind === 'struct' && to.kind === 'struct')
    return (
      from.fields.length === to.fields.length &&
      from.fields.every(({ type }, i) => isAssignableWithin(type, to.fields[i]!.type))
    )
  return isAssignable(from, to)
}
