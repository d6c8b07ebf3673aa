import { BIGINT, BOOLEAN, type DataType, DOUBLE, decimal, quotedTypeName } from '../../../columnar/types.js'
import { MillraceError } from '../../../common/errors/millrace-error.js'
import { call, literal } from '../../plan/expression/build.js'
import type { Expression } from '../../plan/expression/expression.js'
import type { AggregateFunction, MomentFunction } from '../../plan/expression/functions.js'
import type { UnresolvedCall } from '../../plan/unresolved/expression.js'
import { castTo, expectType, isIntegral, isInterval, isNumeric, unexpectedType } from '../coercion.js'
import { isOrderable } from '../orderable.js'
import { buildCase } from './conditional.js'
import type { CallSite, FunctionHelp } from './definition.js'

/** An aggregate as the plan holds it, but for its id and name. */
export interface AggregateShape {
  readonly fn: AggregateFunction
  readonly args: readonly Expression[]
  readonly type: DataType
  readonly nullable: boolean
  /** Whether rows whose argument is NULL do not count, of those that pick a row. */
  readonly ignoresNulls?: boolean
}

interface AggregateDefinition {
  readonly minArgs: number
  readonly maxArgs: number
  /** Whether IGNORE NULLS may stand behind it. */
  readonly choosesNulls?: true
  build(args: readonly Expression[], site: CallSite, call: UnresolvedCall): AggregateShape
  readonly help?: FunctionHelp
}

const one = (build: AggregateDefinition['build']): AggregateDefinition => ({ minArgs: 1, maxArgs: 1, build })

function numericArgument(args: readonly Expression[], site: CallSite): Expression {
  const [arg] = args
  if (arg!.type.kind === 'string' || arg!.type.kind === 'void') return castTo(arg!, DOUBLE)
  if (isInterval(arg!.type))
    throw new MillraceError('UNSUPPORTED_FEATURE', { feature: `${site.name} of intervals` }, { origin: site.origin })
  if (!isNumeric(arg!.type)) throw unexpectedType(arg!, '"NUMERIC" or "ANSI INTERVAL"', 0, site)
  return arg!
}

const sum = one((args, site) => {
  const arg = numericArgument(args, site)
  if (arg.type.kind === 'decimal') {
    const type = decimal(Math.min(arg.type.precision + 10, 38), arg.type.scale)
    return { fn: 'sum', args: [arg], type, nullable: true }
  }
  const type = isIntegral(arg.type) ? BIGINT : DOUBLE
  return { fn: 'sum', args: [castTo(arg, type)], type, nullable: true }
})

const avg = one((args, site) => {
  const arg = numericArgument(args, site)
  if (arg.type.kind !== 'decimal') return { fn: 'avg', args: [castTo(arg, DOUBLE)], type: DOUBLE, nullable: true }
  const { precision, scale } = arg.type
  return { fn: 'avg', args: [arg], type: decimal(Math.min(precision + 4, 38), Math.min(scale + 4, 38)), nullable: true }
})

/** Of one double, or of two. */
const moment = (fn: MomentFunction, args: 1 | 2): AggregateDefinition => ({
  minArgs: args,
  maxArgs: args,
  build: (values, site) => ({
    fn,
    args: values.map((value, i) =>
      isNumeric(value.type) ? castTo(value, DOUBLE) : expectType(value, DOUBLE, i, site),
    ),
    type: DOUBLE,
    nullable: true,
  }),
})

const extreme = (fn: 'min' | 'max'): AggregateDefinition =>
  one((args, site) => {
    const { type } = args[0]!
    if (!isOrderable(type)) {
      const parameters = { sqlExpr: site.sql, functionName: `\`${fn}\``, dataType: quotedTypeName(type) }
      throw new MillraceError('DATATYPE_MISMATCH.INVALID_ORDERING_TYPE', parameters, { origin: site.origin })
    }
    if (type.kind === 'struct') {
      throw new MillraceError(
        'UNSUPPORTED_FEATURE',
        { feature: `${fn} of values of type ${quotedTypeName(type)}` },
        { origin: site.origin },
      )
    }
    return { fn, args, type, nullable: true }
  })

/** The value of some row, of those that are not NULL if so wanted: by IGNORE NULLS, or by a second argument. */
const picked = (fn: 'first' | 'last'): AggregateDefinition => ({
  minArgs: 1,
  maxArgs: 2,
  choosesNulls: true,
  build: ([value, nulls], { name, origin }, call) => {
    const flag = nulls?.kind === 'literal' && typeof nulls.value === 'boolean' ? nulls.value : undefined
    if (nulls && flag === undefined) throw new MillraceError('_LEGACY_ERROR_TEMP_1210', { funcName: name }, { origin })
    const ignoresNulls = call.nulls ? call.nulls === 'ignore' : flag === true
    return { fn, args: [value!], type: value!.type, nullable: true, ignoresNulls }
  },
})

/** Rows in which no argument is NULL. */
const count: AggregateDefinition = {
  minArgs: 1,
  maxArgs: Number.POSITIVE_INFINITY,
  build: (args, site) => {
    // A literal that is not NULL counts every row, as `count(*)` does.
    const counted = args.filter((arg) => !(arg.kind === 'literal' && arg.value !== null))
    return {
      fn: 'count',
      args: counted.length > 1 ? [allPresent(counted, site)] : counted,
      type: BIGINT,
      nullable: false,
    }
  },
}

/** TRUE where no value is NULL, else NULL. */
function allPresent(values: readonly Expression[], site: CallSite): Expression {
  const present = values.map((value) => call('is_not_null', BOOLEAN, [value], { origin: site.origin }))
  const when = call('and', BOOLEAN, present, { origin: site.origin })
  return buildCase([{ when, value: literal(BOOLEAN, true) }], undefined, site)
}

const countIf = one((args, site) => {
  const condition = expectType(args[0]!, BOOLEAN, 0, site)
  const whenTrue = buildCase([{ when: condition, value: literal(BOOLEAN, true) }], undefined, site)
  return { fn: 'count', args: [whenTrue], type: BIGINT, nullable: false }
})

/** Whether all, or any, of the values that are not NULL are true. */
const ofBooleans = (fn: 'min' | 'max'): AggregateDefinition =>
  one((args, site) => {
    const { kind } = args[0]!.type
    if (kind !== 'boolean' && kind !== 'void' && kind !== 'string') throw unexpectedType(args[0]!, '"BOOLEAN"', 0, site)
    return { fn, args: [castTo(args[0]!, BOOLEAN)], type: BOOLEAN, nullable: true }
  })

/** Aggregate functions by SQL name. */
export const AGGREGATES: Readonly<Record<string, AggregateDefinition>> = {
  bool_and: ofBooleans('min'),
  every: ofBooleans('min'),
  bool_or: ofBooleans('max'),
  some: ofBooleans('max'),
  any: ofBooleans('max'),
  sum,
  avg,
  mean: avg,
  min: extreme('min'),
  max: extreme('max'),
  first: picked('first'),
  first_value: picked('first'),
  any_value: picked('first'),
  last: picked('last'),
  last_value: picked('last'),
  var_pop: moment('var_pop', 1),
  var_samp: moment('var_samp', 1),
  variance: moment('var_samp', 1),
  stddev_pop: moment('stddev_pop', 1),
  stddev_samp: moment('stddev_samp', 1),
  stddev: moment('stddev_samp', 1),
  std: moment('stddev_samp', 1),
  covar_pop: moment('covar_pop', 2),
  covar_samp: moment('covar_samp', 2),
  corr: moment('corr', 2),
  count,
  count_if: countIf,
}
