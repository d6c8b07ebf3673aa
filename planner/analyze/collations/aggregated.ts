import { isCollated } from '../../../columnar/text-types.js'
import { typeName } from '../../../columnar/types.js'
import { MillraceError } from '../../../common/errors/millrace-error.js'
import { quotedName } from '../../../common/errors/quoting.js'
import type { Expression } from '../../plan/expression/expression.js'
import type { CallSite } from '../functions/definition.js'
import { commonCollation, determined, saysCollation } from './harmony.js'
import { collationKey } from './key.js'
import { uncollated } from './retyped.js'

/** Aggregates that give values, or count them: what is told apart has its keys. */
const OF_VALUES: ReadonlySet<string> = new Set(
  'count min max min_by max_by first first_value any_value last last_value collect_list array_agg listagg string_agg'.split(
    ' ',
  ),
)
/** Those of numbers and of truths, which texts become. */
const OF_NUMBERS: ReadonlySet<string> = new Set(
  `sum try_sum avg mean try_avg count_if bool_and every bool_or some any bit_and bit_or bit_xor var_pop var_samp variance stddev_pop stddev_samp stddev std
  covar_pop covar_samp corr skewness kurtosis regr_count regr_avgx regr_avgy regr_sxx regr_syy regr_sxy regr_slope regr_intercept regr_r2 percentile
  percentile_cont percentile_disc median percentile_approx approx_percentile`.split(/\s+/),
)

/** The arguments of an aggregate, some of which may be texts with collations. @throws UNSUPPORTED_FEATURE, DATATYPE_MISMATCH.UNSUPPORTED_INPUT_TYPE */
export function collatedArguments(args: readonly Expression[], site: CallSite): readonly Expression[] {
  const { name, origin } = site
  const collated = args.find(({ type }) => saysCollation(type))
  if (!collated || OF_VALUES.has(name)) return args
  if (OF_NUMBERS.has(name)) return args.map(uncollated)
  if (name === 'approx_count_distinct') {
    determined(commonCollation(args, site), site)
    return args.map(collationKey)
  }
  if (!isCollated(collated.type)) return args
  if (name === 'collect_set') {
    const parameters = { functionName: quotedName(name), dataType: '"MAP" or "COLLATED STRING"', sqlExpr: site.sql }
    throw new MillraceError('DATATYPE_MISMATCH.UNSUPPORTED_INPUT_TYPE', parameters, { origin })
  }
  const feature = `${name} of values of type ${typeName(collated.type)}`
  throw new MillraceError('UNSUPPORTED_FEATURE', { feature }, { origin })
}
