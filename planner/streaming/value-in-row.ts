import { type DataType, type Field, INTERVAL_DT } from '../../columnar/types.js'
import type { ValueInRow } from '../../connectors/api.js'
import { expressionOfText, expressionText } from '../codec/plan-codec.js'
import { Binder } from '../physical/bind.js'
import { call, fieldOf, literal, reference } from '../plan/expression/build.js'
import type { Attribute, Expression } from '../plan/expression/expression.js'
import { transformUp } from '../plan/expression/transform.js'

/** What an expression takes of a row of these columns, as a checkpoint keeps it. */
export const valueInRow = (e: Expression, columns: readonly Attribute[]): ValueInRow =>
  plainValue(e, columns) ?? {
    computed: expressionText(withoutOrigins(new Binder(columns).expression(e))),
    type: e.type,
  }

type PlainValue = Extract<ValueInRow, { readonly column: number }>

/** Any version of the engine can read these. */
function plainValue(e: Expression, columns: readonly Attribute[]): PlainValue | undefined {
  if (e.kind === 'attribute') return { column: columns.findIndex(({ id }) => id === e.id) }
  if (e.kind === 'getField' && e.child.kind === 'attribute')
    return { ...plainValue(e.child, columns)!, field: e.ordinal }
  const [base, later] = e.kind === 'call' && e.fn === 'timestamp_add' ? e.args : []
  const value = base && plainValue(base, columns)
  if (!value || later?.kind !== 'literal' || typeof later.value !== 'bigint') return undefined
  return { ...value, micros: (value.micros ?? 0n) + later.value }
}

const withoutOrigins = (e: Expression): Expression =>
  transformUp(e, (node) => {
    if (!('origin' in node)) return node
    const { origin: _, ...rest } = node
    return Object.freeze(rest)
  })

/** The expression again, over columns of such rows. @throws UNSUPPORTED_FEATURE for what another version of the engine computed */
export function expressionOf(value: ValueInRow, columns: readonly Attribute[]): Expression {
  if ('computed' in value)
    return transformUp(expressionOfText(value.computed), (e) =>
      e.kind === 'bound' ? reference(columns[e.ordinal]!) : e,
    )
  const { column, field, micros } = value
  const whole = reference(columns[column]!)
  const own = field === undefined || whole.type.kind !== 'struct' ? whole : fieldOf(whole, whole.type.fields, field)
  return micros === undefined ? own : call('timestamp_add', own.type, [own, literal(INTERVAL_DT, micros)])
}

/** The type of a value of rows with these columns. */
export function typeInRow(value: ValueInRow, columns: readonly Field[]): DataType {
  if ('computed' in value) return value.type
  const { type } = columns[value.column]!
  return type.kind === 'struct' && value.field !== undefined ? type.fields[value.field]!.type : type
}
