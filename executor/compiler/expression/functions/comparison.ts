import type { ArrayType } from '../../../../columnar/types.js'
import type { Call } from '../../../../planner/plan/expression/expression.js'
import { pushType } from '../../nested/array-builder.js'
import { hasSeveralForms } from '../../nested/forms.js'
import type { FunctionBuilder } from '../../wasm/function-builder.js'
import type { Op } from '../../wasm/opcodes.js'
import { i32Constant, type Operand, told } from '../../wasm/types.js'
import { anyNull } from '../nulls.js'
import type { Scope } from '../scope.js'
import { nullOf } from '../slots.js'
import { type BytesValue, isAlwaysNull, isConstant, scalar, type Value, type WideValue } from '../value.js'
import { pushBytesComparison } from './bytes-comparison.js'
import type { Comparison } from './comparisons.js'

/** eq, ne, lt, le, gt and ge over operands of one type. */
export function compileComparison(call: Call, scope: Scope): Value {
  const a = scope.value(call.args[0]!)
  const b = scope.value(call.args[1]!)
  if (isAlwaysNull(a) || isAlwaysNull(b)) return nullOf(call.type)
  const isNull = anyNull(scope.f, [a.isNull, b.isNull])
  pushComparison(scope, call.fn as Comparison, a, b)
  return scalar(call.type, scope.f.setNew('i32'), isNull)
}

/** `<=>`: NULLs are equal to each other, never NULL itself. */
export function compileNullSafeEquality(call: Call, scope: Scope): Value {
  const { f } = scope
  const a = scope.value(call.args[0]!)
  const b = scope.value(call.args[1]!)
  pushNullSafeEquality(scope, a, b)
  return scalar(call.type, f.setNew('i32'), undefined)
}

/** Pushes 1 when two values of one type are equal or both NULL, else 0. */
export function pushNullSafeEquality(scope: Scope, a: Value, b: Value): void {
  const { f } = scope
  const [aNull, bNull] = [a.isNull ?? i32Constant(0), b.isNull ?? i32Constant(0)]
  if (isAlwaysNull(a) || isAlwaysNull(b)) {
    f.get(aNull).get(bNull).op('i32.and')
    return
  }
  pushComparison(scope, 'eq', a, b)
  if (a.isNull || b.isNull) {
    f.get(aNull).get(bNull).op('i32.or').op('i32.eqz').op('i32.and')
    f.get(aNull).get(bNull).op('i32.and').op('i32.or')
  }
}

/** Pushes 1 when the comparison of two values of one type holds, else 0. What it pushes for NULLs is arbitrary. */
export function pushComparison(scope: Scope, comparison: Comparison, a: Value, b: Value): void {
  const { f } = scope
  if (a.kind === 'scalar' && b.kind === 'scalar') {
    if (a.value.type === 'f32' || a.value.type === 'f64') pushFloatComparison(f, comparison, a.value, b.value)
    else
      f.get(a.value)
        .get(b.value)
        .op(integerOp(a.value.type === 'i64' ? 'i64' : 'i32', comparison))
  } else if (a.kind === 'wide' && b.kind === 'wide') {
    pushWideComparison(f, comparison, a, b)
  } else if (a.kind === 'bytes' && b.kind === 'bytes') {
    if (a.type.kind === 'array' && !isEqualByBytes(a.type, comparison)) pushArrayComparison(scope, comparison, a, b)
    else pushBytesComparison(scope, comparison, a, b)
  } else if (a.kind === 'struct' && b.kind === 'struct') {
    pushStructComparison(scope, comparison, a.fields, b.fields)
  }
}

/** Whether arrays are compared by their bytes: whether they are equal, and have no floating point numbers, of which there are several zeros. */
const isEqualByBytes = (type: ArrayType, comparison: Comparison): boolean =>
  (comparison === 'eq' || comparison === 'ne') && !hasSeveralForms(type)

/** What is under a NULL is no array. */
function pushArrayComparison(scope: Scope, comparison: Comparison, a: BytesValue, b: BytesValue): void {
  const { f } = scope
  f.get(a.length).op('i32.eqz').get(b.length).op('i32.eqz').op('i32.or')
  f.if(
    () => f.i32(0),
    () => {
      pushType(scope, a.type as ArrayType)
      f.get(a.address).get(b.address).call(scope.kernel('packedCompare'))
      f.i32(0).op(integerOp('i32', comparison))
    },
    'i32',
  )
}

function integerOp(type: 'i32' | 'i64', comparison: Comparison): Op {
  return comparison === 'eq' || comparison === 'ne' ? `${type}.${comparison}` : `${type}.${comparison}_s`
}

const isNotNaN = (operand: Operand) => isConstant(operand) && told(operand, (value) => !Number.isNaN(value))

/** Spark's order of floating-point values: NaN equals NaN and is greater than everything else; -0.0 equals 0.0. */
function pushFloatComparison(f: FunctionBuilder, comparison: Comparison, a: Operand, b: Operand): void {
  const type = a.type === 'f32' ? 'f32' : 'f64'
  switch (comparison) {
    case 'eq':
      f.get(a).get(b).op(`${type}.eq`)
      if (isNotNaN(a) || isNotNaN(b)) return
      f.get(a).get(a).op(`${type}.ne`).get(b).get(b).op(`${type}.ne`).op('i32.and').op('i32.or')
      return
    case 'ne':
      pushFloatComparison(f, 'eq', a, b)
      f.op('i32.eqz')
      return
    case 'gt':
      return pushFloatComparison(f, 'lt', b, a)
    case 'ge':
      return pushFloatComparison(f, 'le', b, a)
    case 'lt':
      if (isNotNaN(b)) {
        f.get(a).get(b).op(`${type}.lt`)
        return
      }
      f.get(b).get(a).op(`${type}.le`).op('i32.eqz')
      if (!isNotNaN(a)) f.get(a).get(a).op(`${type}.eq`).op('i32.and')
      return
    case 'le':
      f.get(a).get(b).op(`${type}.le`)
      if (!isNotNaN(b)) f.get(b).get(b).op(`${type}.ne`).op('i32.or')
      return
  }
}

function pushWideComparison(f: FunctionBuilder, comparison: Comparison, a: WideValue, b: WideValue): void {
  switch (comparison) {
    case 'eq':
    case 'ne':
      f.get(a.low).get(b.low).op('i64.xor').get(a.high).get(b.high).op('i64.xor').op('i64.or').op('i64.eqz')
      if (comparison === 'ne') f.op('i32.eqz')
      return
    case 'lt':
    case 'ge':
      f.get(a.low).get(b.low).op('i64.lt_u').get(a.high).get(b.high).op('i64.lt_s')
      f.get(a.high).get(b.high).op('i64.eq').select()
      if (comparison === 'ge') f.op('i32.eqz')
      return
    case 'gt':
      return pushWideComparison(f, 'lt', b, a)
    case 'le':
      return pushWideComparison(f, 'ge', b, a)
  }
}

/** Structs compare field by field, NULL fields equal to each other and first. */
function pushStructComparison(scope: Scope, comparison: Comparison, a: readonly Value[], b: readonly Value[]): void {
  switch (comparison) {
    case 'eq':
    case 'ne':
      scope.f.i32(1)
      a.forEach((x, i) => {
        pushNullSafeEquality(scope, x, b[i]!)
        scope.f.op('i32.and')
      })
      if (comparison === 'ne') scope.f.op('i32.eqz')
      return
    case 'lt':
    case 'le':
      return pushStructOrder(scope, a, b, comparison === 'le')
    case 'gt':
    case 'ge':
      return pushStructOrder(scope, b, a, comparison === 'ge')
  }
}

/** Pushes 1 when the first field in which two structs differ is less in the first of them, where a NULL is least. */
function pushStructOrder(scope: Scope, a: readonly Value[], b: readonly Value[], ifEqual: boolean): void {
  const { f } = scope
  const [x, ...restOfA] = a
  const [y, ...restOfB] = b
  if (!x || !y) {
    f.i32(ifEqual ? 1 : 0)
    return
  }
  const [xNull, yNull] = [x.isNull ?? i32Constant(0), y.isNull ?? i32Constant(0)]
  if (isAlwaysNull(x) || isAlwaysNull(y)) f.i32(0)
  else pushComparison(scope, 'lt', x, y)
  f.get(xNull).op('i32.or').get(yNull).op('i32.eqz').op('i32.and')
  pushNullSafeEquality(scope, x, y)
  pushStructOrder(scope, restOfA, restOfB, ifEqual)
  f.op('i32.and').op('i32.or')
}
