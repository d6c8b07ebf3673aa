import type { DataType } from '../../columnar/types.js'

/** A call of a routine of the host in generated code. */
export interface HostRoutineCall {
  readonly name: string
  readonly arguments: readonly DataType[]
  readonly result: DataType
  /** Where in the data area generated code leaves the operands. */
  readonly place: number
}

/** An operand takes so many bytes: its parts from 0 on, as `partsOf` has them, and an i32 that is 1 where it is NULL. */
export const ARGUMENT_BYTES = 32
export const ARGUMENT_NULL = 16
