import { BINARY, BOOLEAN, type DataType, INT, STRING } from '../../../columnar/types.js'
import { MillraceError } from '../../../common/errors/millrace-error.js'
import { quotedText } from '../../../common/errors/quoting.js'
import { call, cast, literal, orNullIf, routineCall } from '../../plan/expression/build.js'
import type { Expression } from '../../plan/expression/expression.js'
import { DETAIL, DETAIL_TEXT, type RoutineError } from '../../plan/expression/routine.js'
import { decoded } from '../collations/uses.js'
import { constantOf } from '../constants/constants.js'
import { castTo, expectType, unify } from '../types/coercion.js'
import { refuseUnordered } from '../types/orderable.js'
import { buildCase } from './conditional.js'
import {
  between,
  type CallSite,
  checkArity,
  collated,
  exactly,
  type FunctionDefinition,
  type FunctionTable,
  helped,
  kernel,
  kernelCall,
  operands,
  type RoutineTraits,
} from './definition.js'

const malformed = (fmt: string): RoutineError => ({
  condition: 'CONVERSION_INVALID_INPUT',
  parameters: { str: DETAIL, fmt: `'${fmt}'`, targetType: '"BINARY"', suggestion: '`try_to_binary`' },
})

/** Bytes in a character set; that of UTF-8 is the bytes of the text as they are. */
const encode: FunctionDefinition = exactly(2, (args, site) => {
  const [text, charset] = operands([STRING, STRING], args, [], site)
  if (isUtf8(charset!)) return cast(text!, BINARY, 'ansi')
  const run = { by: 'host', name: 'charsets.encode', label: site.name, raises: true } as const
  return routineCall(run, BINARY, [text!, charset!], site.origin)
})

const isUtf8 = (charset: Expression): boolean =>
  charset.kind === 'literal' && String(charset.value).toLowerCase() === 'utf-8'

const decode: FunctionDefinition = between(0, Number.POSITIVE_INFINITY, (args, site) => {
  if (args.length < 2) checkArity({ minArgs: 2, maxArgs: 2 }, args.length, site)
  if (args.length > 2) return chosen(args, site)
  const [bytes, charset] = operands([BINARY, STRING], args, [], site)
  if (isUtf8(charset!)) {
    const parameters = { function: '`decode`', charset: String((charset as { value: unknown }).value) }
    const errors: readonly RoutineError[] = [{ condition: 'MALFORMED_CHARACTER_CODING', parameters }]
    return kernelCall('utf8Validate', STRING, [bytes!], site, { errors })
  }
  const run = { by: 'host', name: 'charsets.decode', label: site.name, raises: true } as const
  return routineCall(run, STRING, [bytes!, charset!], site.origin)
})

/** `decode(value, search, result, …[, default])`: the first result whose search is the value, NULL being like NULL. */
function chosen([value, ...rest]: readonly Expression[], site: CallSite): Expression {
  const branches: { when: Expression; value: Expression }[] = []
  for (let i = 0; i + 1 < rest.length; i += 2) {
    const [a, b] = unify(value!, rest[i]!, site)
    refuseUnordered(a.type, site)
    branches.push({ when: call('eq_null_safe', BOOLEAN, [a, b], { origin: site.origin }), value: rest[i + 1]! })
  }
  return buildCase(branches, rest.length % 2 === 1 ? rest.at(-1) : undefined, site)
}

const FORMATS = ['hex', 'utf-8', 'utf8', 'base64']

/** Bytes that a text tells in a format. @throws DATATYPE_MISMATCH.NON_FOLDABLE_INPUT, INVALID_ARG_VALUE */
const toBinary = (isTry: boolean): FunctionDefinition =>
  between(1, 2, (args, site) => {
    const [value, given] = args
    const fmt = given ?? literal(STRING, 'hex')
    const known = constantOf(fmt)
    if (!known) {
      const inputExpr = site.argumentSql?.(1) ?? site.sql
      // Of try_to_binary Spark tells the one without a try, which is within it.
      const sqlExpr = site.sql.replace(/^"try_/, '"')
      const parameters = { inputName: '`fmt`', inputType: '"STRING"', inputExpr, sqlExpr }
      throw new MillraceError('DATATYPE_MISMATCH.NON_FOLDABLE_INPUT', parameters, { origin: site.origin })
    }
    if (known.value === null) return literal(BINARY, null, site.origin)
    const format = String(known.value).toLowerCase()
    if (!FORMATS.includes(format)) {
      if (isTry) return literal(BINARY, null, site.origin)
      throw wrongFormat(String(known.value), site)
    }
    const text = expectType(value!, STRING, 0, site)
    if (format.startsWith('utf')) return cast(text, BINARY, 'ansi')
    const errors = [malformed(format.toUpperCase())]
    const decoding =
      format === 'hex'
        ? kernelCall('textUnhex', BINARY, [text], site, { errors })
        : kernelCall('textUnbase64', BINARY, [text, literal(INT, 1)], site, { errors })
    return orNullIf(isTry, decoding)
  })

function wrongFormat(value: string, site: CallSite): MillraceError {
  return new MillraceError(
    'DATATYPE_MISMATCH.INVALID_ARG_VALUE',
    {
      sqlExpr: site.sql,
      inputName: 'fmt',
      requireType: 'case-insensitive "STRING"',
      validValues: "'hex', 'utf-8', 'utf8', or 'base64'",
      inputValue: quotedText(value),
    },
    { origin: site.origin },
  )
}

const unbase64: FunctionDefinition = exactly(1, ([arg], site) => {
  const text = expectType(arg!, STRING, 0, site)
  return kernelCall('textUnbase64', BINARY, [text, literal(INT, 0)], site, { errors: [malformed('BASE64')] })
})

/** A function of a text that is perhaps no UTF-8. */
const ofBytes = (name: string, type: DataType, traits?: RoutineTraits): FunctionDefinition =>
  exactly(1, ([arg], site) => kernelCall(name, type, [castTo(expectType(arg!, STRING, 0, site), STRING)], site, traits))

const INVALID_UTF8: RoutineError = { condition: 'INVALID_UTF8_STRING', parameters: { str: DETAIL_TEXT } }

export const TEXT_CODES: FunctionTable = collated('plain', {
  encode: helped(
    '(text, charset)',
    'The bytes of a text in a character set: UTF-8, UTF-16 (also -BE and -LE), UTF-32, ISO-8859-1 or US-ASCII.',
    [["hex(encode('aé', 'iso-8859-1'))", '61E9']],
    encode,
  ),
  decode: helped(
    '(bytes, charset) or (value, search, result, …[, default])',
    'The text that bytes are in a character set; or the first result whose search equals the value, NULL being equal to NULL.',
    [
      ["decode(X'61E9', 'iso-8859-1')", 'aé'],
      ["decode(2, 1, 'one', 2, 'two', 'many')", 'two'],
    ],
    decode,
    { collations: decoded, leavesLiterals: true },
  ),
  base64: helped(
    '(bytes)',
    'Bytes in base 64, in lines of 76 signs.',
    [["base64('Spark SQL')", 'U3BhcmsgU1FM']],
    kernel('textBase64', STRING, [BINARY]),
  ),
  unbase64: helped(
    '(text)',
    'The bytes that a text tells in base 64. Signs that do not belong to it are passed over.',
    [["decode(unbase64('U3BhcmsgU1FM'), 'utf-8')", 'Spark SQL']],
    unbase64,
  ),
  unhex: helped(
    '(text)',
    'The bytes that hexadecimal digits tell; NULL when there is something else.',
    [
      ["decode(unhex('537061726B'), 'utf-8')", 'Spark'],
      ["unhex('GG')", 'NULL'],
    ],
    kernel('textUnhex', BINARY, [STRING], [], { givesNull: true }),
  ),
  to_binary: helped(
    '(text[, format])',
    "The bytes that a text tells as 'hex' (unless said otherwise), 'utf-8' or 'base64'.",
    [["hex(to_binary('abc', 'utf-8'))", '616263']],
    toBinary(false),
  ),
  try_to_binary: helped(
    '(text[, format])',
    'The same, but NULL when the text or the format is wrong.',
    [["try_to_binary('a!', 'base64')", 'NULL']],
    toBinary(true),
  ),
  is_valid_utf8: helped(
    '(text)',
    'Whether a text is UTF-8.',
    [["is_valid_utf8(X'80')", 'false']],
    ofBytes('utf8IsValid', BOOLEAN),
  ),
  make_valid_utf8: helped(
    '(text)',
    'A text with the replacement character where it is no UTF-8.',
    [["make_valid_utf8(X'6180')", 'a\ufffd']],
    ofBytes('utf8Repaired', STRING),
    { collations: 'text' },
  ),
  validate_utf8: helped(
    '(text)',
    'A text that must be UTF-8.',
    [["validate_utf8('Spark')", 'Spark']],
    ofBytes('utf8Validate', STRING, { errors: [INVALID_UTF8] }),
    { collations: 'text' },
  ),
  try_validate_utf8: helped(
    '(text)',
    'A text, or NULL when it is no UTF-8.',
    [["try_validate_utf8(X'80')", 'NULL']],
    ofBytes('utf8Validate', STRING, { givesNull: true }),
    { collations: 'text' },
  ),
})
