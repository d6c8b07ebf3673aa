import { type ArrayType, array, BOOLEAN, INT, quotedTypeName, STRING } from '../../../columnar/types.js'
import { MillraceError } from '../../../common/errors/millrace-error.js'
import { call, literal } from '../../plan/expression/build.js'
import type { Expression, Lambda } from '../../plan/expression/expression.js'
import { isFoldable } from '../../plan/expression/foldable.js'
import { elementByKeys, orderedByKeys } from '../collations/array-uses.js'
import { castTo, exactType, unexpectedType } from '../types/coercion.js'
import { refuseUnordered } from '../types/orderable.js'
import { arrayOf, typedArrayOf } from './array-operands.js'
import { buildCase } from './conditional.js'
import {
  between,
  type CallSite,
  exactly,
  type FunctionDefinition,
  type FunctionTable,
  helped,
  kernelCall,
} from './definition.js'
import { asLambda } from './higher-order.js'
import { madeLambda, madeVariables } from './made-lambdas.js'
import { raising } from './raising.js'

const sorted = (elements: Expression, type: ArrayType, ascending: Expression, nullsLast: boolean, site: CallSite) =>
  kernelCall('packedSorted', type, [elements, ascending, literal(BOOLEAN, nullsLast)], site, { types: [0] })

const sortArray: FunctionDefinition = between(1, 2, (args, site) => {
  const type = arrayOf(args, 0, site)
  refuseUnordered(type, site)
  const ascending = args[1] ?? literal(BOOLEAN, true)
  if (isFoldable(ascending)) return sorted(args[0]!, type, exactType(ascending, BOOLEAN, 1, site), false, site)
  const inputExpr = site.argumentSql?.(1) ?? site.sql
  const parameters = {
    inputName: '`ascendingOrder`',
    inputType: quotedTypeName(ascending.type),
    inputExpr,
    sqlExpr: site.sql,
  }
  throw new MillraceError('DATATYPE_MISMATCH.NON_FOLDABLE_INPUT', parameters, { origin: site.origin })
})

const arraySort: FunctionDefinition = {
  ...between(1, 2, (args, site) => inOrder(args, site)),
  lambdas: {
    first: 1,
    given: (args, _position, _parameters, site) => {
      const { element, containsNull } = typedArrayOf(args, 0, site)
      const argument = { type: element, nullable: containsNull }
      return [argument, argument]
    },
  },
}

function inOrder(args: readonly Expression[], site: CallSite): Expression {
  if (args.length > 1) return compared(args, site)
  if (args[0]!.type.kind === 'void') throw unexpectedType(args[0]!, '"ARRAY"', 0, site)
  const type = arrayOf(args, 0, site)
  refuseUnordered(type.element, site)
  return sorted(args[0]!, type, literal(BOOLEAN, true), true, site)
}

/** The elements as a lambda compares two of them, which gives a number less than, equal to or greater than 0. */
function compared(args: readonly Expression[], site: CallSite): Expression {
  const elements = arrayOf(args, 0, site)
  const lambda = asLambda(args[1]!)
  if (lambda.type.kind !== 'int') {
    const parameters = {
      sqlExpr: site.sql,
      functionName: '`lambdafunction`',
      expectedType: quotedTypeName(INT),
      actualType: quotedTypeName(lambda.type),
    }
    throw new MillraceError('DATATYPE_MISMATCH.UNEXPECTED_RETURN_TYPE', parameters, { origin: site.origin })
  }
  const comparator = lambda.nullable ? madeLambda(lambda.parameters, notNull(lambda, site)) : lambda
  const order = call('compared_order', array(INT, false), [args[0]!, comparator], { origin: site.origin })
  return kernelCall('packedInOrder', elements, [args[0]!, order], site, { types: [0] })
}

/** What a comparator gives. @throws COMPARATOR_RETURNS_NULL */
function notNull({ parameters, body }: Lambda, site: CallSite): Expression {
  const names = ['firstValue', 'secondValue']
  const shown = Object.fromEntries(parameters.map((parameter, i) => [names[i]!, castTo(parameter, STRING)]))
  const refused = raising('COMPARATOR_RETURNS_NULL', { parameters: {}, shown }, INT, site)
  return buildCase([{ when: call('is_null', BOOLEAN, [body]), value: refused }], body, site)
}

/** Begins with NULL, which is neither greater nor less than anything. */
const extreme = (fn: 'greatest' | 'least'): FunctionDefinition =>
  exactly(1, (args, site) => {
    const { element } = arrayOf(args, 0, site)
    refuseUnordered(element, site)
    const [state, next] = madeVariables([element, element], args)
    const further = madeLambda([state!, next!], call(fn, element, [state!, next!], { nullable: true }))
    const parts = [args[0]!, literal(element, null), further, madeLambda([state!], state!)]
    return call('aggregate', element, parts, { origin: site.origin, nullable: true })
  })

/** How arrays are sorted unless it is said: NULLs last. */
const SMALLER_FIRST = `lambdafunction((IF(((namedlambdavariable() IS NULL) AND (namedlambdavariable() IS NULL)), 0, (IF((namedlambdavariable() IS NULL), 1, (IF((namedlambdavariable() IS NULL), -1, (IF((namedlambdavariable() < namedlambdavariable()), -1, (IF((namedlambdavariable() > namedlambdavariable()), 1, 0)))))))))), namedlambdavariable(), namedlambdavariable())`

export const ARRAY_ORDER: FunctionTable = {
  sort_array: helped(
    '(array[, ascending])',
    'The elements in their order, NULLs first; from the greatest on, NULLs last, where `ascending` is false.',
    [
      ["sort_array(array('b', 'd', NULL, 'c', 'a'))", '[NULL, a, b, c, d]'],
      ['sort_array(array(1, 3, NULL, 2), false)', '[3, 2, 1, NULL]'],
    ],
    sortArray,
    { collations: orderedByKeys(false), printed: { defaults: { count: 2, last: ['true'] } } },
  ),
  array_sort: helped(
    '(array[, (x, y) -> number])',
    'The elements in their order, NULLs last; or as a lambda compares two of them, which gives an INT that is less than, equal to or greater than 0.',
    [
      ["array_sort(array('b', NULL, 'a'))", '[a, b, NULL]'],
      ["array_sort(array('bc', 'a', 'dca'), (x, y) -> length(y) - length(x))", '[dca, bc, a]'],
    ],
    arraySort,
    { collations: orderedByKeys(true), printed: { defaults: { count: 2, last: [SMALLER_FIRST] } } },
  ),
  array_max: helped(
    '(array)',
    'The greatest element.',
    [['array_max(array(1, 20, NULL, 3))', '20']],
    extreme('greatest'),
    { collations: elementByKeys },
  ),
  array_min: helped('(array)', 'The least element.', [['array_min(array(1, 20, NULL, 3))', '1']], extreme('least'), {
    collations: elementByKeys,
  }),
}
