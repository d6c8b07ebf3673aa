import { type ArrayType, type DataType, type MapType, STRING } from '../../../../columnar/types.js'
import type { Origin } from '../../../../common/errors/condition.js'
import { MillraceError } from '../../../../common/errors/millrace-error.js'
import type { Call } from '../../../../planner/plan/expression/expression.js'
import type { Routine, RoutineError } from '../../../../planner/plan/expression/routine.js'
import { KERNEL_SIGNATURES, type Kernels } from '../../../kernels/interface/generated.js'
import {
  RESULT_ADDRESS,
  RESULT_HIGH,
  RESULT_LENGTH,
  RESULT_LOW,
  ROUTINE_ERROR,
  ROUTINE_NULL,
  ROUTINE_VALUE,
} from '../../../kernels/interface/text.js'
import { ARGUMENT_BYTES, ARGUMENT_NULL } from '../../host-routines.js'
import { pushType } from '../../nested/array-builder.js'
import type { Op } from '../../wasm/opcodes.js'
import type { Local, Operand, ValueType } from '../../wasm/types.js'
import { anyNull, whenNotNull } from '../nulls.js'
import type { Scope } from '../scope.js'
import { newSlots, nullOf } from '../slots.js'
import { bytes, isAlwaysNull, partsOf, type ScalarValue, type Value, withNull } from '../value.js'

/** A function that a kernel or the host runs, for rows without NULLs unless it takes them. */
export function compileRoutine(call: Call, scope: Scope): Value {
  const routine = call.routine!
  // Those of users and of files are columns by now.
  if (routine.by === 'draw' || routine.by === 'user' || routine.by === 'file')
    throw new MillraceError('UNSUPPORTED_FEATURE', { feature: `${routine.label} here` })
  const values = call.args.map((arg) => scope.value(arg))
  if (routine.takesNull !== true && values.some(isAlwaysNull)) return nullOf(call.type)
  const { f } = scope
  const flags = routine.takesNull ? [] : values.map((value) => value.isNull)
  const isAnyNull = anyNull(f, flags)
  const result = newSlots(f, call.type, false)
  const givesNull = routine.givesNull === true || call.failure === 'null'
  const isNull = givesNull ? f.local('i32') : isAnyNull
  if (givesNull && isAnyNull) f.get(isAnyNull).set(isNull as Local)
  whenNotNull(f, isAnyNull, () => {
    const status = run(call, values, scope, result)
    if (givesNull) setWhetherNull(call, status!, isNull as Local, scope)
    if (status || isInMemory(result)) loadResult(result, scope)
  })
  return withNull(result, isNull)
}

/** Gives the status of what runs a routine, when it has one. */
function run(call: Call, values: readonly Value[], scope: Scope, result: Value): Local | undefined {
  const { by, name } = call.routine!
  if (by === 'host') {
    const types = call.args.map((arg) => arg.type)
    return callHost({ name, types, type: call.type, origin: call.origin }, values, scope)
  }
  if (by === 'kernel') return callKernel(call, values, scope, result)
  for (const operand of values.flatMap(partsOf)) scope.f.get(operand)
  scope.f.op(instructionNamed(name)).set((result as ScalarValue).value as Local)
  return undefined
}

const INSTRUCTIONS: readonly Op[] = ['f64.sqrt', 'f64.nearest']

function instructionNamed(name: string): Op {
  const op = INSTRUCTIONS.find((known) => known === name)
  if (op) return op
  throw new MillraceError('INTERNAL_ERROR', { message: `there is no instruction ${name}` })
}

/** A kernel whose errors are kept tells them, and leaves a number all the same where one is wanted. */
function setWhetherNull({ failure }: Call, status: Local, isNull: Local, { f }: Scope): void {
  if (failure === 'wrap') f.get(status).i32(ROUTINE_NULL).op('i32.eq').set(isNull)
  else f.get(status).i32(ROUTINE_VALUE).op('i32.ne').set(isNull)
}

const isInMemory = ({ kind }: Value): boolean => kind !== 'scalar'
const hasStatus = ({ givesNull, errors }: Routine): boolean => givesNull === true || errors !== undefined

/** Calls a kernel, which returns a number as it is and writes anything else to the data area. Gives its status, when it has one. */
function callKernel(call: Call, values: readonly Value[], scope: Scope, result: Value): Local | undefined {
  const { f, context } = scope
  const routine = call.routine!
  for (const of of routine.types ?? [])
    pushType(scope, (of === 'result' ? call.type : call.args[of]!.type) as ArrayType | MapType)
  for (const operand of values.flatMap(partsOf)) f.get(operand)
  if (hasStatus(routine) || isInMemory(result)) f.get(context.constantsBase)
  f.call(scope.kernel(kernelNamed(routine.name)))
  if (hasStatus(routine)) {
    const status = f.setNew('i32')
    if (!call.failure) raiseErrors(routine.errors ?? [], status, call.origin, scope)
    return status
  }
  if (result.kind === 'scalar') f.set(result.value as Local)
  return undefined
}

function kernelNamed(name: string): keyof Kernels {
  if (Object.hasOwn(KERNEL_SIGNATURES, name)) return name as keyof Kernels
  throw new MillraceError('INTERNAL_ERROR', { message: `there is no kernel ${name}` })
}

/** Raises what a kernel's status says, if it is one of errors. */
export function raiseErrors(
  errors: readonly RoutineError[],
  status: Operand,
  origin: Origin | undefined,
  scope: Scope,
): void {
  const { f, context } = scope
  for (const [i, { condition, parameters }] of errors.entries()) {
    f.get(status)
      .i32(ROUTINE_ERROR + i)
      .op('i32.eq')
    f.if(() => {
      const address = f.get(context.constantsBase).load('i32.load', RESULT_ADDRESS).setNew('i32')
      const length = f.get(context.constantsBase).load('i32.load', RESULT_LENGTH).setNew('i32')
      scope.raise(condition, parameters, origin, bytes(STRING, address, length, undefined))
    })
  }
}

/** What a routine of the host, which raises nothing, gives for a value; NULL for NULL. */
export function hostValue(name: string, value: Value, type: DataType, origin: Origin | undefined, scope: Scope): Value {
  const result = newSlots(scope.f, type, false)
  whenNotNull(scope.f, value.isNull, () => {
    callHost({ name, types: [value.type], type, origin }, [withNull(value, undefined)], scope)
    loadResult(result, scope)
  })
  return withNull(result, value.isNull)
}

interface HostCall {
  readonly name: string
  readonly types: readonly DataType[]
  readonly type: DataType
  readonly origin: Origin | undefined
}

/** Lays the operands out in the data area and calls a routine of the host with their address; gives its status. */
function callHost({ name, types, type: result, origin }: HostCall, values: readonly Value[], scope: Scope): Local {
  const { f, context } = scope
  const place = context.constants.reserve(ARGUMENT_BYTES * values.length)
  for (const [i, value] of values.entries()) {
    const at = place + i * ARGUMENT_BYTES
    for (const [part, operand] of partsOf(value).entries()) {
      const type = operand.type as keyof typeof STORES
      const step = type === 'i32' || type === 'f32' ? 4 : 8
      f.get(context.constantsBase)
        .get(operand)
        .store(STORES[type], at + part * step)
    }
    f.get(context.constantsBase)
    if (value.isNull) f.get(value.isNull)
    else f.i32(0)
    f.store('i32.store', at + ARGUMENT_NULL)
  }
  f.i32(context.hostRoutine({ name, arguments: types, result, place }))
  const status = f.call(context.hostFunction('callRoutine')).setNew('i32')
  f.get(status).i32(ROUTINE_ERROR).op('i32.eq')
  f.if(() => f.i32(context.errors.addRaisedByHost(origin)).return())
  return status
}

const STORES: Readonly<Record<Exclude<ValueType, 'v128'>, 'i32.store' | 'i64.store' | 'f32.store' | 'f64.store'>> = {
  i32: 'i32.store',
  i64: 'i64.store',
  f32: 'f32.store',
  f64: 'f64.store',
}

/** Reads what lies in the data area. */
function loadResult(result: Value, scope: Scope): void {
  const { f } = scope
  const base = scope.context.constantsBase
  const [first, second] = partsOf(result) as readonly [Local, Local | undefined]
  const type = first.type as keyof typeof STORES
  f.get(base).load(`${type}.load`, RESULT_LOW).set(first)
  if (second)
    f.get(base)
      .load(`${type}.load`, type === 'i32' ? RESULT_LENGTH : RESULT_HIGH)
      .set(second)
}
