import { BIGINT, BINARY, type DataType, DOUBLE, INT } from '../../../../columnar/types.js'
import { MillraceError } from '../../../../common/errors/millrace-error.js'
import { call, literal, routineCall } from '../../../plan/expression/build.js'
import type { Expression, Fold } from '../../../plan/expression/expression.js'
import { DETAIL_TEXT, type RoutineError } from '../../../plan/expression/routine.js'
import { constantOf } from '../../constants/constants.js'
import { castTo, expectType, unexpectedType } from '../../types/coercion.js'
import { isNumeric } from '../../types/common-types.js'
import { buildCase } from '../conditional.js'
import { type CallSite, helped, kernelCall, type RoutineTraits } from '../definition.js'
import { DIGESTS } from '../digests.js'
import { type AggregateDefinition, type AggregateSite, type AggregateTable, oneArgument } from './definition.js'
import { column, folded, isPresent } from './fold.js'

/* Aggregates whose state is bytes that kernels change in their place: what a value does to them, and what they do to each other. */

interface Kept {
  readonly added: Expression
  readonly merged: Expression
  readonly result: Expression
}

/** The state as an operand, the value behind it, and the state of other rows. */
const STATE = column(0, BINARY)
const OTHER = column(1, BINARY)
const rowValue = (type: DataType): Expression => column(1, type)

/** The order of rows does not matter, but frames of windows are computed from their first row on: nothing can be taken away. */
export const kept = ({ added, merged, result }: Kept, value: Expression, site: AggregateSite): Expression => {
  const state = [{ name: 'state', type: BINARY, nullable: false }]
  const fold: Fold = { label: site.name, state, added: [added], merged: [merged], result, isOrdered: true }
  return site.of(folded(fold, [value]))
}

export const changed = (
  kernel: string,
  operands: readonly Expression[],
  site: CallSite,
  traits: RoutineTraits = {},
): Expression => kernelCall(kernel, BINARY, [STATE, ...operands], site, traits)

const DEFAULT_DEVIATION = 0.05
/** The most bits for which there is data to correct estimates, and the fewest. */
const [LEAST_BITS, MOST_BITS] = [4, 18]

/** How many bits choose a register for a relative standard deviation. @throws _LEGACY_ERROR_TEMP_1104, FAILED_FUNCTION_CALL */
function bitsFor(deviation: Expression | undefined, site: AggregateSite): number {
  const known =
    deviation?.kind === 'literal' && isNumeric(deviation.type) ? constantOf(castTo(deviation, DOUBLE)) : undefined
  if (deviation && typeof known?.value !== 'number')
    throw new MillraceError('_LEGACY_ERROR_TEMP_1104', {}, { origin: site.origin })
  const value = typeof known?.value === 'number' ? known.value : DEFAULT_DEVIATION
  const bits = Math.ceil((2 * Math.log(1.106 / value)) / Math.log(2))
  if (bits < LEAST_BITS)
    throw new MillraceError('FAILED_FUNCTION_CALL', { funcName: `\`${site.name}\`` }, { origin: site.origin })
  if (bits <= MOST_BITS) return bits
  throw new MillraceError(
    'UNSUPPORTED_FEATURE',
    { feature: `${site.name} with a deviation below 0.0022` },
    { origin: site.origin },
  )
}

/** One zero, so that all are equal. */
const withOneZero = (value: Expression): Expression =>
  value.type.kind === 'float' || value.type.kind === 'double'
    ? call('add', value.type, [value, literal(value.type, 0)])
    : value

const approxCountDistinct: AggregateDefinition = {
  minArgs: 1,
  maxArgs: 2,
  build: ([value, deviation], site) => {
    const bits = literal(INT, bitsFor(deviation, site))
    const hash = DIGESTS['xxhash64']!.build([withOneZero(value!)], site)
    const whenPresent = buildCase([{ when: isPresent(value!), value: hash }], undefined, site)
    const routine = { by: 'host', name: 'cardinality.estimate', label: site.name } as const
    const parts = {
      added: changed('registersAdded', [rowValue(BIGINT), bits], site),
      merged: changed('registersMerged', [OTHER], site),
      result: routineCall(routine, BIGINT, [STATE, bits], site.origin),
    }
    return kept(parts, whenPresent, site)
  },
}

const OUT_OF_BITMAP: RoutineError = {
  condition: 'INVALID_BITMAP_POSITION',
  parameters: { bitPosition: DETAIL_TEXT, bitmapNumBytes: '4096', bitmapNumBits: '32768' },
}

/** A bitmap, whose bytes are these where there was no value. */
const bitmap = (byte: number, site: AggregateSite): Expression => changed('bitmapOf', [literal(INT, byte)], site)

const bitmapConstruct = oneArgument(([value], site) => {
  const parts = {
    added: changed('bitmapWith', [rowValue(BIGINT)], site, { errors: [OUT_OF_BITMAP] }),
    merged: changed('bitmapsEither', [OTHER], site),
    result: bitmap(0, site),
  }
  return kept(parts, expectType(value!, BIGINT, 0, site), site)
})

const ofBitmaps = (added: string, merged: string, empty: number): AggregateDefinition =>
  oneArgument(([value], site) => {
    const { kind } = value!.type
    if (kind !== 'binary' && kind !== 'void') throw unexpectedType(value!, '"BINARY"', 0, site)
    const parts = {
      added: changed(added, [rowValue(BINARY)], site),
      merged: changed(merged, [OTHER], site),
      result: bitmap(empty, site),
    }
    return kept(parts, castTo(value!, BINARY), site)
  })

export const SKETCHES: AggregateTable = {
  approx_count_distinct: helped(
    '(value[, deviation])',
    'About how many different values there are, by HyperLogLog++ with the results of Spark; the deviation to be expected is 0.05 unless it is told.',
    [['approx_count_distinct(a) from values (1), (1), (2), (null), (3) as t(a)', '3']],
    approxCountDistinct,
    { collations: 'keys', printed: { shown: 1 } },
  ),
  bitmap_construct_agg: helped(
    '(position)',
    'A bitmap of 32768 bits with the bits at these positions, which `bitmap_bit_position` tells.',
    [['bitmap_count(bitmap_construct_agg(a)) from values (0), (9), (9) as t(a)', '2']],
    bitmapConstruct,
  ),
  bitmap_or_agg: helped(
    '(bitmap)',
    'A bitmap with the bits that some bitmap has.',
    [["bitmap_count(bitmap_or_agg(a)) from values (X'10'), (X'30') as t(a)", '2']],
    ofBitmaps('bitmapsEither', 'bitmapsEither', 0),
  ),
  bitmap_and_agg: helped(
    '(bitmap)',
    'A bitmap with the bits that all bitmaps have.',
    [["bitmap_count(bitmap_and_agg(a)) from values (X'10'), (X'30') as t(a)", '1']],
    ofBitmaps('bitmapsBoth', 'bitmapStatesBoth', 0xff),
  ),
}
