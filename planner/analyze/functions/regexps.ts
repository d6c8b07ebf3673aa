import { array, BOOLEAN, type DataType, INT, STRING } from '../../../columnar/types.js'
import { MillraceError } from '../../../common/errors/millrace-error.js'
import { call, literal } from '../../plan/expression/build.js'
import type { Expression } from '../../plan/expression/expression.js'
import type { ScalarFunction } from '../../plan/expression/functions.js'
import { DETAIL, DETAIL_LINES, DETAIL_TEXT, type RoutineError } from '../../plan/expression/routine.js'
import { dividing, javaPattern } from '../collations/patterns.js'
import { constantOf } from '../constants/constants.js'
import { expectType } from '../types/coercion.js'
import { buildCase } from './conditional.js'
import {
  between,
  type CallSite,
  exactly,
  type FunctionDefinition,
  type FunctionTable,
  helped,
  kernelCall,
  operands,
} from './definition.js'

const TEXTS = array(STRING, false)

/* Functions of Java's patterns, whose kernels have programs made of them (executor/patterns). */

/** What every kernel of patterns may raise, in its order; `functionName` is the one that Spark tells. */
const errorsOf = (functionName: string, other: readonly RoutineError[] = []): readonly RoutineError[] => [
  {
    condition: 'INVALID_PARAMETER_VALUE.PATTERN',
    parameters: { parameter: '`regexp`', functionName: `\`${functionName}\``, value: DETAIL },
  },
  { condition: 'UNSUPPORTED_FEATURE', parameters: { feature: `the pattern ${DETAIL_TEXT}` } },
  { condition: 'REGEXP_TOO_MANY_STEPS', parameters: { pattern: DETAIL } },
  ...other,
]

const ofPattern = (
  name: string,
  type: DataType,
  args: readonly Expression[],
  site: CallSite,
  functionName: string,
  other?: readonly RoutineError[],
): Expression => kernelCall(name, type, args, site, { errors: errorsOf(functionName, other) })

/** What a pattern of characters that stand for themselves is made of: plain ones, those behind a backslash, and those alone in brackets. */
const PLAIN = /[^\\^$.|?*+()[\]{}]|\\[^A-Za-z0-9]|\[[^\\^[\]]\]/gsu

/** The text that a pattern is, where it is one. */
function plainText(pattern: string): string | undefined {
  if (pattern.replace(PLAIN, '') !== '') return undefined
  return pattern.replace(PLAIN, plainPart)
}

const plainPart = (part: string): string =>
  part.startsWith('\\') ? part.slice(1) : part.startsWith('[') ? part.slice(1, -1) : part

/** A pattern that is a text is searched for as such, or compared with the beginning. */
function plainSearch(pattern: Expression): readonly [ScalarFunction, string] | undefined {
  if (pattern.kind !== 'literal' || typeof pattern.value !== 'string') return undefined
  const { value } = pattern
  const [text, beginning] = [plainText(value), value.startsWith('^') ? plainText(value.slice(1)) : undefined]
  if (text !== undefined) return ['contains', text]
  return beginning === undefined ? undefined : ['starts_with', beginning]
}

const matches: FunctionDefinition = exactly(2, (args, site) => {
  const [text, pattern] = operands([STRING, STRING], args, [], site)
  const plain = plainSearch(pattern!)
  if (plain) return call(plain[0], BOOLEAN, [text!, literal(STRING, plain[1])], { origin: site.origin })
  return ofPattern('patternOccurs', BOOLEAN, [text!, pattern!], site, site.name)
})

/** Spark counts matches among those that it extracts. */
const COUNTED_BY = 'regexp_extract_all'

const counted: FunctionDefinition = exactly(2, (args, site) =>
  ofPattern('patternCount', INT, operands([STRING, STRING], args, [], site), site, COUNTED_BY),
)

/** The group beside the pattern is read and not used, as in Spark. */
const position: FunctionDefinition = between(2, 3, (args, site) => {
  const [text, pattern, group] = operands([STRING, STRING, INT], args, [literal(INT, 0)], site)
  const found = ofPattern('patternPosition', INT, [text!, pattern!], site, site.name)
  if (group!.kind === 'literal' && group!.value !== null) return found
  const unknown = call('is_null', BOOLEAN, [group!])
  return buildCase([{ when: unknown, value: literal(INT, null) }], found, site)
})

const noGroup = (functionName: string): RoutineError => ({
  condition: 'INVALID_PARAMETER_VALUE.REGEX_GROUP_INDEX',
  parameters: {
    parameter: '`idx`',
    functionName,
    groupCount: DETAIL_LINES[0],
    groupIndex: DETAIL_LINES[1],
  },
})

const extracted: FunctionDefinition = between(2, 3, (args, site) => {
  const parts = operands([STRING, STRING, INT], args, [literal(INT, 1)], site)
  return ofPattern('patternGroup', STRING, parts, site, site.name, [noGroup('`regexp_extract`')])
})

const extractedAll: FunctionDefinition = between(2, 3, (args, site) => {
  const parts = operands([STRING, STRING, INT], args, [literal(INT, 1)], site)
  return ofPattern('patternGroups', TEXTS, parts, site, site.name, [noGroup('`regexp_extract_all`')])
})

const split: FunctionDefinition = between(2, 3, (args, site) => {
  const parts = operands([STRING, STRING, INT], args, [literal(INT, -1)], site)
  const [text, pattern, limit] = parts
  const plain = pattern!.kind === 'literal' && typeof pattern!.value === 'string' ? plainText(pattern!.value) : ''
  if (!plain) return ofPattern('patternSplit', TEXTS, parts, site, site.name)
  return kernelCall('textSplit', TEXTS, [text!, literal(STRING, plain), limit!], site)
})

const found: FunctionDefinition = exactly(2, (args, site) => {
  const parts = operands([STRING, STRING], args, [], site)
  const match = ofPattern('patternGroup', STRING, [...parts, literal(INT, 0)], site, site.name, [
    noGroup('`regexp_extract`'),
  ])
  const isEmpty = call('eq', BOOLEAN, [match, literal(STRING, '')])
  return buildCase([{ when: isEmpty, value: literal(STRING, null) }], match, site)
})

const replaced: FunctionDefinition = between(3, 4, (args, site) => {
  const [text, pattern, by] = operands([STRING, STRING, STRING], args.slice(0, 3), [], site)
  const from = args[3] ? constantOf(expectType(args[3], INT, 3, site)) : literal(INT, 1)
  if (!from) throw notConstant(site)
  if (from.value !== null && Number(from.value) <= 0) throw outOfRange(Number(from.value), site)
  const told = (e: Expression): string => (e.kind === 'literal' ? String(e.value) : '')
  const malformed: RoutineError = {
    condition: 'INVALID_REGEXP_REPLACE',
    parameters: { source: DETAIL_TEXT, pattern: told(pattern!), replacement: told(by!), position: told(from) },
  }
  return ofPattern('patternReplace', STRING, [text!, pattern!, by!, from], site, site.name, [malformed])
})

function notConstant(site: CallSite): MillraceError {
  const inputExpr = site.argumentSql?.(3) ?? site.sql
  const parameters = { inputName: '`position`', inputType: '"INT"', inputExpr, sqlExpr: site.sql }
  return new MillraceError('DATATYPE_MISMATCH.NON_FOLDABLE_INPUT', parameters, { origin: site.origin })
}

function outOfRange(currentValue: number, site: CallSite): MillraceError {
  const parameters = { exprName: 'position', valueRange: '(0, 2147483647]', currentValue, sqlExpr: site.sql }
  return new MillraceError('DATATYPE_MISMATCH.VALUE_OUT_OF_RANGE', parameters, { origin: site.origin })
}

const MATCHES = helped(
  '(text, pattern)',
  "Whether a pattern, in Java's syntax, matches somewhere in a text.",
  [
    ["rlike('1a 2b 14m', '\\\\d+b')", 'true'],
    ["'Spark' rlike '^s'", 'false'],
  ],
  matches,
)

export const REGEXPS: FunctionTable = {
  rlike: { ...MATCHES, collations: javaPattern, printed: { as: 'RLIKE' }, leavesLiterals: true },
  regexp: { ...MATCHES, collations: javaPattern, printed: { as: 'REGEXP' }, leavesLiterals: true },
  regexp_like: { ...MATCHES, collations: javaPattern, printed: { as: 'REGEXP_LIKE' }, leavesLiterals: true },
  regexp_count: helped(
    '(text, pattern)',
    'How many matches of a pattern there are one behind the other.',
    [["regexp_count('1a 2b 14m', '\\\\d+')", '3']],
    counted,
    { collations: javaPattern, leavesLiterals: true },
  ),
  regexp_instr: helped(
    '(text, pattern[, group])',
    'The position of the first match, from 1; 0 when there is none. A group makes no difference.',
    [["regexp_instr('1a 2b 14m', '\\\\d{2}')", '7']],
    position,
    { collations: javaPattern, printed: { defaults: { count: 3, last: ['0'] } }, leavesLiterals: true },
  ),
  regexp_substr: helped(
    '(text, pattern)',
    'The first match; NULL when there is none or it is empty.',
    [["regexp_substr('1a 2b 14m', '\\\\d{2}(a|b|m)')", '14m']],
    found,
    { collations: javaPattern, leavesLiterals: true },
  ),
  regexp_extract: helped(
    '(text, pattern[, group])',
    'What a group of the first match has, the first group unless another one is asked for; 0 is the whole match. Empty when there is none.',
    [
      ["regexp_extract('100-200', '(\\\\d+)-(\\\\d+)', 2)", '200'],
      ["regexp_extract('100-200', '[a-z]+', 0)", ''],
    ],
    extracted,
    { collations: javaPattern, printed: { defaults: { count: 3, last: ['1'] } }, leavesLiterals: true },
  ),
  regexp_extract_all: helped(
    '(text, pattern[, group])',
    'What a group of each match has, the first group unless another one is asked for; 0 is the whole match.',
    [["regexp_extract_all('100-200, 300-400', '(\\\\d+)-(\\\\d+)', 1)", '[100, 300]']],
    extractedAll,
    { collations: javaPattern, printed: { defaults: { count: 3, last: ['1'] } }, leavesLiterals: true },
  ),
  split: helped(
    '(text, pattern[, limit])',
    'What lies between the matches of a pattern, in at most so many parts where the limit is positive.',
    [
      ["split('oneAtwoBthreeC', '[ABC]')", '[one, two, three, ]'],
      ["split('oneAtwoBthreeC', '[ABC]', 2)", '[one, twoBthreeC]'],
    ],
    split,
    { collations: dividing, printed: { defaults: { count: 3, last: ['-1'] } }, leavesLiterals: true },
  ),
  regexp_replace: helped(
    '(text, pattern, replacement[, position])',
    'A text with each match from a position on replaced; `$` and the number or, in braces, the name of a group in the replacement stands for what that has.',
    [["regexp_replace('100-200', '(\\\\d+)', '<$1>')", '<100>-<200>']],
    replaced,
    { collations: javaPattern, printed: { defaults: { count: 4, last: ['1'] } } },
  ),
}
