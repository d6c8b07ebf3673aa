import { array, BOOLEAN, type DataType, INT, quotedTypeName, sameType } from '../../../columnar/types.js'
import { call } from '../../plan/expression/build.js'
import type { Expression, Lambda } from '../../plan/expression/expression.js'
import type { NestedFunction } from '../../plan/expression/functions.js'
import { castTo, expectType, unexpectedType } from '../types/coercion.js'
import { arrayOf, typedArrayOf } from './array-operands.js'
import {
  between,
  type CallSite,
  collated,
  type FunctionDefinition,
  type FunctionTable,
  helped,
  type LambdaArgument,
} from './definition.js'

/** The element of an array argument, as a lambda gets it. */
function elementOf(args: readonly Expression[], position: number, site: CallSite): LambdaArgument {
  const { element, containsNull } = typedArrayOf(args, position, site)
  return { type: element, nullable: containsNull }
}

/** What is no lambda is one that looks at no element. */
export function asLambda(e: Expression): Lambda {
  if (e.kind === 'lambda') return e
  return Object.freeze({ kind: 'lambda', parameters: [], body: e, type: e.type, nullable: e.nullable })
}

const INDEX: LambdaArgument = { type: INT, nullable: false }

/** `f(array, x -> …)`, and where `hasIndex` also `f(array, (x, i) -> …)`. */
function overElements(
  hasIndex: boolean,
  build: (array: Expression, lambda: Lambda, site: CallSite) => Expression,
): FunctionDefinition {
  return {
    ...between(2, 2, (args, site) => {
      const elements = castTo(args[0]!, arrayOf(args, 0, site))
      return build(elements, asLambda(args[1]!), site)
    }),
    lambdas: {
      first: 1,
      given: (args, _position, parameters, site) => [
        elementOf(args, 0, site),
        ...(hasIndex && parameters === 2 ? [INDEX] : []),
      ],
    },
  }
}

/** A lambda whose body is a condition. @throws DATATYPE_MISMATCH.UNEXPECTED_INPUT_TYPE */
export function booleanLambda(lambda: Lambda, site: CallSite): Lambda {
  if (lambda.type.kind !== 'boolean' && lambda.type.kind !== 'void')
    throw unexpectedType(lambda, quotedTypeName(BOOLEAN), 1, site)
  return withBody(lambda, expectType(lambda.body, BOOLEAN, 1, site))
}

function withBody(lambda: Lambda, body: Expression): Lambda {
  return body === lambda.body ? lambda : Object.freeze({ ...lambda, body, type: body.type, nullable: body.nullable })
}

const transform = overElements(true, (elements, lambda, { origin }) =>
  call('transform', array(lambda.type, lambda.nullable), [elements, lambda], { origin, nullable: elements.nullable }),
)

const filter = overElements(true, (elements, lambda, site) =>
  call('filter', elements.type, [elements, booleanLambda(lambda, site)], {
    origin: site.origin,
    nullable: elements.nullable,
  }),
)

const quantifier = (fn: NestedFunction): FunctionDefinition =>
  overElements(false, (elements, lambda, site) =>
    call(fn, BOOLEAN, [elements, booleanLambda(lambda, site)], { origin: site.origin }),
  )

/** `aggregate(array, start, (state, x) -> state[, state -> result])`. */
const aggregate: FunctionDefinition = {
  ...between(3, 4, (args, site) => {
    const [elements, start, merge, finish] = args
    typedArrayOf(args, 0, site)
    if (!sameType(merge!.type, start!.type)) throw unexpectedType(merge!, quotedTypeName(start!.type), 2, site)
    const last = finish ?? identity(start!.type)
    return call('aggregate', last.type, [elements!, start!, asLambda(merge!), asLambda(last)], {
      origin: site.origin,
      nullable: true,
    })
  }),
  lambdas: {
    first: 2,
    given: (args, position, _parameters, site) => {
      const state = { type: args[1]!.type, nullable: true }
      return position === 2 ? [state, elementOf(args, 0, site)] : [state]
    },
  },
}

/** `x -> x` */
function identity(type: DataType): Expression {
  const variable = Object.freeze({ kind: 'variable' as const, name: 'id', level: 0, type, nullable: true })
  return Object.freeze({ kind: 'lambda', parameters: [variable], body: variable, type, nullable: true })
}

/** What `aggregate` makes of its state at the end unless it is said. */
const STATE_ITSELF = 'lambdafunction(namedlambdavariable(), namedlambdavariable())'

export const HIGHER_ORDER: FunctionTable = collated('values', {
  transform: helped(
    '(array, x -> value) or (array, (x, index) -> value)',
    'What the lambda makes of each element.',
    [
      ['transform(array(1, 2, 3), x -> x + 1)', '[2, 3, 4]'],
      ['transform(array(1, 2, 3), (x, i) -> x + i)', '[1, 3, 5]'],
    ],
    transform,
  ),
  filter: helped(
    '(array, x -> condition) or (array, (x, index) -> condition)',
    'The elements for which the condition is true.',
    [['filter(array(1, 2, 3), x -> x % 2 == 1)', '[1, 3]']],
    filter,
  ),
  exists: helped(
    '(array, x -> condition)',
    'Whether the condition is true for an element; NULL where that depends on elements for which it is NULL.',
    [['exists(array(1, 2, 3), x -> x % 2 == 0)', 'true']],
    quantifier('exists'),
  ),
  forall: helped(
    '(array, x -> condition)',
    'Whether the condition is true for all elements; NULL where that depends on elements for which it is NULL.',
    [['forall(array(2, 4, 8), x -> x % 2 == 0)', 'true']],
    quantifier('forall'),
  ),
  aggregate: helped(
    '(array, start, (state, x) -> state[, state -> result])',
    'What a state is after all elements, each of which gives the next one.',
    [['aggregate(array(1, 2, 3), 0, (s, x) -> s + x, s -> s * 10)', '60']],
    aggregate,
    { printed: { defaults: { count: 4, last: [STATE_ITSELF] } } },
  ),
  reduce: helped(
    '(array, start, (state, x) -> state[, state -> result])',
    'The same as `aggregate`.',
    [['reduce(array(1, 2, 3), 0, (s, x) -> s + x)', '6']],
    aggregate,
    { printed: { defaults: { count: 4, last: [STATE_ITSELF] } } },
  ),
})
