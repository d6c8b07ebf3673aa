import { collationCalled } from '../../../columnar/collation.js'
import { isCollated } from '../../../columnar/text-types.js'
import {
  array,
  BINARY,
  BOOLEAN,
  collationOf,
  type DataType,
  field,
  quotedTypeName,
  STRING,
  struct,
} from '../../../columnar/types.js'
import { MillraceError } from '../../../common/errors/millrace-error.js'
import { call, fieldOf, literal, routineCall } from '../../plan/expression/build.js'
import type { Expression, LambdaVariable } from '../../plan/expression/expression.js'
import { uncollated } from './retyped.js'

/**
 * What stands for a value where values are compared: of two, keys are equal where the values are by their collations, and in the order of these.
 * It is a text or bytes, which are compared as any others, so that nothing that runs a query knows of collations.
 */
export function collationKey(e: Expression): Expression {
  const { type, origin } = e
  if (!isCollated(type)) return e
  switch (type.kind) {
    case 'string':
      return textKey(e)
    case 'array':
      return arrayKey(e, type.element, type.containsNull)
    case 'struct': {
      const keys = type.fields.map((_, i) => collationKey(fieldOf(e, type.fields, i)))
      const fields = type.fields.map(({ name }, i) => field(name, keys[i]!.type, keys[i]!.nullable))
      const made = call('named_struct', struct(fields), keys, { origin })
      if (!e.nullable) return made
      const branches = [{ when: call('is_not_null', BOOLEAN, [e]), value: made }]
      return Object.freeze({ kind: 'case', branches, type: made.type, nullable: true })
    }
    default: {
      const feature = `the comparison of values of type ${quotedTypeName(type)}`
      throw new MillraceError('UNSUPPORTED_FEATURE', { feature }, { origin })
    }
  }
}

function arrayKey(e: Expression, element: DataType, nullable: boolean): Expression {
  const one: LambdaVariable = Object.freeze({ kind: 'variable', name: 'x', level: 0, type: element, nullable })
  const body = collationKey(one)
  const lambda = Object.freeze({
    kind: 'lambda',
    parameters: [one],
    body,
    type: body.type,
    nullable: body.nullable,
  } as const)
  return call('transform', array(body.type, nullable), [e, lambda], { origin: e.origin })
}

function textKey(e: Expression): Expression {
  const { type, origin } = e
  const name = type.kind === 'string' ? collationOf(type) : ''
  const collation = collationCalled(name)
  if (!collation) throw new MillraceError('INDETERMINATE_COLLATION', {}, { origin })
  const plain = uncollated(e)
  const text = collation.trims ? call('rtrim', STRING, [plain], { origin }) : plain
  const label = 'collation_key'
  if (collation.by === 'bytes') return text
  if (collation.by === 'small letters')
    return routineCall({ by: 'kernel', name: 'textSmallLetters', label }, STRING, [text], origin)
  const levels = literal(STRING, `${collation.ignoresCase ? '_CI' : ''}${collation.ignoresAccents ? '_AI' : ''}`)
  return routineCall({ by: 'host', name: 'collations.sortKey', label }, BINARY, [text, levels], origin)
}
