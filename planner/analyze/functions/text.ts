import { BIGINT, BINARY, BOOLEAN, INT, STRING } from '../../../columnar/types.js'
import { MillraceError } from '../../../common/errors/millrace-error.js'
import { quotedName } from '../../../common/errors/quoting.js'
import { call, cast, literal } from '../../plan/expression/build.js'
import type { Expression } from '../../plan/expression/expression.js'
import { finding, locating, partBefore, replacing, translating } from '../collations/searches.js'
import { constantOf } from '../constants/constants.js'
import type { CallText } from '../printing.js'
import { isLenient } from '../session.js'
import { castTo, expectType, unexpectedType } from '../types/coercion.js'
import { isNumeric, isTemporal } from '../types/common-types.js'
import { buildCase } from './conditional.js'
import {
  between,
  type CallSite,
  exactly,
  type FunctionDefinition,
  type FunctionTable,
  helped,
  kernel,
  kernelCall,
  operands,
} from './definition.js'
import { letterClasses } from './letter-classes.js'

/** lpad and rpad. */
const padded = (isLeft: boolean): FunctionDefinition =>
  between(2, 3, (args, site) => {
    const side = literal(INT, isLeft ? 1 : 0)
    const [bytes, size, fill = literal(BINARY, Uint8Array.of(0))] = args
    if (bytes!.type.kind === 'binary' && fill.type.kind === 'binary')
      return kernelCall('bytesPad', BINARY, [bytes!, expectType(size!, INT, 1, site), fill, side], site)
    const parts = operands([STRING, INT, STRING], args, [literal(STRING, ' ')], site)
    return kernelCall('textPad', STRING, [...parts, side], site)
  })

/** Bytes are filled with zeros unless it is told with what, texts with blanks. */
const paddedText =
  (name: 'lpad' | 'rpad'): CallText =>
  (args, text, { typeOf }) => {
    const fill = typeOf?.(args[0]!)?.kind === 'binary' ? "X'00'" : ' '
    return args.length === 2 ? `${name}(${args.map(text).join(', ')}, ${fill})` : undefined
  }

/** Where a text first occurs; at 0 when it is not said from where. */
const locate: FunctionDefinition = between(2, 3, (args, site) => {
  const [part, text] = operands([STRING, STRING], args.slice(0, 2), [], site)
  const from = args[2] ? expectType(args[2], INT, 2, site) : literal(INT, 1)
  const found = kernelCall('textPosition', INT, [text!, part!, from], site)
  if (!from.nullable) return found
  const unknown = call('is_null', BOOLEAN, [from])
  return buildCase([{ when: unknown, value: literal(INT, 0) }], found, site)
})

const hex: FunctionDefinition = exactly(1, ([value], site) => {
  const { kind } = value!.type
  if (kind === 'string' || kind === 'binary') return kernelCall('textHex', STRING, [value!], site)
  if (isLenient() && (kind === 'boolean' || isTemporal(value!.type)))
    return kernelCall('textHex', STRING, [castTo(value!, STRING)], site)
  const number = isNumeric(value!.type) ? castTo(value!, BIGINT) : expectType(value!, BIGINT, 0, site)
  return kernelCall('textOfBits', STRING, [number, literal(INT, 4)], site)
})

const bytesOf = (factor: number): FunctionDefinition =>
  exactly(1, ([value], site) => {
    const binary = value!.type.kind === 'binary' ? value! : cast(expectType(value!, STRING, 0, site), BINARY, 'ansi')
    const bytes = call('length', INT, [binary], { origin: site.origin })
    return factor === 1 ? bytes : call('multiply', INT, [bytes, literal(INT, factor)], { origin: site.origin })
  })

/** A part of a text replaced: as long as what replaces it, unless that is said. */
const overlay: FunctionDefinition = between(3, 4, (args, site) => {
  const isBinary = args.slice(0, 2).map((arg) => arg.type.kind === 'binary')
  if (isBinary[0] !== isBinary[1]) throw differsInBytes(site)
  const type = isBinary[0] ? BINARY : STRING
  const [text, by, at, given] = operands([type, type, INT, INT], args, [literal(INT, -1)], site)
  const options = { origin: site.origin }
  const isGiven = call('ge', BOOLEAN, [given!, literal(INT, 0)])
  const length = call('length', INT, [by!], options)
  const isUnknown = call('is_null', BOOLEAN, [given!])
  const branches = [
    { when: isGiven, value: given! },
    { when: isUnknown, value: literal(INT, null) },
  ]
  const size = args[3] ? buildCase(branches, length, site) : length
  const [before, behind] = [
    call('subtract', INT, [at!, literal(INT, 1)], options),
    call('add', INT, [at!, size], options),
  ]
  const parts = [
    call('substring', type, [text!, literal(INT, 1), before]),
    by!,
    call('substring', type, [text!, behind, literal(INT, 2 ** 31 - 1)]),
  ]
  return call('concat', type, parts, options)
})

const differsInBytes = (site: CallSite): MillraceError =>
  new MillraceError(
    'DATATYPE_MISMATCH.DATA_DIFF_TYPES',
    { sqlExpr: site.sql, functionName: quotedName(site.name), dataType: '("BINARY" or "STRING")' },
    { origin: site.origin },
  )

const right: FunctionDefinition = exactly(2, (args, site) => {
  const type = args[0]!.type.kind === 'binary' ? BINARY : STRING
  const [text, count] = operands([type, INT], args, [], site)
  const none = call('le', BOOLEAN, [count!, literal(INT, 0)])
  const from = call('negate', INT, [count!], { origin: site.origin })
  const end = call('substring', type, [text!, from, literal(INT, 2 ** 31 - 1)], { origin: site.origin })
  return buildCase(
    [{ when: none, value: call('substring', type, [text!, literal(INT, 1), literal(INT, 0)]) }],
    end,
    site,
  )
})

const MASKS = ['upperChar', 'lowerChar', 'digitChar', 'otherChar'] as const
const DEFAULT_MASKS = ['X', 'x', 'n', null] as const

/** Letters and digits replaced by others. @throws DATATYPE_MISMATCH.INPUT_SIZE_NOT_ONE, NON_FOLDABLE_INPUT */
const masked: FunctionDefinition = between(1, 5, (args, site) => {
  const text = expectText(args[0]!, 0, site)
  const points = MASKS.map((exprName, i) => {
    const arg = args[i + 1]
    const written = arg ? constantOf(expectText(arg, i + 1, site)) : literal(STRING, DEFAULT_MASKS[i]!)
    if (!written) {
      const inputExpr = site.argumentSql?.(i + 1) ?? site.sql
      const parameters = { inputName: quotedName(exprName), inputType: '"STRING"', inputExpr, sqlExpr: site.sql }
      throw new MillraceError('DATATYPE_MISMATCH.NON_FOLDABLE_INPUT', parameters, { origin: site.origin })
    }
    if (written.value === null) return literal(INT, -1)
    const value = String(written.value)
    if (value.length !== 1) {
      const parameters = { exprName, sqlExpr: site.sql }
      throw new MillraceError('DATATYPE_MISMATCH.INPUT_SIZE_NOT_ONE', parameters, { origin: site.origin })
    }
    return literal(INT, value.charCodeAt(0))
  })
  return kernelCall('textMask', STRING, [text, ...points, literal(BINARY, letterClasses())], site)
})

const mask: FunctionDefinition = {
  ...masked,
  parameters: [
    { name: 'str' },
    ...MASKS.map((name, i) => ({
      name,
      byDefault: { kind: 'literal', type: STRING, value: DEFAULT_MASKS[i]! } as const,
    })),
  ],
}

/** A text that is no number before. */
export function expectText(e: Expression, position: number, site: CallSite): Expression {
  if (e.type.kind === 'string' || e.type.kind === 'void') return expectType(e, STRING, position, site)
  throw unexpectedType(e, '"STRING"', position, site)
}

const byteText: FunctionDefinition = exactly(1, ([value], site) =>
  kernelCall('textOfByte', STRING, [expectType(value!, BIGINT, 0, site)], site),
)

export const TEXTS: FunctionTable = {
  repeat: helped(
    '(text, count)',
    'The text so many times.',
    [["repeat('123', 2)", '123123']],
    kernel('textRepeat', STRING, [STRING, INT]),
    { collations: 'text' },
  ),
  space: helped(
    '(count)',
    'So many spaces.',
    [["concat(space(2), '1')", '1']],
    exactly(1, ([count], site) =>
      kernelCall('textRepeat', STRING, [literal(STRING, ' '), expectType(count!, INT, 0, site)], site),
    ),
    { collations: 'plain' },
  ),
  lpad: helped(
    '(text, size[, pad])',
    'Made so long by characters in front, or cut.',
    [["lpad('hi', 5, '??')", '???hi']],
    padded(true),
    { collations: 'text', printed: { call: paddedText('lpad') } },
  ),
  rpad: helped(
    '(text, size[, pad])',
    'Made so long by characters behind, or cut.',
    [
      ["rpad('hi', 5, '??')", 'hi???'],
      ["rpad('hi', 1)", 'h'],
    ],
    padded(false),
    { collations: 'text', printed: { call: paddedText('rpad') } },
  ),
  replace: helped(
    '(text, search[, by])',
    'Every occurrence replaced, or taken out.',
    [["replace('ABCabc', 'abc', 'DEF')", 'ABCDEF']],
    kernel('textReplace', STRING, [STRING, STRING, STRING], [literal(STRING, '')]),
    { collations: replacing, printed: { defaults: { count: 3, last: [''] } } },
  ),
  translate: helped(
    '(text, from, to)',
    'Each character of the one list replaced by that of the other.',
    [["translate('AaBbCc', 'abc', '123')", 'A1B2C3']],
    kernel('textTranslate', STRING, [STRING, STRING, STRING]),
    { collations: translating },
  ),
  instr: helped(
    '(text, part)',
    'Where the part first occurs, from 1; 0 where it does not.',
    [["instr('SparkSQL', 'SQL')", '6']],
    exactly(2, (args, site) => {
      const parts = operands([STRING, STRING], args, [], site)
      return kernelCall('textPosition', INT, [...parts, literal(INT, 1)], site)
    }),
    { collations: finding },
  ),
  locate: helped(
    '(part, text[, from])',
    'Where the part first occurs from there on; 0 where it does not.',
    [["locate('bar', 'foobarbar', 5)", '7']],
    locate,
    { collations: locating, printed: { defaults: { count: 3, last: ['1'] } } },
  ),
  position: helped(
    '(part IN text) or (part, text[, from])',
    'The same as `locate`.',
    [["position('bar' IN 'foobarbar')", '4']],
    locate,
    { collations: locating, printed: { defaults: { count: 3, last: ['1'] } } },
  ),
  substring_index: helped(
    '(text, part, count)',
    'What comes before so many occurrences of the part, or behind as many from the end where negative.',
    [["substring_index('www.apache.org', '.', 2)", 'www.apache']],
    kernel('textSubstringIndex', STRING, [STRING, STRING, INT]),
    { collations: partBefore },
  ),
  ascii: helped(
    '(text)',
    'The code point of the first character; 0 of an empty text.',
    [["ascii('222')", '50']],
    kernel('textFirstPoint', INT, [STRING]),
    { collations: 'plain' },
  ),
  chr: helped('(number)', 'The character of which this is the code, modulo 256.', [['chr(65)', 'A']], byteText),
  char: helped('(number)', 'The character of which this is the code, modulo 256.', [['char(65)', 'A']], byteText),
  hex: helped(
    '(value)',
    'A number, a text or bytes in hexadecimal digits.',
    [
      ['hex(17)', '11'],
      ["hex('Spark')", '537061726B'],
    ],
    hex,
    { collations: 'text' },
  ),
  bin: helped(
    '(number)',
    'The number in binary digits.',
    [
      ['bin(13)', '1101'],
      ['bin(-13)', '1111111111111111111111111111111111111111111111111111111111110011'],
    ],
    exactly(1, ([value], site) =>
      kernelCall('textOfBits', STRING, [expectType(value!, BIGINT, 0, site), literal(INT, 1)], site),
    ),
  ),
  octet_length: helped('(text)', 'How many bytes it has.', [["octet_length('Spärk')", '6']], bytesOf(1), {
    collations: 'plain',
  }),
  bit_length: helped('(text)', 'How many bits its bytes have.', [["bit_length('Spark')", '40']], bytesOf(8), {
    collations: 'plain',
  }),
  overlay: helped(
    '(text PLACING by FROM start [FOR length])',
    'A part of the text replaced.',
    [["overlay('Spark SQL' PLACING '_' FROM 6)", 'Spark_SQL']],
    overlay,
    { collations: 'text', printed: { defaults: { count: 4, last: ['-1'] } } },
  ),
  right: helped('(text, count)', 'The last characters.', [["right('Spark SQL', 3)", 'SQL']], right, {
    collations: 'text',
  }),
  mask: helped(
    '(text[, upper[, lower[, digit[, other]]]])',
    'Letters and digits replaced by others.',
    [["mask('abcd-EFGH-8765-4321')", 'xxxx-XXXX-nnnn-nnnn']],
    mask,
    { collations: 'text', printed: { defaults: { count: 5, last: ['X', 'x', 'n', 'NULL'] } } },
  ),
}
