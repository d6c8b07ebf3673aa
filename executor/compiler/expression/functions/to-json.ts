import { type DataType, partTypes, type TypeKind } from '../../../../columnar/types.js'
import type { Call } from '../../../../planner/plan/expression/expression.js'
import { encodeTimeFormats } from '../../../../planner/plan/text-specs/time-formats.js'
import { FORMAT_DATE, FORMAT_NTZ, FORMAT_TIMESTAMP } from '../../../kernels/interface/time-formats.js'
import { pushType } from '../../nested/array-builder.js'
import { asBytes, loadBytesResult } from '../bytes-result.js'
import { operandOf } from '../cast/operand.js'
import { whenNotNull } from '../nulls.js'
import type { Scope } from '../scope.js'
import { nullOf, unsupportedType } from '../slots.js'
import { isAlwaysNull, type StructValue, type Value } from '../value.js'
import { beginVariants, raiseUnreadable } from '../variant-texts.js'
import { valueText } from './value-text.js'

/** A struct, array or map as JSON, in Spark's formats; structs without their NULL fields unless these are to be kept. */
export function compileToJson(call: Call, scope: Scope): Value {
  const value = scope.value(call.args[0]!)
  if (isAlwaysNull(value)) return nullOf(call.type)
  const { f } = scope
  const options = call.options ?? {}
  scope.pushAddress(scope.context.constants.add(encodeTimeFormats(options, 'writing')))
  f.i32(keepsNulls(call) ? 1 : 0).call(scope.kernel('jsonFormats'))
  beginVariants(value.type, scope, options['timeZone'])
  f.call(scope.kernel('jsonBegin'))
  if (value.kind === 'struct') writeObject(value, call, scope)
  else if (value.type.kind === 'variant') whenNotNull(f, value.isNull, () => writeVariant(value, call, scope))
  else whenNotNull(f, value.isNull, () => writePacked(value, scope))
  raiseUnreadable(value.type, call.origin, scope)
  f.get(scope.context.constantsBase).call(scope.kernel('jsonFinish'))
  const text = loadBytesResult(call, scope, value.isNull)
  if (options['pretty'] !== 'true') return text
  f.get(text.address).get(text.length).get(scope.context.constantsBase).call(scope.kernel('jsonPretty'))
  return loadBytesResult(call, scope, value.isNull)
}

const keepsNulls = (call: Call): boolean => call.options?.['ignoreNullFields'] === 'false'

/** An array or map, by a kernel. @throws UNSUPPORTED_FEATURE for what it cannot write */
function writePacked(value: Value, scope: Scope): void {
  const { type } = value
  if (type.kind !== 'array' && type.kind !== 'map') throw unsupportedType(type)
  refuseUnwritable(type)
  pushType(scope, type)
  scope.f.get(asBytes(value).address).call(scope.kernel('packedJson'))
}

/** Keys of maps that are bytes or have values in them Spark tells as Java prints them. */
const UNWRITABLE_KEYS: ReadonlySet<DataType['kind']> = new Set(['binary', 'array', 'map', 'struct'])

function refuseUnwritable(type: DataType): void {
  if (!FORMS[type.kind].inPacked) throw unsupportedType(type)
  if (type.kind === 'map' && UNWRITABLE_KEYS.has(type.key.kind)) throw unsupportedType(type)
  for (const part of partTypes(type)) refuseUnwritable(part)
}

function writeRaw(text: string, scope: Scope, kernel: 'jsonRaw' | 'jsonKey' = 'jsonRaw'): void {
  const bytes = Buffer.from(text)
  scope.pushAddress(scope.context.constants.add(bytes))
  scope.f.i32(bytes.length).call(scope.kernel(kernel))
}

function writeObject(value: StructValue, call: Call, scope: Scope): void {
  writeRaw('{', scope)
  value.fields.forEach((field, i) => {
    const isKept = keepsNulls(call)
    const writeKey = () => writeRaw(`${JSON.stringify(value.type.fields[i]!.name)}:`, scope, 'jsonKey')
    const writeNull = () => writeRaw('null', scope)
    if (isKept) writeKey()
    if (isAlwaysNull(field)) {
      if (isKept) writeNull()
      return
    }
    whenNotNull(scope.f, field.isNull, () => {
      if (!isKept) writeKey()
      FORMS[field.type.kind].write(field, call, scope)
    })
    if (isKept && field.isNull) {
      scope.f.get(field.isNull)
      scope.f.if(writeNull)
    }
  })
  writeRaw('}', scope)
}

type WriteJson = (value: Value, call: Call, scope: Scope) => void

interface JsonForm {
  /** Writes a value that is not NULL. */
  readonly write: WriteJson
  /** Whether the kernel that writes arrays and maps knows it. */
  readonly inPacked: boolean
}

const PLAIN: JsonForm = {
  write: (value, call, scope) => writeText(valueText(value, call, scope), scope),
  inPacked: true,
}
const QUOTED: JsonForm = {
  write: (value, call, scope) => {
    writeRaw('"', scope)
    PLAIN.write(value, call, scope)
    writeRaw('"', scope)
  },
  inPacked: true,
}
const PACKED: JsonForm = { write: (value, _, scope) => writePacked(value, scope), inPacked: true }
const NOT_BUILT: JsonForm = {
  write: ({ type }) => {
    throw unsupportedType(type)
  },
  inPacked: false,
}

const FORMS: Readonly<Record<TypeKind, JsonForm>> = {
  void: { write: (_value, _call, scope) => writeRaw('null', scope), inPacked: true },
  boolean: PLAIN,
  tinyint: PLAIN,
  smallint: PLAIN,
  int: PLAIN,
  bigint: PLAIN,
  float: { write: writeFloat, inPacked: true },
  double: { write: writeFloat, inPacked: true },
  decimal: PLAIN,
  string: { write: (value, _, scope) => writeText(value, scope, 'jsonText'), inPacked: true },
  binary: { write: writeBinary, inPacked: true },
  date: timeForm(FORMAT_DATE),
  time: QUOTED,
  timestamp: timeForm(FORMAT_TIMESTAMP),
  timestamp_ntz: timeForm(FORMAT_NTZ),
  // Analysis has texts in their place (`interval-texts.ts`).
  interval_ym: NOT_BUILT,
  interval_dt: NOT_BUILT,
  interval: NOT_BUILT,
  variant: { write: writeVariant, inPacked: true },
  struct: { write: (value, call, scope) => writeObject(value as StructValue, call, scope), inPacked: true },
  array: PACKED,
  map: PACKED,
}

function writeText(text: Value, scope: Scope, kernel: 'jsonRaw' | 'jsonText' = 'jsonRaw'): void {
  const { address, length } = asBytes(text)
  scope.f.get(address).get(length).call(scope.kernel(kernel))
}

/** NaN and the infinities are no JSON numbers: they go in quotes. */
function writeFloat(value: Value, call: Call, scope: Scope): void {
  const text = valueText(value, call, scope)
  pushIsFinite(value, scope)
  scope.f.if(
    () => writeText(text, scope),
    () => writeText(text, scope, 'jsonText'),
  )
}

function writeBinary(value: Value, _: Call, scope: Scope): void {
  const { address, length } = asBytes(value)
  scope.f.get(address).get(length).call(scope.kernel('jsonBase64'))
}

function writeVariant(value: Value, _: Call, scope: Scope): void {
  const { address, length } = asBytes(value)
  scope.f.get(address).get(length).call(scope.kernel('appendVariantJson'))
}

function timeForm(place: number): JsonForm {
  const write: WriteJson = (value, _, scope) => {
    const time = operandOf(value)
    scope.f.i32(place).get(time)
    if (time.type === 'i32') scope.f.op('i64.extend_i32_s')
    scope.f.call(scope.kernel('jsonTime'))
  }
  return { write, inPacked: true }
}

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
