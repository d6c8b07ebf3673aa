import type { FunctionBuilder } from '../wasm/function-builder.js'
import type { Operand } from '../wasm/types.js'
import { ALWAYS_NULL, isConstant } from './value.js'

type NullFlag = Operand | undefined

/** The flag of a result that is NULL when any of its operands is. */
export function anyNull(f: FunctionBuilder, flags: readonly NullFlag[]): NullFlag {
  const present = distinct(flags)
  if (present.some(isConstant)) return ALWAYS_NULL
  const [first, ...rest] = present
  if (!first || rest.length === 0) return first
  f.get(first)
  for (const flag of rest) f.get(flag).op('i32.or')
  return f.setNew('i32')
}

/** Flags that may be 1; a constant 0 says the same as none. */
function distinct(flags: readonly NullFlag[]): Operand[] {
  const present = flags.filter((flag): flag is Operand => flag !== undefined)
  return [...new Set(present.filter((flag) => !(flag.kind === 'constant' && flag.value === 0)))]
}

/** With a condition on the stack, 0 or 1: pops it and runs `emit` when it holds and the value is not NULL. */
export function ifNotNullAnd(f: FunctionBuilder, isNull: NullFlag, emit: () => void): void {
  if (isNull) f.get(isNull).i32(1).op('i32.xor').op('i32.and')
  f.if(emit)
}

/** Runs `emit` for rows whose value is not NULL; without a flag, always. */
export function whenNotNull(f: FunctionBuilder, isNull: NullFlag, emit: () => void): void {
  if (isNull) f.get(isNull).op('i32.eqz').if(emit)
  else emit()
}
