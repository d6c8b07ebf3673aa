import {
  array,
  BIGINT,
  BINARY,
  type DataType,
  DOUBLE,
  INT,
  isInterval,
  quotedTypeName,
  struct,
} from '../../../../columnar/types.js'
import { MillraceError } from '../../../../common/errors/millrace-error.js'
import { quotedName } from '../../../../common/errors/quoting.js'
import { call, fieldOf, literal } from '../../../plan/expression/build.js'
import type { Expression, LambdaVariable } from '../../../plan/expression/expression.js'
import { constantOf } from '../../constants/constants.js'
import { castTo, unexpectedType } from '../../types/coercion.js'
import { isIntegral, isNumeric } from '../../types/common-types.js'
import { helped, kernelCall } from '../definition.js'
import { emptySketch } from './count-min-sketch.js'
import type { AggregateDefinition, AggregateSite, AggregateTable } from './definition.js'
import { column } from './fold.js'
import { asDouble, ofDouble } from './order-keys.js'
import { changed, kept } from './sketches.js'

/* How often values are there: in bins, and in a count-min sketch. */

/** @throws DATATYPE_MISMATCH.NON_FOLDABLE_INPUT, UNEXPECTED_NULL */
function constantNumber(e: Expression, name: string, type: DataType, position: number, site: AggregateSite): number {
  const known = constantOf(castTo(e, type))
  if (!known) {
    const inputExpr = site.argumentSql?.(position) ?? ''
    const parameters = { inputName: quotedName(name), inputType: quotedTypeName(type), inputExpr, sqlExpr: site.sql }
    throw new MillraceError('DATATYPE_MISMATCH.NON_FOLDABLE_INPUT', parameters, { origin: site.origin })
  }
  if (known.value !== null) return Number(known.value)
  throw new MillraceError(
    'DATATYPE_MISMATCH.UNEXPECTED_NULL',
    { exprName: name, sqlExpr: site.sql },
    { origin: site.origin },
  )
}

function outOfRange(exprName: string, valueRange: string, currentValue: string, site: AggregateSite): MillraceError {
  const parameters = { exprName, valueRange, currentValue, sqlExpr: site.sql }
  return new MillraceError('DATATYPE_MISMATCH.VALUE_OUT_OF_RANGE', parameters, { origin: site.origin })
}

const MOST_INT = 2 ** 31 - 1
const HISTOGRAM_TYPES =
  '("NUMERIC" or "DATE" or "TIMESTAMP" or "TIMESTAMP_NTZ" or "INTERVAL YEAR TO MONTH" or "INTERVAL DAY TO SECOND")'
const TIMES: ReadonlySet<DataType['kind']> = new Set(['date', 'timestamp', 'timestamp_ntz'])

const BIN = struct([
  { name: 'x', type: DOUBLE, nullable: true },
  { name: 'y', type: DOUBLE, nullable: true },
])

/** The bins with their places as values of a type. */
function binsOf(bins: Expression, type: DataType, site: AggregateSite): Expression {
  const result = struct([
    { name: 'x', type, nullable: true },
    { name: 'y', type: DOUBLE, nullable: true },
  ])
  const bin: LambdaVariable = Object.freeze({ kind: 'variable', name: 'bin', level: 0, type: BIN, nullable: true })
  const [place, count] = [fieldOf(bin, BIN.fields, 0), fieldOf(bin, BIN.fields, 1)]
  const body = call('named_struct', result, [ofDouble(place, type, site), count])
  const lambda = Object.freeze({ kind: 'lambda', parameters: [bin], body, type: result, nullable: false } as const)
  return call('transform', array(result), [bins, lambda], { origin: site.origin, nullable: true })
}

const histogram: AggregateDefinition = {
  minArgs: 2,
  maxArgs: 2,
  build: ([value, count], site) => {
    const { type } = value!
    const isText = type.kind === 'string' || type.kind === 'void'
    if (!isNumeric(type) && !isText && !isInterval(type) && !TIMES.has(type.kind))
      throw unexpectedType(value!, HISTOGRAM_TYPES, 0, site)
    const bins = constantNumber(count!, 'nb', INT, 1, site)
    if (bins < 2) throw outOfRange('nb', `[2, ${MOST_INT}]`, String(bins), site)
    const of = isText ? castTo(value!, DOUBLE) : value!
    const most = literal(INT, bins)
    const parts = {
      added: changed('histogramAdded', [column(1, DOUBLE), most], site),
      merged: changed('histogramsMerged', [column(1, BINARY), most], site),
      result: kernelCall('histogramBins', array(BIN), [column(0, BINARY)], site, { givesNull: true }),
    }
    return binsOf(kept(parts, asDouble(of, site), site), of.type, site)
  },
}

const SKETCHED = '("INTEGRAL" or "STRING" or "BINARY")'
const GREATEST = '1.7976931348623157E308'
const doubleText = (value: number): string => `${Number.isInteger(value) ? value.toFixed(1) : value}D`

const countMinSketch: AggregateDefinition = {
  minArgs: 4,
  maxArgs: 4,
  parameters: ['column', 'epsilon', 'confidence', 'seed'].map((name) => ({ name })),
  build: ([value, relative, certainty, start], site) => {
    const { kind } = value!.type
    const isBytes = kind === 'string' || kind === 'binary'
    if (!isIntegral(value!.type) && !isBytes && kind !== 'void') throw unexpectedType(value!, SKETCHED, 0, site)
    for (const [e, i] of [[relative!, 1] as const, [certainty!, 2] as const])
      if (e.type.kind !== 'double' && e.type.kind !== 'void') throw unexpectedType(e, '"DOUBLE"', i, site)
    if (!isIntegral(start!.type) && start!.type.kind !== 'void')
      throw unexpectedType(start!, '("INT" or "BIGINT")', 3, site)
    const error = constantNumber(relative!, 'eps', DOUBLE, 1, site)
    if (!(error > 0)) throw outOfRange('eps', `(0.0, ${GREATEST}]`, doubleText(error), site)
    const confidence = constantNumber(certainty!, 'confidence', DOUBLE, 2, site)
    if (!(confidence > 0 && confidence < 1)) throw outOfRange('confidence', '(0.0, 1.0]', doubleText(confidence), site)
    const empty = literal(BINARY, emptySketch(error, confidence, constantNumber(start!, 'seed', BIGINT, 3, site), site))
    const type = isBytes ? value!.type : BIGINT
    const parts = {
      added: changed(isBytes ? 'sketchWithBytes' : 'sketchWithLong', [empty, column(1, type)], site),
      merged: changed('sketchesMerged', [column(1, BINARY)], site),
      result: changed('sketchOf', [empty], site),
    }
    return kept(parts, castTo(value!, type), site)
  },
}

export const HISTOGRAMS: AggregateTable = {
  histogram_numeric: helped(
    '(number, count)',
    'At most so many bins of numbers that are near to each other, as structs of where the bin is and how many values it has.',
    [['histogram_numeric(a, 5) from values (0), (1), (2), (10) as t(a)', '[{0, 1.0}, {1, 1.0}, {2, 1.0}, {10, 1.0}]']],
    histogram,
  ),
  count_min_sketch: helped(
    '(value, error, confidence, seed)',
    'A count-min sketch of whole numbers, texts or bytes, as Spark writes it.',
    [
      [
        'hex(count_min_sketch(a, 0.5d, 0.5d, 1)) from values (1), (2), (1) as t(a)',
        '0000000100000000000000030000000100000004000000005D8D6AB90000000000000000000000000000000200000000000000010000000000000000',
      ],
    ],
    countMinSketch,
  ),
}
