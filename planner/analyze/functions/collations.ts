import { knownCollation } from '../../../columnar/known-collation.js'
import { collatedString, collationOf, STRING } from '../../../columnar/types.js'
import { MillraceError } from '../../../common/errors/millrace-error.js'
import { call, literal } from '../../plan/expression/build.js'
import type { Expression } from '../../plan/expression/expression.js'
import { itself } from '../collations/uses.js'
import { constantOf } from '../constants/constants.js'
import { castTo, unexpectedType } from '../types/coercion.js'
import { type CallSite, exactly, type FunctionDefinition, type FunctionTable, helped } from './definition.js'

/** A text under the collation of that name, which a constant says. @throws COLLATION_INVALID_NAME, NON_FOLDABLE_ARGUMENT */
const collate: FunctionDefinition = exactly(2, ([arg, name], site) => {
  const text = textOf(arg!, site)
  const named = constantOf(name!)
  if (!named) {
    const parameters = { funcName: '`collate`', paramName: '`collationName`', paramType: '"STRING"' }
    throw new MillraceError('NON_FOLDABLE_ARGUMENT', parameters, { origin: site.origin })
  }
  if (typeof named.value !== 'string') throw unexpectedType(name!, '"STRING"', 1, site)
  const { name: collation } = knownCollation(named.value.split('.'), site.origin)
  return call('collate', collatedString(collation), [text], { origin: site.origin })
})

const collation: FunctionDefinition = exactly(1, ([arg], site) => {
  const { type } = textOf(arg!, site)
  return literal(STRING, `SYSTEM.BUILTIN.${type.kind === 'string' ? collationOf(type) : ''}`)
})

function textOf(arg: Expression, site: CallSite): Expression {
  if (arg.type.kind === 'void') return castTo(arg, STRING)
  if (arg.type.kind !== 'string') throw unexpectedType(arg, '"STRING"', 0, site)
  return arg
}

export const COLLATIONS: FunctionTable = {
  collate: helped(
    '(text, collation)',
    'A text that is compared as a collation has it: `UTF8_BINARY` by its bytes, `UTF8_LCASE` by its small letters, `UNICODE`, `de` and others as ICU does it.',
    [
      ["collate('a', 'UTF8_BINARY')", 'a'],
      ["collate('a', 'UTF8_LCASE') = 'A'", 'true'],
    ],
    collate,
    { collations: itself, leavesLiterals: true },
  ),
  collation: helped(
    '(text)',
    'The name of the collation of a text.',
    [
      ["collation('a')", 'SYSTEM.BUILTIN.UTF8_BINARY'],
      ["collation('a' collate de_ci)", 'SYSTEM.BUILTIN.de_CI'],
    ],
    collation,
    { collations: itself, leavesLiterals: true },
  ),
}
