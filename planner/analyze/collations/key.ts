import { collationCalled, collationLevels } from '../../../columnar/collation.js'
import { isCollated } from '../../../columnar/text-types.js'
import { BINARY, collationOf, type DataType, partTypes, quotedTypeName, STRING } from '../../../columnar/types.js'
import { MillraceError } from '../../../common/errors/millrace-error.js'
import { call, literal, routineCall } from '../../plan/expression/build.js'
import type { Expression } from '../../plan/expression/expression.js'
import { type PartChange, withParts } from '../types/parts.js'
import { uncollated } from './retyped.js'

/**
 * What stands for a value where values are compared: of two, keys are equal where the values are by their collations, and in the order of these.
 * It is a text or bytes, which are compared as any others, so that nothing that runs a query knows of collations.
 */
export function collationKey(e: Expression): Expression {
  if (!isCollated(e.type)) return e
  refuseMaps(e)
  return withParts(e, KEYS)
}

const KEYS: PartChange = {
  isOf: (type) => type.kind === 'string' && isCollated(type),
  changed: textKey,
}

/** @throws UNSUPPORTED_FEATURE for maps with texts that have a collation */
function refuseMaps({ type, origin }: Expression): void {
  if (!hasCollatedMap(type)) return
  const feature = `the comparison of values of type ${quotedTypeName(type)}`
  throw new MillraceError('UNSUPPORTED_FEATURE', { feature }, { origin })
}

const hasCollatedMap = (type: DataType): boolean =>
  type.kind === 'map' ? isCollated(type) : partTypes(type).some(hasCollatedMap)

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
  const levels = literal(STRING, collationLevels(collation))
  return routineCall({ by: 'host', name: 'collations.sortKey', label }, BINARY, [text, levels], origin)
}
