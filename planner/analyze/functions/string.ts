import { BINARY, BOOLEAN, INT, STRING, type TypeKind } from '../../../columnar/types.js'
import { MillraceError } from '../../../common/errors/millrace-error.js'
import { quotedText } from '../../../common/errors/quoting.js'
import { call, literal } from '../../plan/expression/build.js'
import type { Expression } from '../../plan/expression/expression.js'
import type { ScalarFunction } from '../../plan/expression/functions.js'
import { lowerCased, upperCased } from '../collations/case-uses.js'
import { likeAnyCase, likePattern, likePatterns } from '../collations/patterns.js'
import { predicate, trimming } from '../collations/searches.js'
import { textsOrArrays } from '../collations/uses.js'
import { constantOf } from '../constants/constants.js'
import type { CallText } from '../printing.js'
import { isLenient } from '../session.js'
import { castTo, differentTypes, expectType, unexpectedType, unifyAll } from '../types/coercion.js'
import { concatenated } from './array-operands.js'
import {
  between,
  type CallSite,
  collated,
  exactly,
  type FunctionDefinition,
  type FunctionTable,
  helped,
  kernelCall,
} from './definition.js'

const asString = (args: readonly Expression[], site: CallSite): Expression[] =>
  args.map((arg, i) => expectType(arg, STRING, i, site))

const ofStrings = (fn: ScalarFunction, count: number, type: typeof STRING): FunctionDefinition =>
  exactly(count, (args, site) => call(fn, type, asString(args, site), { origin: site.origin }))

const length: FunctionDefinition = exactly(1, (args, site) => {
  const value = args[0]!.type.kind === 'binary' ? args[0]! : asString(args, site)[0]!
  return call('length', INT, [value], { origin: site.origin })
})

const textOrBytes = (e: Expression, site: CallSite): Expression =>
  e.type.kind === 'binary' ? e : expectType(e, STRING, 0, site)

const MAX_INT = 2 ** 31 - 1

const substring: FunctionDefinition = between(2, 3, (args, site) => {
  const text = textOrBytes(args[0]!, site)
  const position = expectType(args[1]!, INT, 1, site)
  const count = args[2] ? expectType(args[2], INT, 2, site) : literal(INT, MAX_INT)
  return call('substring', text.type, [text, position, count], { origin: site.origin })
})

/** LIKE: a constant pattern as a literal, its escape character made `\`. @throws INVALID_FORMAT.ESC_*, INVALID_ESCAPE_CHAR */
function like(args: readonly Expression[], site: CallSite): Expression {
  const [text, pattern, escapeChar] = asString(args, site)
  const escapeText = escapeChar ? escapeOf(escapeChar, site) : '\\'
  const constant = constantOf(pattern!)
  if (!constant)
    return call('like_computed', BOOLEAN, [text!, pattern!, literal(STRING, escapeText)], { origin: site.origin })
  if (typeof constant.value !== 'string') return literal(BOOLEAN, null, site.origin)
  const canonical = literal(STRING, withBackslash(constant.value, escapeText, site), pattern!.origin)
  return call('like', BOOLEAN, [text!, canonical], { origin: site.origin })
}

function escapeOf(e: Expression, site: CallSite): string {
  if (e.kind === 'literal' && typeof e.value === 'string' && Array.from(e.value).length === 1) return e.value
  const parameters = { sqlExpr: site.argumentSql?.(2) ?? site.sql }
  throw new MillraceError('INVALID_ESCAPE_CHAR', parameters, { origin: site.origin })
}

/** LIKE without regard to case. */
const ilike: FunctionDefinition['build'] = (args, site) => {
  const [text, pattern, ...escapeChar] = asString(args, site)
  const lower = (e: Expression): Expression => call('lower', STRING, [e], { origin: site.origin })
  const isText = pattern!.kind === 'literal' && typeof pattern!.value === 'string'
  const lowered = isText ? literal(STRING, String(pattern!.value).toLowerCase(), pattern!.origin) : lower(pattern!)
  return like([lower(text!), lowered, ...escapeChar], site)
}

/** Whether a text is like any, or all, of several patterns, or unlike them. */
const likeEach = (connective: 'and' | 'or', negated: boolean): FunctionDefinition =>
  between(2, Number.POSITIVE_INFINITY, ([text, ...patterns], site) => {
    const options = { origin: site.origin }
    const matches = patterns.map((pattern) => {
      const match = like([text!, pattern], site)
      return negated ? call('not', BOOLEAN, [match], options) : match
    })
    return matches.length === 1 ? matches[0]! : call(connective, BOOLEAN, matches, options)
  })

function withBackslash(pattern: string, escapeText: string, site: CallSite): string {
  const characters = Array.from(pattern)
  let result = ''
  for (let i = 0; i < characters.length; i++) {
    const character = characters[i]!
    if (character === escapeText) {
      const escaped = characters[++i]
      if (escaped !== '%' && escaped !== '_' && escaped !== escapeText) throw invalidEscape(pattern, escaped, site)
      result += '%_\\'.includes(escaped) ? `\\${escaped}` : escaped
    } else result += character === '\\' ? '\\\\' : character
  }
  return result
}

/** The escape character stands at the end, or before what needs no escape. */
function invalidEscape(pattern: string, escaped: string | undefined, site: CallSite): MillraceError {
  const format = quotedText(pattern)
  return escaped === undefined
    ? new MillraceError('INVALID_FORMAT.ESC_AT_THE_END', { format }, { origin: site.origin })
    : new MillraceError(
        'INVALID_FORMAT.ESC_IN_THE_MIDDLE',
        { format, char: quotedText(escaped) },
        { origin: site.origin },
      )
}

/** What is no text; outside of ANSI mode intervals of months and days are none either. */
const REFUSED: ReadonlySet<TypeKind> = new Set(['map', 'struct'])
const REFUSED_LENIENTLY: ReadonlySet<TypeKind> = new Set([...REFUSED, 'interval'])

/** Texts are joined to a text, binaries to a binary, arrays to an array. @throws DATATYPE_MISMATCH.DATA_DIFF_TYPES */
const concat: FunctionDefinition = between(0, Number.POSITIVE_INFINITY, (args, site) => {
  const refused = isLenient() ? REFUSED_LENIENTLY : REFUSED
  const nested = args.findIndex(({ type }) => refused.has(type.kind))
  if (nested >= 0) throw unexpectedType(args[nested]!, '("STRING" or "BINARY" or "ARRAY")', nested, site)
  if (args.some((arg) => arg.type.kind === 'array')) {
    if (!args.every((arg) => arg.type.kind === 'array')) throw differentTypes(args, 'concat', site)
    return concatenated(unifyAll(args, 'concat', site), site)
  }
  const type = args.length > 0 && args.every((arg) => arg.type.kind === 'binary') ? BINARY : STRING
  const flat = args
    .map((arg) => castTo(arg, type))
    .flatMap((arg) => (arg.kind === 'call' && arg.fn === 'concat' ? arg.args : [arg]))
  if (flat.length === 0) return literal(STRING, '')
  return flat.length === 1 ? flat[0]! : call('concat', type, flat, { origin: site.origin })
})

const SIDES = { ltrim: 1, rtrim: 2, trim: 3 } as const

/** Removes spaces, or the characters that come before the text; behind it with `btrim`. */
const trimmed = (fn: keyof typeof SIDES): FunctionDefinition =>
  between(1, 2, (args, site) => {
    const texts = asString(args, site)
    if (texts.length === 1) return call(fn, STRING, texts, { origin: site.origin })
    const [points, text] = site.name === 'btrim' ? texts.toReversed() : texts
    return kernelCall('textTrim', STRING, [text!, points!, literal(INT, SIDES[fn])], site)
  })

const count32 = (e: Expression, site: CallSite): Expression => expectType(e, INT, 1, site)

const likeText: CallText = ([a, b, escapeChar], text) =>
  `${text(a!)} LIKE ${text(b!)}${escapeChar && text(escapeChar) !== '\\' ? ` ESCAPE '${text(escapeChar)}'` : ''}`

/** Of spaces it is a plain call. */
const trimText =
  (side: string): CallText =>
  ([points, source], text) =>
    source && `TRIM(${side} ${text(points!)} FROM ${text(source)})`

export const STRINGS: FunctionTable = collated('plain', {
  length: helped(
    '(text)',
    'How many characters a text, or bytes a binary has.',
    [["length('Spark SQL ')", '10']],
    length,
  ),
  len: helped('(text)', 'The same as `length`.', [["len('Spark')", '5']], length),
  char_length: helped('(text)', 'The same as `length`.', [["char_length('Spark')", '5']], length),
  character_length: helped('(text)', 'The same as `length`.', [["character_length('Spark')", '5']], length),
  substring: helped(
    '(text, start[, length])',
    'A part of the text, from a character on that is counted from 1, or from the end where negative.',
    [["substring('Spark SQL', 5, 1)", 'k']],
    substring,
    { collations: 'text', printed: { defaults: { count: 3, last: ['2147483647'] } } },
  ),
  substr: helped(
    '(text, start[, length])',
    'The same as `substring`.',
    [["substr('Spark SQL', -3)", 'SQL']],
    substring,
    { collations: 'text', printed: { defaults: { count: 3, last: ['2147483647'] } } },
  ),
  concat: helped('(value, …)', 'One text behind the other.', [["concat('Spark', 'SQL')", 'SparkSQL']], concat, {
    collations: textsOrArrays,
  }),
  '||': { ...concat, collations: textsOrArrays },
  left: helped(
    '(text, count)',
    'The first characters.',
    [["left('Spark SQL', 3)", 'Spa']],
    exactly(2, (args, site) => {
      const [text, count] = [textOrBytes(args[0]!, site), count32(args[1]!, site)]
      return call('substring', text.type, [text, literal(INT, 1), count], { origin: site.origin })
    }),
    { collations: 'text' },
  ),
  like: helped(
    "text LIKE pattern [ESCAPE 'c']",
    'Whether the whole text is like the pattern: `%` is any characters, `_` any one.',
    [["'Spark' like '_park'", 'true']],
    between(2, 3, like),
    { collations: likePattern, printed: { call: likeText }, leavesLiterals: true },
  ),
  ilike: helped(
    "text ILIKE pattern [ESCAPE 'c']",
    'The same as `like`, without regard to case.',
    [["'Spark' ilike '_PARK'", 'true']],
    between(2, 3, ilike),
    { collations: likeAnyCase, printed: { shown: 2 }, leavesLiterals: true },
  ),
  'like any': { ...likeEach('or', false), collations: likePatterns, printed: { as: 'likeany', shown: 1 } },
  'like all': { ...likeEach('and', false), collations: likePatterns, printed: { as: 'likeall', shown: 1 } },
  'not like any': { ...likeEach('or', true), collations: likePatterns, printed: { as: 'notlikeany', shown: 1 } },
  'not like all': { ...likeEach('and', true), collations: likePatterns, printed: { as: 'notlikeall', shown: 1 } },
  startswith: helped(
    '(text, part)',
    'Whether the text begins with the part.',
    [["startswith('Spark SQL', 'Spark')", 'true']],
    ofStrings('starts_with', 2, BOOLEAN),
    { collations: predicate('collated-texts.startsWith') },
  ),
  endswith: helped(
    '(text, part)',
    'Whether the text ends with the part.',
    [["endswith('Spark SQL', 'SQL')", 'true']],
    ofStrings('ends_with', 2, BOOLEAN),
    { collations: predicate('collated-texts.endsWith') },
  ),
  contains: helped(
    '(text, part)',
    'Whether the text has the part in it.',
    [["contains('Spark SQL', 'SQL')", 'true']],
    ofStrings('contains', 2, BOOLEAN),
    { collations: predicate('collated-texts.contains') },
  ),
  upper: helped('(text)', 'In capital letters.', [["upper('SparkSql')", 'SPARKSQL']], ofStrings('upper', 1, STRING), {
    collations: upperCased,
  }),
  ucase: helped('(text)', 'The same as `upper`.', [["ucase('SparkSql')", 'SPARKSQL']], ofStrings('upper', 1, STRING), {
    collations: upperCased,
  }),
  lower: helped('(text)', 'In small letters.', [["lower('SparkSql')", 'sparksql']], ofStrings('lower', 1, STRING), {
    collations: lowerCased,
  }),
  lcase: helped('(text)', 'The same as `lower`.', [["lcase('SparkSql')", 'sparksql']], ofStrings('lower', 1, STRING), {
    collations: lowerCased,
  }),
  trim: helped(
    '(text) or ([BOTH | LEADING | TRAILING] [characters] FROM text)',
    'Without the spaces, or these characters, at its ends.',
    [
      ["trim('  Spark ')", 'Spark'],
      ["trim(BOTH 'SL' FROM 'SSparkS')", 'park'],
    ],
    trimmed('trim'),
    { collations: trimming('both'), printed: { call: trimText('BOTH') } },
  ),
  ltrim: helped(
    '([characters, ]text)',
    'Without the spaces, or these characters, at the beginning.',
    [["ltrim('Sp', 'SSparkS')", 'arkS']],
    trimmed('ltrim'),
    { collations: trimming('left'), printed: { call: trimText('LEADING') } },
  ),
  rtrim: helped(
    '([characters, ]text)',
    'Without the spaces, or these characters, at the end.',
    [["rtrim('kS', 'SSparkS')", 'SSpar']],
    trimmed('rtrim'),
    { collations: trimming('right'), printed: { call: trimText('TRAILING') } },
  ),
  btrim: helped(
    '(text[, characters])',
    'Without the spaces, or these characters, at both ends.',
    [["btrim('SSparkS', 'SL')", 'park']],
    trimmed('trim'),
    { collations: trimming('both', 0), leavesLiterals: true },
  ),
})
