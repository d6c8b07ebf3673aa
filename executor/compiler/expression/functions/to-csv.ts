import { isNested, type TypeKind } from '../../../../columnar/types.js'
import type { Call } from '../../../../planner/plan/expression/expression.js'
import { encodeCsvWriting } from '../../../kernels/csv-spec.js'
import { FORMAT_DATE, FORMAT_NTZ, FORMAT_TIMESTAMP } from '../../../kernels/interface/time-formats.js'
import type { Local } from '../../wasm/types.js'
import { asBytes, loadBytesResult } from '../bytes-result.js'
import { operandOf } from '../cast/operand.js'
import { whenNotNull } from '../nulls.js'
import type { Scope } from '../scope.js'
import { nullOf, unsupportedType } from '../slots.js'
import { isAlwaysNull, type Value } from '../value.js'
import { valueText } from './value-text.js'

/** Times that are told by formats of their own. */
const TIMES: Partial<Record<TypeKind, number>> = {
  date: FORMAT_DATE,
  timestamp: FORMAT_TIMESTAMP,
  timestamp_ntz: FORMAT_NTZ,
}

/** A struct as a row of CSV, values of other types as casts to text give them; NULL when that is empty, as in Spark. */
export function compileToCsv(call: Call, scope: Scope): Value {
  const value = scope.value(call.args[0]!)
  if (isAlwaysNull(value) || value.kind !== 'struct') return nullOf(call.type)
  const { f } = scope
  const spec = scope.constant(encodeCsvWriting(call.options))
  // Texts of these grow where the row does.
  const tellNulls = (isOn: 0 | 1) => f.get(spec).i32(isOn).call(scope.kernel('csvNullsWithin'))
  if (value.fields.some(({ type }) => isNested(type))) tellNulls(1)
  const fields = value.fields.map((field) => (isNested(field.type) ? valueText(field, call, scope) : field))
  if (value.fields.some(({ type }) => isNested(type))) tellNulls(0)
  f.call(scope.kernel('jsonBegin'))
  fields.forEach((field, i) => {
    const isFirst = i === 0 ? 1 : 0
    const writeNull = () => f.get(spec).i32(isFirst).call(scope.kernel('csvNull'))
    if (isAlwaysNull(field)) {
      writeNull()
      return
    }
    whenNotNull(f, field.isNull, () => writeField(field, spec, isFirst, call, scope))
    if (field.isNull) f.get(field.isNull).if(writeNull)
  })
  f.get(scope.context.constantsBase).call(scope.kernel('jsonFinish'))
  const text = loadBytesResult(call, scope, undefined)
  f.get(text.length).op('i32.eqz')
  if (value.isNull) f.get(value.isNull).op('i32.or')
  return { ...text, isNull: f.setNew('i32') }
}

function writeField(field: Value, spec: Local, isFirst: number, call: Call, scope: Scope): void {
  const { f } = scope
  const place = TIMES[field.type.kind]
  if (place !== undefined) {
    const time = operandOf(field)
    f.get(spec).i32(place).get(time)
    if (time.type === 'i32') f.op('i64.extend_i32_s')
    f.i32(isFirst).call(scope.kernel('csvTime'))
    return
  }
  // Spark tells bytes as numbers.
  if (field.type.kind === 'binary') throw unsupportedType(field.type)
  const { address, length } = asBytes(valueText(field, call, scope))
  f.get(spec).get(address).get(length).i32(isFirst).call(scope.kernel('csvText'))
}
