import { BIGINT, BOOLEAN, DOUBLE, INT, isInterval, STRING, VOID } from '../../../columnar/types.js'
import { literal } from '../../plan/expression/build.js'
import type { Expression } from '../../plan/expression/expression.js'
import type { CallText } from '../printing.js'
import { isLenient } from '../session.js'
import { castTo, differentTypes, exactType, expectType, unexpectedType } from '../types/coercion.js'
import { isNumeric } from '../types/common-types.js'
import { buildCase } from './conditional.js'
import {
  between,
  type CallSite,
  collated,
  exactly,
  type FunctionDefinition,
  type FunctionTable,
  helped,
  kernel,
  kernelCall,
  operands,
} from './definition.js'
import { raising } from './raising.js'

export const SPARK_RELEASE = '4.2.0'

const raised = (message: Expression, site: CallSite): Expression => {
  const shown = { errorMessage: expectType(message, STRING, 0, site) }
  // Whether it is NULL is only known once it was computed, which raises.
  return { ...raising('USER_RAISED_EXCEPTION', { parameters: {}, shown }, VOID, site), nullable: true }
}

/** NULL where a condition holds; raises where it does not, or is NULL. */
const assertTrue: FunctionDefinition = between(1, 2, ([condition, message], site) => {
  const written = site.argumentSql?.(0)?.slice(1, -1) ?? ''
  const told = message ?? literal(STRING, `'${written}' is not true!`)
  const text = message ? site.argumentSql?.(1)?.slice(1, -1) : `'${written}' is not true!`
  // Spark tells what it makes of the call.
  const sql = `"(IF(${written}, NULL, raise_error(USER_RAISED_EXCEPTION, map(errorMessage, ${text}))))"`
  const holds = exactType(condition!, BOOLEAN, 0, { ...site, sql })
  return buildCase([{ when: holds, value: literal(VOID, null) }], raised(told, site), site)
})

const BUCKETED = '("DOUBLE" or "INTERVAL YEAR TO MONTH" or "INTERVAL DAY TO SECOND")'

const widthBucket: FunctionDefinition = exactly(4, (args, site) => {
  const bounds = args.slice(0, 3).map((arg, i) => {
    if (isInterval(arg.type)) return arg
    if (isNumeric(arg.type) || arg.type.kind === 'string' || arg.type.kind === 'void') return castTo(arg, DOUBLE)
    throw unexpectedType(arg, BUCKETED, i, site)
  })
  const { kind } = bounds[0]!.type
  if (bounds.some(({ type }) => type.kind !== kind)) throw differentTypes(bounds, 'width_bucket', site)
  const name =
    kind === 'interval_ym' ? 'widthBucketOfMonths' : kind === 'interval_dt' ? 'widthBucketOfMicros' : 'widthBucket'
  return kernelCall(name, BIGINT, [...bounds, expectType(args[3]!, BIGINT, 3, site)], site, { givesNull: true })
})

const conv: FunctionDefinition = exactly(3, (args, site) => {
  const parts = operands([STRING, INT, INT], args, [], site)
  const parameters = { message: 'Overflow in function conv()', alternative: '', config: '"spark.sql.ansi.enabled"' }
  const errors = [{ condition: 'ARITHMETIC_OVERFLOW', parameters }] as const
  const made = kernelCall('textConvert', STRING, parts, site, { givesNull: true, errors })
  return isLenient() ? Object.freeze({ ...made, failure: 'wrap' }) : made
})

const ofWhole = (kernelName: string): FunctionDefinition =>
  exactly(1, ([value], site) => kernelCall(kernelName, BIGINT, [expectType(value!, BIGINT, 0, site)], site))

const bitmapCount: FunctionDefinition = exactly(1, ([bytes], site) => {
  if (bytes!.type.kind !== 'binary') throw unexpectedType(bytes!, '"BINARY"', 0, site)
  return kernelCall('bytesBitCount', BIGINT, [bytes!], site)
})

const raiseError: FunctionDefinition = exactly(1, ([message], site) => raised(message!, site))

const raisedText: CallText = ([a], text) => `raise_error(USER_RAISED_EXCEPTION, map(errorMessage, ${text(a!)}))`
const assertedText: CallText = ([a, b], text) =>
  `assert_true(${text(a!)}, ${b ? text(b) : `'${text(a!)}' is not true!`})`

export const MISCELLANEOUS: FunctionTable = collated('plain', {
  assert_true: helped(
    '(condition[, message])',
    'NULL where a condition holds; otherwise it raises USER_RAISED_EXCEPTION.',
    [['assert_true(1 < 2)', 'NULL']],
    assertTrue,
    { printed: { call: assertedText } },
  ),
  bitmap_bit_position: helped(
    '(number)',
    'Which bit of its bitmap of 32768 bits stands for a number, from 0.',
    [['bitmap_bit_position(123)', '122']],
    ofWhole('bitmapBit'),
  ),
  bitmap_bucket_number: helped(
    '(number)',
    'The number of the bitmap of 32768 bits that has a number, from 1.',
    [['bitmap_bucket_number(32769)', '2']],
    ofWhole('bitmapBucket'),
  ),
  bitmap_count: helped('(bitmap)', 'How many bits of bytes are 1.', [["bitmap_count(X'1010')", '2']], bitmapCount),
  conv: helped(
    '(digits, from, to)',
    'A whole number of one base from 2 to 36 in the digits of another one; with a negative base the result has a sign.',
    [
      ["conv('100', 2, 10)", '4'],
      ["conv('-10', 16, -10)", '-16'],
    ],
    conv,
    { collations: 'text' },
  ),
  luhn_check: helped(
    '(digits)',
    'Whether the last of some digits is the check digit of the others, as in the numbers of cards.',
    [
      ["luhn_check('79927398713')", 'true'],
      ["luhn_check('79927398714')", 'false'],
    ],
    kernel('textLuhn', BOOLEAN, [STRING]),
  ),
  raise_error: helped('(message)', 'Raises USER_RAISED_EXCEPTION with a message.', [], raiseError, {
    printed: { call: raisedText },
  }),
  version: helped(
    '()',
    'The release of Spark whose SQL this is, and the name of the engine in the place of a revision.',
    [['version()', `${SPARK_RELEASE} millrace`]],
    exactly(0, (_, { origin }) => literal(STRING, `${SPARK_RELEASE} millrace`, origin)),
  ),
  width_bucket: helped(
    '(value, low, high, count)',
    'Which of `count` parts of the same width between two bounds a number or an interval is in, from 1; 0 before them and `count` + 1 behind.',
    [['width_bucket(5.3, 0.2, 10.6, 5)', '3']],
    widthBucket,
  ),
})
