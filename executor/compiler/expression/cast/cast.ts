import { type DataType, isInterval, type StructType, sameType } from '../../../../columnar/types.js'
import type { Cast } from '../../../../planner/plan/expression/expression.js'
import { asBytes } from '../bytes-result.js'
import type { Scope } from '../scope.js'
import { nullOf } from '../slots.js'
import { isAlwaysNull, type Value } from '../value.js'
import { CastSite } from './cast-site.js'
import { castCode } from './casts.js'
import { castArray, castMap } from './nested.js'
import { castToString } from './to-string.js'
import { castToVariant, castVariant } from './variant.js'

/** `cast` and `try_cast`, by Spark's ANSI rules. */
export function compileCast(cast: Cast, scope: Scope): Value {
  return castValue(cast, scope.value(cast.child), scope)
}

function castValue(cast: Cast, value: Value, scope: Scope): Value {
  if (isAlwaysNull(value) || value.type.kind === 'void') return nullOf(cast.type)
  if (sameType(value.type, cast.type) || isHeldAlike(value.type, cast.type)) return value
  const site = new CastSite(cast, value, scope)
  if (cast.type.kind === 'variant') return castToVariant(site, value)
  if (value.type.kind === 'variant') return castVariant(site, value)
  if (cast.type.kind === 'string') return castToString(site, value)
  const castPart = (part: Value, type: DataType, inner: Scope): Value => castValue({ ...cast, type }, part, inner)
  const from = value.type
  if (value.kind === 'struct') return castStruct(cast, value, site)
  if (from.kind === 'array') return castArray(site, asBytes(value), castPart)
  if (from.kind === 'map') return castMap(site, asBytes(value), castPart)
  const code = from.kind === 'struct' ? undefined : castCode(from, cast.type.kind)
  if (code === undefined) throw site.unsupported()
  return code(site, value)
}

/** Intervals of a family, whatever fields their types have, and texts of all collations. */
const isHeldAlike = (from: DataType, to: DataType): boolean =>
  from.kind === to.kind && (isInterval(to) || to.kind === 'string')

/** Field by field, whatever the fields are called. */
function castStruct(cast: Cast, value: Value & { kind: 'struct' }, site: CastSite): Value {
  const type = cast.type as StructType
  if (cast.type.kind !== 'struct' || type.fields.length !== value.fields.length) throw site.unsupported()
  const fields = value.fields.map((field, i) => castValue({ ...cast, type: type.fields[i]!.type }, field, site.scope))
  return { kind: 'struct', type, fields, isNull: value.isNull }
}
