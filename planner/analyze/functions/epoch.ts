import { BIGINT, TIMESTAMP } from '../../../columnar/types.js'
import { call } from '../../plan/expression/build.js'
import type { Expression } from '../../plan/expression/expression.js'
import { castTo, expectType, unexpectedType } from '../types/coercion.js'
import { type CallSite, exactly, type FunctionDefinition, type FunctionTable, helped } from './definition.js'

/** Whole units between 1970 and a timestamp. */
const since1970 = (fn: 'unix_millis' | 'unix_micros'): FunctionDefinition =>
  exactly(1, ([time], site) => call(fn, BIGINT, [instant(time!, site)], { origin: site.origin }))

/** Texts are no timestamps here. */
function instant(time: Expression, site: CallSite): Expression {
  if (time.type.kind === 'string') throw unexpectedType(time, '"TIMESTAMP"', 0, site)
  return expectType(time, TIMESTAMP, 0, site)
}

export const EPOCH: FunctionTable = {
  unix_seconds: helped(
    '(timestamp)',
    'The whole seconds from 1970 in UTC to a timestamp.',
    [["unix_seconds(timestamp'1970-01-01 00:00:01Z')", '1']],
    exactly(1, ([time], site) => castTo(instant(time!, site), BIGINT)),
  ),
  unix_millis: helped(
    '(timestamp)',
    'The whole milliseconds from 1970 in UTC to a timestamp.',
    [["unix_millis(timestamp'1970-01-01 00:00:01Z')", '1000']],
    since1970('unix_millis'),
  ),
  unix_micros: helped(
    '(timestamp)',
    'The microseconds from 1970 in UTC to a timestamp.',
    [["unix_micros(timestamp'1970-01-01 00:00:01Z')", '1000000']],
    since1970('unix_micros'),
  ),
}
