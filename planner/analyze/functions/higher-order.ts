import { array, BOOLEAN, type DataType, INT, quotedTypeName, sameType } from '../../../columnar/types.js'
import { call } from '../../plan/expression/build.js'
import type { Expression } from '../../plan/expression/expression.js'
import type { NestedFunction } from '../../plan/expression/functions.js'
import { expectType, unexpectedType } from '../coercion.js'
import { arrayOf } from './arrays.js'
import {
  between,
  type CallSite,
  type FunctionDefinition,
  type FunctionTable,
  type LambdaArgument,
} from './definition.js'

/** The element of an array argument, as a lambda gets it. */
function elementOf(args: readonly Expression[], position: number, site: CallSite): LambdaArgument {
  const { element, containsNull } = arrayOf(args, position, site)
  return { type: element, nullable: containsNull }
}

const INDEX: LambdaArgument = { type: INT, nullable: false }

/** `f(array, x -> …)`, and where `hasIndex` also `f(array, (x, i) -> …)`. */
function overElements(
  hasIndex: boolean,
  build: (array: Expression, lambda: Expression, site: CallSite) => Expression,
): FunctionDefinition {
  return {
    ...between(2, 2, ([elements, lambda], site) => build(elements!, lambda!, site)),
    lambdas: (args, _position, parameters, site) => [
      elementOf(args, 0, site),
      ...(hasIndex && parameters === 2 ? [INDEX] : []),
    ],
  }
}

const isTrue = (lambda: Expression, site: CallSite): Expression => booleanLambda(lambda, site)

/** A lambda whose body is a condition. @throws DATATYPE_MISMATCH.UNEXPECTED_INPUT_TYPE */
function booleanLambda(lambda: Expression, site: CallSite): Expression {
  if (lambda.kind !== 'lambda') throw unexpectedType(lambda, '"BOOLEAN"', 1, site)
  if (lambda.type.kind !== 'boolean' && lambda.type.kind !== 'void')
    throw unexpectedType(lambda, quotedTypeName(BOOLEAN), 1, site)
  return withBody(lambda, expectType(lambda.body, BOOLEAN, 1, site))
}

function withBody(lambda: Expression & { readonly kind: 'lambda' }, body: Expression): Expression {
  return body === lambda.body ? lambda : Object.freeze({ ...lambda, body, type: body.type, nullable: body.nullable })
}

const transform = overElements(true, (elements, lambda, { origin }) =>
  call('transform', array(lambda.type, lambda.nullable), [elements, lambda], { origin, nullable: elements.nullable }),
)

const filter = overElements(true, (elements, lambda, site) =>
  call('filter', elements.type, [elements, isTrue(lambda, site)], { origin: site.origin, nullable: elements.nullable }),
)

const quantifier = (fn: NestedFunction): FunctionDefinition =>
  overElements(false, (elements, lambda, site) =>
    call(fn, BOOLEAN, [elements, isTrue(lambda, site)], { origin: site.origin }),
  )

/** `aggregate(array, start, (state, x) -> state[, state -> result])`. */
const aggregate: FunctionDefinition = {
  ...between(3, 4, (args, site) => {
    const [elements, start, merge, finish] = args
    if (!sameType(merge!.type, start!.type)) throw unexpectedType(merge!, quotedTypeName(start!.type), 2, site)
    const last = finish ?? identity(start!.type)
    return call('aggregate', last.type, [elements!, start!, merge!, last], { origin: site.origin, nullable: true })
  }),
  lambdas: (args, position, _parameters, site) => {
    const state = { type: args[1]!.type, nullable: true }
    return position === 2 ? [state, elementOf(args, 0, site)] : [state]
  },
}

/** `x -> x` */
function identity(type: DataType): Expression {
  const variable = Object.freeze({ kind: 'variable' as const, name: 'id', level: 0, type, nullable: true })
  return Object.freeze({ kind: 'lambda', parameters: [variable], body: variable, type, nullable: true })
}

export const HIGHER_ORDER: FunctionTable = {
  transform,
  filter,
  exists: quantifier('exists'),
  forall: quantifier('forall'),
  aggregate,
  reduce: aggregate,
}
