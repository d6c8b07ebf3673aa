import { isCollated } from '../../../columnar/text-types.js'
import { collationOf, quotedTypeName } from '../../../columnar/types.js'
import { MillraceError } from '../../../common/errors/millrace-error.js'
import type { Expression } from '../../plan/expression/expression.js'
import { unexpectedType } from '../coercion.js'
import { anotherKey } from '../functions/arrays.js'
import type { CallSite, FunctionDefinition } from '../functions/definition.js'

type Build = (definition: FunctionDefinition, args: readonly Expression[], site: CallSite) => Expression

/** Keys of maps are told apart by their bytes, so that they are not those of a collation. @throws UNSUPPORTED_FEATURE.COLLATIONS_IN_MAP_KEYS */
const mapped: Build = (definition, args, site) => {
  if (args.some(({ type }, i) => i % 2 === 0 && isCollated(type)))
    throw new MillraceError('UNSUPPORTED_FEATURE.COLLATIONS_IN_MAP_KEYS', {}, { origin: site.origin })
  return definition.build(args, site)
}

/** A key that is looked for has the collation of the map's. @throws DATATYPE_MISMATCH.MAP_FUNCTION_DIFF_TYPES, UNEXPECTED_INPUT_TYPE */
const ofKey: Build = (definition, args, site) => {
  const [{ type: map } = {}, key] = args
  if (map?.kind !== 'map' || map.key.kind !== 'string' || key?.type.kind !== 'string')
    return definition.build(args, site)
  if (collationOf(map.key) === collationOf(key.type)) return definition.build(args, site)
  throw site.name === '[]' ? unexpectedType(key, quotedTypeName(map.key), 1, site) : anotherKey(map, key, site)
}

export const MAP_USES: Readonly<Record<string, Build>> = {
  map: mapped,
  '[]': ofKey,
  element_at: ofKey,
  try_element_at: ofKey,
}
