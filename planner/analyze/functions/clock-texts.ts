import { BOOLEAN, INT, STRING, TIME, TIMESTAMP_NTZ } from '../../../columnar/types.js'
import { MillraceError } from '../../../common/errors/millrace-error.js'
import { call, cast, literal } from '../../plan/expression/build.js'
import type { Expression } from '../../plan/expression/expression.js'
import { castTo, unexpectedType } from '../types/coercion.js'
import { buildCase } from './conditional.js'
import {
  between,
  type CallSite,
  type FunctionDefinition,
  type FunctionTable,
  helped,
  kernelCall,
} from './definition.js'
import { raising } from './raising.js'
import { programOf } from './time-patterns.js'

/** What messages call the form of texts without a pattern. */
const DEFAULT_PATTERN = 'HH:mm:ss.SSSSSS'

/** A text by a pattern, or as casts read it, as a time of day; NULL where it is none. */
function tried(text: Expression, pattern: Expression | undefined, site: CallSite): Expression {
  if (!pattern) return cast(text, TIME, 'try', site.origin)
  const operands = [text, programOf(pattern, 'zonelessReading', site), literal(STRING, 'UTC'), literal(INT, 0)]
  return cast(kernelCall('parseTime', TIMESTAMP_NTZ, operands, site, { givesNull: true }), TIME, 'ansi')
}

function textOperands(args: readonly Expression[], site: CallSite): readonly Expression[] {
  return args.map((arg, i) => {
    const { kind } = arg.type
    if (kind !== 'string' && kind !== 'void') throw unexpectedType(arg, '"STRING"', i, site)
    return castTo(arg, STRING)
  })
}

const isNull = (e: Expression): boolean => e.kind === 'literal' && e.value === null

/** @throws CANNOT_PARSE_TIME at run time */
const toTime: FunctionDefinition = between(1, 2, (args, site) => {
  const [text, pattern] = textOperands(args, site)
  if ([text!, ...(pattern ? [pattern] : [])].some(isNull)) return literal(TIME, null, site.origin)
  const time = tried(text!, pattern, site)
  const mark = literal(STRING, "'")
  const quoted = (e: Expression): Expression => call('concat', STRING, [mark, e, mark])
  const shown = { input: quoted(text!), format: quoted(pattern ?? literal(STRING, DEFAULT_PATTERN)) }
  const refused = raising('CANNOT_PARSE_TIME', { parameters: {}, shown }, TIME, site)
  const missing = [text!, ...(pattern ? [pattern] : [])].map((e) => ({
    when: call('is_null', BOOLEAN, [e]),
    value: literal(TIME, null),
  }))
  const isRead = { when: call('is_not_null', BOOLEAN, [time]), value: time }
  return buildCase([...missing, isRead], refused, site)
})

const tryToTime: FunctionDefinition = between(1, 2, (args, site) => {
  const [text, pattern] = textOperands(args, site)
  if ([text!, ...(pattern ? [pattern] : [])].some(isNull)) return literal(TIME, null, site.origin)
  try {
    return tried(text!, pattern, site)
  } catch (error) {
    // A pattern that is none reads nothing.
    if (MillraceError.is(error) && error.condition.startsWith('INVALID_DATETIME_PATTERN')) return literal(TIME, null)
    throw error
  }
})

const USAGE = '(text[, pattern])'

export const CLOCK_TEXTS: FunctionTable = {
  to_time: helped(
    USAGE,
    'A text by a pattern, or as Spark writes times, as a time of day.',
    [["to_time('12.34.56', 'HH.mm.ss')", '12:34:56']],
    toTime,
  ),
  try_to_time: helped(
    USAGE,
    'As to_time, with NULL for what is no time.',
    [["try_to_time('12.34.56', 'HH:mm:ss')", 'NULL']],
    tryToTime,
    { printed: { call: (args, text) => `try_to_time(to_time(${args.map(text).join(', ')}))` } },
  ),
}
