import { array, BOOLEAN, INT, STRING, typeName } from '../../../columnar/types.js'
import { MillraceError } from '../../../common/errors/millrace-error.js'
import { call, literal, routineCall } from '../../plan/expression/build.js'
import type { Expression } from '../../plan/expression/expression.js'
import { initialsCased } from '../collations/case-uses.js'
import { amongWords, splitting } from '../collations/searches.js'
import { isLenient } from '../session.js'
import { castTo, exactType, expectType, unexpectedType } from '../types/coercion.js'
import { joinedTexts, textArray } from './array-elements.js'
import { arrayOfValues, concatenated } from './array-operands.js'
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

const MAX_INT = 2 ** 31 - 1

/** Where some are arrays, all are made one. */
function joinedArrays(separator: Expression, args: readonly Expression[], site: CallSite): Expression {
  const none = call('array', array(STRING, false), [])
  const arrays = args.slice(1).map((arg, i) => {
    if (arg.type.kind !== 'array') return arrayOfValues([expectType(arg, STRING, i + 1, site)], site)
    const texts = textArray(args, i + 1, '("ARRAY<STRING>" or "STRING")', site)
    return texts.nullable ? call('coalesce', texts.type, [texts, none], { origin: site.origin }) : texts
  })
  return joinedTexts(concatenated(arrays, site), separator, literal(STRING, ''), true, site)
}

/** The words of sentences; a language or country that is NULL is none. */
const sentences: FunctionDefinition = between(1, 3, (args, site) => {
  const none = literal(STRING, '')
  const [text, ...place] = operands([STRING, STRING, STRING], args, [none, none], site)
  const told = place.map((part) =>
    part.nullable ? call('coalesce', STRING, [part, none], { origin: site.origin }) : part,
  )
  const run = { by: 'host', name: 'sentences.words', label: site.name, raises: true } as const
  return routineCall(run, array(array(STRING, false), false), [text!, ...told], site.origin)
})

/** Texts with another one between them; those that are NULL are passed over. */
const joinedWith: FunctionDefinition = between(1, Number.POSITIVE_INFINITY, (args, site) => {
  const separator = expectType(args[0]!, STRING, 0, site)
  if (args.slice(1).some(({ type }) => type.kind === 'array')) return joinedArrays(separator, args, site)
  const texts = args.slice(1).map((arg, i) => {
    const { kind } = arg.type
    if (kind === 'struct') throw unexpectedType(arg, '("ARRAY<STRING>" or "STRING")', i + 1, site)
    return expectType(arg, STRING, i + 1, site)
  })
  const options = { origin: site.origin }
  const empty = literal(STRING, '')
  const behind = (text: Expression): Expression => {
    const both = call('concat', STRING, [separator, text], options)
    return text.nullable ? call('coalesce', STRING, [both, empty], options) : both
  }
  const first = texts[0]
  if (first && !first.nullable && !separator.nullable) {
    const parts = [first, ...texts.slice(1).map(behind)]
    return parts.length === 1 ? first : call('concat', STRING, parts, options)
  }
  // Each has the separator before it, and the one before the first is left out again.
  const all = call('concat', STRING, [empty, ...texts.map(behind)], options)
  const from = call('add', INT, [call('length', INT, [separator]), literal(INT, 1)], options)
  return call('substring', STRING, [all, from, literal(INT, MAX_INT)], options)
})

/** One of several texts by its number. */
const numbered: FunctionDefinition = between(2, Number.POSITIVE_INFINITY, (args, site) => {
  const number = expectType(args[0]!, INT, 0, site)
  const values = args.slice(1)
  const type = values.every((value) => value.type.kind === 'binary') ? values[0]!.type : STRING
  const branches = values.map((value, i) => ({
    when: call('eq', BOOLEAN, [number, literal(INT, i + 1)]),
    value: type === STRING ? castTo(value, STRING) : value,
  }))
  const unknown = { when: call('is_null', BOOLEAN, [number]), value: literal(type, null) }
  if (isLenient()) return buildCase(branches, undefined, site)
  const parameters = { arraySize: String(values.length) }
  const refused = raising(
    'INVALID_ARRAY_INDEX',
    { parameters, shown: { indexValue: castTo(number, STRING) } },
    type,
    site,
  )
  return buildCase([...branches, unknown], refused, site)
})

const distance: FunctionDefinition = between(2, 3, (args, site) => {
  const parts = operands([STRING, STRING, INT], args, [literal(INT, MAX_INT)], site)
  return kernelCall('textDistance', INT, parts, site)
})

/** A text as SQL would have it in quotes. */
const quoted: FunctionDefinition = exactly(1, ([arg], site) => {
  const [text] = operands([STRING], [arg!], [], site)
  const escaped = kernelCall('textReplace', STRING, [text!, literal(STRING, "'"), literal(STRING, "\\'")], site)
  const mark = literal(STRING, "'")
  return call('concat', STRING, [mark, escaped, mark], { origin: site.origin })
})

/** Java's Formatter over values as Spark keeps them. */
const formatted: FunctionDefinition = between(1, Number.POSITIVE_INFINITY, (given, site) => {
  const args = given.map((arg) => (arg.type.kind === 'variant' ? castTo(arg, STRING) : arg))
  const format = expectType(args[0]!, STRING, 0, site)
  for (const { type } of args.slice(1)) {
    if (type.kind === 'struct' || type.kind === 'binary')
      throw new MillraceError(
        'UNSUPPORTED_FEATURE',
        { feature: `format_string of values of type ${typeName(type)}` },
        site,
      )
  }
  const run = {
    by: 'host',
    name: 'formats.formatString',
    label: site.name,
    takesNull: true,
    givesNull: true,
    raises: true,
  } as const
  return routineCall(run, STRING, [format, ...args.slice(1)], site.origin)
})

const FORMAT_STRING = helped(
  '(format, value, …)',
  "Values in the places of a text that begin with `%`, as Java's Formatter writes them.",
  [["format_string('%s has %,d rows', 'emp', 12345)", 'emp has 12,345 rows']],
  formatted,
)

export const TEXT_PARTS: FunctionTable = collated('text', {
  concat_ws: helped(
    '(separator, text, …)',
    'The texts one behind the other with a separator between them. Those that are NULL are passed over; without a separator the result is NULL.',
    [
      ["concat_ws('-', 'a', NULL, 'b')", 'a-b'],
      ["concat_ws(NULL, 'a')", 'NULL'],
    ],
    joinedWith,
  ),
  elt: helped(
    '(number, text, …)',
    'The text of that number, counted from 1. A number that none has is an error.',
    [["elt(2, 'a', 'b')", 'b']],
    numbered,
  ),
  find_in_set: helped(
    '(text, list)',
    'The number of a text among those that a list has between commas; 0 when it is none of them.',
    [
      ["find_in_set('ab', 'abc,b,ab,c')", '3'],
      ["find_in_set('a,b', 'a,b')", '0'],
    ],
    kernel('textFindInSet', INT, [STRING, STRING]),
    { collations: amongWords },
  ),
  split_part: helped(
    '(text, delimiter, number)',
    'The part of that number, counted from 1, or from the end as -1; empty when there is none. The number 0 is an error.',
    [
      ["split_part('11.12.13', '.', 3)", '13'],
      ["split_part('11.12.13', '.', -3)", '11'],
    ],
    kernel('textSplitPart', STRING, [STRING, STRING, INT], [], {
      errors: [{ condition: 'INVALID_INDEX_OF_ZERO', parameters: {} }],
    }),
    { collations: splitting },
  ),
  initcap: helped(
    '(text)',
    'Small letters, but for the first one of each word; words have spaces between them.',
    [["initcap('sPark sql')", 'Spark Sql']],
    kernel('textInitcap', STRING, [STRING]),
    { collations: initialsCased },
  ),
  levenshtein: helped(
    '(text, other[, most])',
    'How many characters must be put in, left out or replaced to make one text the other; -1 when that is more than `most`.',
    [
      ["levenshtein('kitten', 'sitting')", '3'],
      ["levenshtein('kitten', 'sitting', 2)", '-1'],
    ],
    distance,
    { collations: 'plain', leavesLiterals: false },
  ),
  soundex: helped(
    '(text)',
    'How an English word sounds, as a letter and three digits. What begins with no Latin letter stays as it is.',
    [["soundex('Miller')", 'M460']],
    exactly(1, ([word], site) => kernelCall('textSoundex', STRING, [exactType(word!, STRING, 0, site)], site)),
    { collations: 'plain' },
  ),
  sentences: helped(
    '(text[, language[, country]])',
    'The words of each sentence of a text, without the signs between them, as Java tells them apart. Languages whose words only a dictionary tells are refused.',
    [["sentences('Hi there! Good morning.')", '[[Hi, there], [Good, morning]]']],
    sentences,
    { printed: { defaults: { count: 3, last: ['', ''] } } },
  ),
  quote: helped(
    '(text)',
    'A text in single quotes, with a backslash before those within.',
    [["quote('Don''t')", "'Don\\'t'"]],
    quoted,
    { collations: 'plain' },
  ),
  format_string: FORMAT_STRING,
  printf: FORMAT_STRING,
})
