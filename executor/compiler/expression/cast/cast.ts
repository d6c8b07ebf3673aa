import { type DataType, isInterval, type StructType, sameType } from '../../../../columnar/types.js'
import type { Cast } from '../../../../planner/plan/expression/expression.js'
import type { Scope } from '../scope.js'
import { nullOf } from '../slots.js'
import { isAlwaysNull, type Value } from '../value.js'
import { CastSite } from './cast-site.js'
import { castFromString } from './from-string.js'
import { castArray, castMap } from './nested.js'
import { castStructToString } from './nested-text.js'
import { castToDecimal } from './to-decimal.js'
import { castToBoolean, castToFloat, castToInteger } from './to-number.js'
import { castToString } from './to-string.js'
import { castToDate, castToTimestamp } from './to-time.js'

/** `cast` and `try_cast`, by Spark's ANSI rules. */
export function compileCast(cast: Cast, scope: Scope): Value {
  return castValue(cast, scope.value(cast.child), scope)
}

function castValue(cast: Cast, value: Value, scope: Scope): Value {
  if (isAlwaysNull(value) || value.type.kind === 'void') return nullOf(cast.type)
  // Intervals of a family are held alike, whatever fields their types have.
  if (sameType(value.type, cast.type) || (isInterval(cast.type) && value.type.kind === cast.type.kind)) return value
  const site = new CastSite(cast, value, scope)
  if (value.kind === 'bytes' && value.type.kind === 'string') return castFromString(site, value)
  const castPart = (part: Value, type: DataType, inner: Scope): Value => castValue({ ...cast, type }, part, inner)
  if (value.kind === 'struct')
    return cast.type.kind === 'string' ? castStructToString(site, value) : castStruct(cast, value, site)
  if (value.kind === 'bytes' && cast.type.kind !== 'string') {
    if (value.type.kind === 'array') return castArray(site, value, castPart)
    if (value.type.kind === 'map') return castMap(site, value, castPart)
  }
  return castTo(site, value, cast.type)
}

function castTo(site: CastSite, value: Value, type: DataType): Value {
  switch (type.kind) {
    case 'string':
    case 'binary':
      return castToString(site, value)
    case 'boolean':
      return castToBoolean(site, value)
    case 'tinyint':
    case 'smallint':
    case 'int':
    case 'bigint':
      return castToInteger(site, value)
    case 'float':
    case 'double':
      return castToFloat(site, value)
    case 'decimal':
      return castToDecimal(site, value, type)
    case 'date':
      return castToDate(site, value)
    case 'timestamp':
    case 'timestamp_ntz':
      return castToTimestamp(site, value)
    case 'void':
    case 'interval_ym':
    case 'interval_dt':
    case 'struct':
    case 'array':
    case 'map':
      throw site.unsupported()
  }
}

/** Field by field, whatever the fields are called. */
function castStruct(cast: Cast, value: Value & { kind: 'struct' }, site: CastSite): Value {
  const type = cast.type as StructType
  if (cast.type.kind !== 'struct' || type.fields.length !== value.fields.length) throw site.unsupported()
  const fields = value.fields.map((field, i) => castValue({ ...cast, type: type.fields[i]!.type }, field, site.scope))
  return { kind: 'struct', type, fields, isNull: value.isNull }
}
