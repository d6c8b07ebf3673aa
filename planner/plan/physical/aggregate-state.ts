import {
  BIGINT,
  BINARY,
  type DataType,
  DOUBLE,
  decimal,
  type Field,
  field,
  MAX_DECIMAL_PRECISION,
} from '../../../columnar/types.js'
import type { AggregateCall } from '../expression/expression.js'
import type { PhysicalAggregate } from './plan.js'

/** Whether the rows that come are groups with state columns. */
export const takesStates = ({ mode }: Pick<PhysicalAggregate, 'mode'>): boolean => mode === 'merge' || mode === 'final'
/** Whether the groups go on with state columns, so that what is behind merges them. */
export const givesStates = ({ mode }: Pick<PhysicalAggregate, 'mode'>): boolean =>
  mode === 'partial' || mode === 'merge'

/**
 * The columns in which a partial aggregate hands its state on:
 * - `count`: count bigint, never NULL
 * - `sum`: the sum in the call's type (bigint, double or decimal), NULL while no value was seen
 * - `avg`: sum (decimal of 10 digits more at the argument's scale, or double) and count bigint
 * - `min`, `max`, `first`, `last`: the value, NULL while none was seen
 * - `fold`: the columns of its state
 * - `collect`: the bytes of all values
 */
export function aggregateState(call: AggregateCall): readonly Field[] {
  const { name } = call
  switch (call.fn) {
    case 'count':
      return [field(`${name}.count`, BIGINT, false)]
    case 'sum':
      return [field(`${name}.sum`, call.type)]
    case 'avg':
      return [field(`${name}.sum`, averageSumType(call.args[0]!.type)), field(`${name}.count`, BIGINT, false)]
    case 'min':
    case 'max':
    case 'first':
    case 'last':
      return [field(`${name}.value`, call.type)]
    case 'fold':
      return call.fold!.state.map((column) => field(`${name}.${column.name}`, column.type, column.nullable))
    case 'collect':
      return [field(`${name}.values`, BINARY, false)]
  }
}

/** The type in which an average adds up: Spark's `Average` adds decimals with 10 digits more, all else as double. */
export function averageSumType(argument: DataType): DataType {
  return argument.kind === 'decimal'
    ? decimal(Math.min(argument.precision + 10, MAX_DECIMAL_PRECISION), argument.scale)
    : DOUBLE
}
