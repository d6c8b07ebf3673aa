import { shapeOf } from '../../columnar/shape.js'
import { type DataType, isShortDecimal, typeName } from '../../columnar/types.js'
import { MillraceError } from '../../common/errors/millrace-error.js'
import type { Memory } from '../../connectors/api.js'
import { ARGUMENT_BYTES, ARGUMENT_NULL, type HostRoutineCall } from '../compiler/host-routines.js'
import type { Kernels } from '../kernels/interface/generated.js'
import {
  RESULT_ADDRESS,
  RESULT_HIGH,
  RESULT_LENGTH,
  RESULT_LOW,
  ROUTINE_ERROR,
  ROUTINE_NULL,
  ROUTINE_VALUE,
} from '../kernels/interface/text.js'
import { loadedRoutine } from './index.js'
import type { HostKernels, HostRoutine, HostValue } from './routine.js'

/** Runs the calls of one program that its thread has in memory. */
export class RoutineCalls {
  readonly #memory: Memory
  readonly #kernels: Kernels
  readonly #base: number
  readonly #calls: readonly (HostRoutineCall & { readonly run: HostRoutine })[]
  #raised: MillraceError | undefined
  readonly #told: HostKernels = {
    tellsTime: (text, place, formats) => {
      const [at, written] = [this.#copied(formats), Buffer.from(text, 'utf8')]
      return this.#kernels.timeIsTold(at, place, this.#copied(written), written.length) !== 0
    },
  }

  /** @param base where the data area lies; the routines are loaded */
  constructor(calls: readonly HostRoutineCall[], memory: Memory, kernels: Kernels, base: number) {
    this.#calls = calls.map((call) => ({ ...call, run: loadedRoutine(call.name) }))
    this.#memory = memory
    this.#kernels = kernels
    this.#base = base
  }

  /** What was raised last. */
  get raised(): MillraceError | undefined {
    return this.#raised
  }

  /** Runs a call by its number and writes the result to the data area; returns a status. */
  run(number: number): number {
    const call = this.#calls[number]!
    const operands = call.arguments.map((type, i) => this.#operand(type, this.#base + call.place + i * ARGUMENT_BYTES))
    try {
      const result = call.run(operands, call, this.#told)
      if (result === null) return ROUTINE_NULL
      this.#write(call.result, result)
      return ROUTINE_VALUE
    } catch (error) {
      // Whatever else goes wrong is a fault of ours, and ends the thread.
      if (!MillraceError.is(error)) throw error
      this.#raised = error
      return ROUTINE_ERROR
    }
  }

  #operand(type: DataType, at: number): HostValue {
    const { view, bytes } = this.#memory
    if (view.getUint32(at + ARGUMENT_NULL, true) === 1) return null
    if (type.kind === 'void') return null
    const shape = shapeOf(type)
    switch (shape) {
      case 'i32': {
        const value = view.getInt32(at, true)
        return type.kind === 'boolean' ? value !== 0 : value
      }
      case 'i64':
        return view.getBigInt64(at, true)
      case 'f32':
        return view.getFloat32(at, true)
      case 'f64':
        return view.getFloat64(at, true)
      case 'wide':
        return (view.getBigInt64(at + 8, true) << 64n) | view.getBigUint64(at, true)
      case 'bytes': {
        const address = view.getUint32(at, true)
        const held = bytes.subarray(address, address + view.getUint32(at + 4, true))
        return type.kind === 'string' ? Buffer.from(held.buffer, held.byteOffset, held.length).toString('utf8') : held
      }
      default:
        throw unsupported(type)
    }
  }

  #write(type: DataType, value: HostValue): void {
    const at = this.#base + RESULT_LOW
    if (typeof value === 'string' || value instanceof Uint8Array) {
      const bytes = typeof value === 'string' ? Buffer.from(value, 'utf8') : value
      const address = this.#copied(bytes)
      this.#memory.view.setUint32(this.#base + RESULT_ADDRESS, address, true)
      this.#memory.view.setUint32(this.#base + RESULT_LENGTH, bytes.length, true)
      return
    }
    const { view } = this.#memory
    if (typeof value === 'bigint') {
      view.setBigInt64(at, BigInt.asIntN(64, value), true)
      if (type.kind === 'decimal' && !isShortDecimal(type))
        view.setBigInt64(this.#base + RESULT_HIGH, value >> 64n, true)
    } else if (type.kind === 'float') view.setFloat32(at, value as number, true)
    else if (type.kind === 'double') view.setFloat64(at, value as number, true)
    else view.setInt32(at, Number(value), true)
  }

  /** Bytes in the thread's memory, until its batch ends. */
  #copied(bytes: Uint8Array): number {
    const address = this.#kernels.arenaAllocate(bytes.length) >>> 0
    this.#memory.bytes.set(bytes, address)
    return address
  }
}

const unsupported = (type: DataType): MillraceError =>
  new MillraceError('UNSUPPORTED_FEATURE', { feature: `values of type ${typeName(type)} in functions of the host` })
