import { BOOLEAN } from '../../../columnar/types.js'
import { call, literal } from '../../plan/expression/build.js'
import type { Case, Expression } from '../../plan/expression/expression.js'
import { differentTypes, expectType, unifyAll } from '../types/coercion.js'
import { refuseUnordered } from '../types/orderable.js'
import { COMPARISON } from './comparison.js'
import {
  between,
  type CallSite,
  collated,
  exactly,
  type FunctionDefinition,
  type FunctionTable,
  helped,
} from './definition.js'

/** CASE with its values as one type. */
export function buildCase(
  branches: readonly { readonly when: Expression; readonly value: Expression }[],
  otherwise: Expression | undefined,
  site: CallSite,
): Case {
  const values = unifyAll([...branches.map(({ value }) => value), ...(otherwise ? [otherwise] : [])], 'casewhen', site)
  const fallback = otherwise ? values.at(-1)! : undefined
  return Object.freeze({
    kind: 'case',
    type: values[0]!.type,
    nullable: fallback === undefined || values.some((value) => value.nullable),
    branches: branches.map(({ when }, i) => ({
      when: expectType(when, BOOLEAN, i, site),
      value: values[i]!,
    })),
    ...(fallback ? { otherwise: fallback } : {}),
    ...(site.origin ? { origin: site.origin } : {}),
  })
}

function coalesce(args: readonly Expression[], site: CallSite): Expression {
  const values = unifyAll(args, site.name, site)
  return values.length === 1 ? values[0]! : call('coalesce', values[0]!.type, values, { origin: site.origin })
}

function nullIf(args: readonly Expression[], site: CallSite): Expression {
  const same = COMPARISON['=']!.build(args, site)
  return buildCase([{ when: same, value: literal(args[0]!.type, null) }], args[0]!, site)
}

/** Numbers become wider ones here, but texts do not become numbers. */
const extreme = (fn: 'greatest' | 'least'): FunctionDefinition =>
  between(2, Number.POSITIVE_INFINITY, (args, site) => {
    const { origin } = site
    const kinds = args.map(({ type }) => type.kind).filter((kind) => kind !== 'void')
    if (kinds.includes('string') && kinds.some((kind) => kind !== 'string')) throw differentTypes(args, site.name, site)
    const values = unifyAll(args, site.name, site)
    const { type } = values[0]!
    refuseUnordered(type, { ...site, sql: site.sql, name: fn })
    if (type.kind === 'void') return values[0]!
    return call(fn, type, values, { origin, nullable: values.every(({ nullable }) => nullable) })
  })

const ifNull = exactly(2, coalesce)

export const CONDITIONAL: FunctionTable = collated('values', {
  if: helped(
    '(condition, value, otherwise)',
    'The one value where the condition is true, else the other.',
    [["if(1 < 2, 'a', 'b')", 'a']],
    exactly(3, ([when, value, otherwise], site) => buildCase([{ when: when!, value: value! }], otherwise!, site)),
    { printed: { call: (args, text) => `(IF(${args.map(text).join(', ')}))` } },
  ),
  coalesce: helped(
    '(value, …)',
    'The first value that is not NULL.',
    [['coalesce(NULL, 1, NULL)', '1']],
    between(1, Number.POSITIVE_INFINITY, coalesce),
  ),
  greatest: helped(
    '(a, b, …)',
    'The greatest of the values that are not NULL.',
    [['greatest(10, 9, NULL, 4)', '10']],
    extreme('greatest'),
  ),
  least: helped(
    '(a, b, …)',
    'The least of the values that are not NULL.',
    [['least(10, 9, NULL, 4)', '4']],
    extreme('least'),
  ),
  nvl: helped('(a, b)', 'The same as `ifnull`.', [['nvl(NULL, 2)', '2']], ifNull, { leavesLiterals: true }),
  ifnull: helped('(a, b)', 'The first value, or the second where that is NULL.', [['ifnull(NULL, 2)', '2']], ifNull),
  nullif: helped(
    '(a, b)',
    'NULL where both are equal, else the first.',
    [
      ['nullif(2, 2)', 'NULL'],
      ['nullif(2, 3)', '2'],
    ],
    exactly(2, nullIf),
    { leavesLiterals: true },
  ),
  nvl2: helped(
    '(test, value, otherwise)',
    'The one value where the first argument is not NULL, else the other.',
    [['nvl2(NULL, 2, 1)', '1']],
    exactly(3, ([test, value, otherwise], site) => {
      const present = call('is_not_null', BOOLEAN, [test!], { origin: site.origin })
      return buildCase([{ when: present, value: value! }], otherwise!, site)
    }),
  ),
})
