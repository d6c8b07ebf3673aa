import {
  BIGINT,
  type DataType,
  DOUBLE,
  decimal,
  type Field,
  field,
  MAX_DECIMAL_PRECISION,
} from '../../../columnar/types.js'
import type { AggregateCall } from '../expression/expression.js'

/**
 * The columns in which a partial aggregate hands its state on:
 * - `count`: count bigint, never NULL
 * - `sum`: the sum in the call's type (bigint, double or decimal), NULL while no value was seen
 * - `avg`: sum (decimal of 10 digits more at the argument's scale, or double) and count bigint
 * - variances and what is made like them: count, means and sums of products of the distances from these, all double
 * - `min`, `max`, `first`, `last`: the value, NULL while none was seen
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
    case 'var_pop':
    case 'var_samp':
    case 'stddev_pop':
    case 'stddev_samp':
      return moments(name, ['count', 'mean', 'squares'])
    case 'covar_pop':
    case 'covar_samp':
    case 'corr':
      return moments(name, ['count', 'mean', 'otherMean', 'products', 'squares', 'otherSquares'])
    case 'min':
    case 'max':
    case 'first':
    case 'last':
      return [field(`${name}.value`, call.type)]
  }
}

const moments = (name: string, parts: readonly string[]): readonly Field[] =>
  parts.map((part) => field(`${name}.${part}`, DOUBLE, false))

/** The type in which an average adds up: Spark's `Average` adds decimals with 10 digits more, all else as double. */
export function averageSumType(argument: DataType): DataType {
  return argument.kind === 'decimal'
    ? decimal(Math.min(argument.precision + 10, MAX_DECIMAL_PRECISION), argument.scale)
    : DOUBLE
}
