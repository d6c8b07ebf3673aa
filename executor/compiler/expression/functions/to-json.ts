import { type DataType, STRING } from '../../../../columnar/types.js'
import type { Call } from '../../../../planner/plan/expression/expression.js'
import { pushType } from '../../nested/array-builder.js'
import { asBytes, loadBytesResult } from '../bytes-result.js'
import { CastSite } from '../cast/cast-site.js'
import { castToString } from '../cast/to-string.js'
import { whenNotNull } from '../nulls.js'
import type { Scope } from '../scope.js'
import { nullOf, unsupportedType } from '../slots.js'
import { isAlwaysNull, type StructValue, type Value } from '../value.js'

/** A struct as a JSON object without its NULL fields, in Spark's formats. */
export function compileToJson(call: Call, scope: Scope): Value {
  const value = scope.value(call.args[0]!)
  if (isAlwaysNull(value)) return nullOf(call.type)
  scope.f.call(scope.kernel('jsonBegin'))
  if (value.kind === 'struct') writeObject(value, call, scope)
  else whenNotNull(scope.f, value.isNull, () => writePacked(value, scope))
  scope.f.get(scope.context.constantsBase).call(scope.kernel('jsonFinish'))
  return loadBytesResult(call, scope, value.isNull)
}

/** An array or map, by a kernel. @throws UNSUPPORTED_FEATURE for what it cannot write */
function writePacked(value: Value, scope: Scope): void {
  const { type } = value
  if (type.kind !== 'array' && type.kind !== 'map') throw unsupportedType(type)
  refuseUnwritable(type)
  pushType(scope, type)
  scope.f.get(asBytes(value).address).call(scope.kernel('packedJson'))
}

function refuseUnwritable(type: DataType): void {
  switch (type.kind) {
    case 'array':
      return refuseUnwritable(type.element)
    case 'map':
      if (type.key.kind === 'array' || type.key.kind === 'struct') throw unsupportedType(type)
      refuseUnwritable(type.key)
      return refuseUnwritable(type.value)
    case 'struct':
      for (const field of type.fields) refuseUnwritable(field.type)
      return
    case 'binary':
    case 'timestamp_ntz':
    case 'interval_ym':
    case 'interval_dt':
      throw unsupportedType(type)
    default:
  }
}

function writeRaw(text: string, scope: Scope, kernel: 'jsonRaw' | 'jsonKey' = 'jsonRaw'): void {
  const bytes = Buffer.from(text)
  scope.pushAddress(scope.context.constants.add(bytes))
  scope.f.i32(bytes.length).call(scope.kernel(kernel))
}

function writeObject(value: StructValue, call: Call, scope: Scope): void {
  writeRaw('{', scope)
  value.fields.forEach((field, i) => {
    if (isAlwaysNull(field)) return
    whenNotNull(scope.f, field.isNull, () => {
      writeRaw(`${JSON.stringify(value.type.fields[i]!.name)}:`, scope, 'jsonKey')
      writeValue(field, call, scope)
    })
  })
  writeRaw('}', scope)
}

function writeValue(value: Value, call: Call, scope: Scope): void {
  const { f } = scope
  const write = (text: Value, kernel: 'jsonRaw' | 'jsonText') => {
    const { address, length } = asBytes(text)
    f.get(address).get(length).call(scope.kernel(kernel))
  }
  const asText = () => castToString(new CastSite({ ...castOf(call), type: STRING }, value, scope), value)
  switch (value.type.kind) {
    case 'struct':
      if (value.kind === 'struct') writeObject(value, call, scope)
      return
    case 'array':
    case 'map':
      return writePacked(value, scope)
    case 'string':
      return write(value, 'jsonText')
    case 'boolean':
    case 'tinyint':
    case 'smallint':
    case 'int':
    case 'bigint':
    case 'decimal':
      return write(asText(), 'jsonRaw')
    case 'float':
    case 'double': {
      // NaN and the infinities are no JSON numbers: they go in quotes.
      const text = asText()
      pushIsFinite(value, scope)
      f.if(
        () => write(text, 'jsonRaw'),
        () => write(text, 'jsonText'),
      )
      return
    }
    case 'date':
      return write(asText(), 'jsonText')
    case 'timestamp':
      if (value.kind !== 'scalar') return
      f.get(value.value).get(scope.context.constantsBase).call(scope.kernel('formatTimestampIso'))
      return write(loadBytesResult({ type: STRING }, scope, undefined), 'jsonText')
    default:
      throw unsupportedType(value.type)
  }
}

const castOf = (call: Call) => ({ kind: 'cast', child: call, mode: 'ansi', nullable: true }) as const

function pushIsFinite(value: Value, { f }: Scope): void {
  if (value.kind !== 'scalar') return
  const type = value.value.type === 'f32' ? 'f32' : 'f64'
  f.get(value.value)
    .get(value.value)
    .op(`${type}.sub`)
    .get(value.value)
    .get(value.value)
    .op(`${type}.sub`)
    .op(`${type}.eq`)
}
