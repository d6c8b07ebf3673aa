import { VOID } from '../../../columnar/types.js'
import type { FunctionBuilder } from '../wasm/function-builder.js'
import { i32Constant, type Local, type Operand, type ValueType } from '../wasm/types.js'
import type { Carry, Scope } from './scope.js'
import { carriedValue, scalar, type Value } from './value.js'

type StoredType = Exclude<ValueType, 'v128'>

/** Bytes of a place through which an operand goes from one function to the other. */
const PLACE_BYTES = 8

/**
 * Emits code as a function of its own that is called here: `emit` gets the scope of the current row in it, and what brings operands of this
 * function into it. Operands and results go through the data area, so that there may be any number of them.
 */
export function outlined(scope: Scope, emit: (inner: Scope, carry: Carry) => Value): Value {
  const { context, f } = scope
  const inner = context.module.function([], ['i32'])
  const carried = new Map<Local, { readonly place: number; readonly local: Local }>()
  const carry: Carry = (operand) => {
    if (operand.kind !== 'local') return operand
    const known = carried.get(operand)
    if (known) return known.local
    const place = context.constants.reserve(PLACE_BYTES)
    const local = inner.atEntry(operand.type, () => pushPlace(inner, scope, operand.type as StoredType, place))
    carried.set(operand, { place, local })
    return local
  }
  const result = emit(scope.within(inner, carry), carry)
  const places = new Map<Operand, number>()
  carriedValue(result, (operand) => leave(inner, scope, operand, places))
  inner.i32(0)
  for (const [outer, { place }] of carried) {
    f.get(context.constantsBase)
      .get(outer)
      .store(`${outer.type as StoredType}.store`, place)
  }
  const status = f.call(inner.reference).setNew('i32')
  f.get(status).if(() => f.get(status).return())
  const taken = new Map<Operand, Local>()
  for (const [operand, place] of places) {
    taken.set(operand, pushPlace(f, scope, operand.type as StoredType, place).setNew(operand.type))
  }
  return carriedValue(result, (operand) => taken.get(operand) ?? operand)
}

/** The result of a function that only does something. */
const NOTHING: Value = scalar(VOID, i32Constant(0), undefined)

/** Stores a result of the function; the same operand once. */
function leave(inner: FunctionBuilder, { context }: Scope, operand: Operand, places: Map<Operand, number>): Operand {
  if (operand.kind !== 'local' || places.has(operand)) return operand
  const place = context.constants.reserve(PLACE_BYTES)
  places.set(operand, place)
  inner
    .get(context.constantsBase)
    .get(operand)
    .store(`${operand.type as StoredType}.store`, place)
  return operand
}

function pushPlace(f: FunctionBuilder, { context }: Scope, type: StoredType, place: number): FunctionBuilder {
  return f.get(context.constantsBase).load(`${type}.load`, place)
}

/** Emits code for the pieces of a list, each in a function of its own where there are several. */
export function inFunctions<T>(
  scope: Scope,
  pieces: readonly (readonly T[])[],
  emit: (inner: Scope, carry: Carry, piece: readonly T[]) => void,
): void {
  if (pieces.length === 1) return emit(scope, (operand) => operand, pieces[0]!)
  for (const piece of pieces) {
    outlined(scope, (inner, carry) => {
      emit(inner, carry, piece)
      return NOTHING
    })
  }
}
