import { isCollated } from '../../../columnar/text-types.js'
import { collationOf, type MapType, quotedTypeName } from '../../../columnar/types.js'
import { MillraceError } from '../../../common/errors/millrace-error.js'
import type { Expression } from '../../plan/expression/expression.js'
import type { CallSite } from '../functions/definition.js'
import { anotherKey } from '../functions/wrong-key.js'
import { unexpectedType } from '../types/coercion.js'
import type { Collating } from './uses.js'

/** Keys of maps are told apart by their bytes, so that they are not those of a collation. @throws UNSUPPORTED_FEATURE.COLLATIONS_IN_MAP_KEYS */
export const keysOfMap: Collating = (definition, args, site) => {
  if (args.some(({ type }, i) => i % 2 === 0 && isCollated(type)))
    throw new MillraceError('UNSUPPORTED_FEATURE.COLLATIONS_IN_MAP_KEYS', {}, { origin: site.origin })
  return definition.build(args, site)
}

/** A key that is looked for has the collation of the map's. */
const ofKey =
  (another: (map: MapType, key: Expression, site: CallSite) => MillraceError): Collating =>
  (definition, args, site) => {
    const [{ type: map } = {}, key] = args
    if (map?.kind !== 'map' || map.key.kind !== 'string' || key?.type.kind !== 'string')
      return definition.build(args, site)
    if (collationOf(map.key) === collationOf(key.type)) return definition.build(args, site)
    throw another(map, key, site)
  }

/** @throws DATATYPE_MISMATCH.MAP_FUNCTION_DIFF_TYPES */
export const keyOfMap = ofKey(anotherKey)
/** @throws DATATYPE_MISMATCH.UNEXPECTED_INPUT_TYPE */
export const keyOfItem = ofKey((map, key, site) => unexpectedType(key, quotedTypeName(map.key), 1, site))
