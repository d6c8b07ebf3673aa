import type { Origin } from '../../common/errors/condition.js'
import type { MillraceError } from '../../common/errors/millrace-error.js'
import type { Memory } from '../../connectors/api.js'
import type { LiteralValue } from '../../planner/plan/expression/literal.js'
import type { Kernels } from '../kernels/interface/generated.js'
import { RoutineCalls } from '../routines/call-routine.js'
import { ERROR_DETAIL_OFFSET, ERROR_ROW_OFFSET } from './expression/constant-pool.js'
import type { CompilerContext } from './expression/context.js'
import type { ErrorSites } from './expression/error-sites.js'
import type { HostFunctions } from './host-functions.js'
import type { HostRoutineCall } from './host-routines.js'
import { bindLiterals, type LateConstant, LITERALS_MODULE, type ReadLiteral } from './late-literals.js'

/** A generated module, ready to be instantiated by any thread: what the module cache holds. */
export interface Program {
  readonly module: WebAssembly.Module
  /** What the data area holds at first. */
  readonly constants: Uint8Array
  /** What it imports of the literals of a query. */
  readonly late: readonly LateConstant[]
  readonly errors: ErrorSites
  readonly hostRoutines: readonly HostRoutineCall[]
}

/** A program in a thread's memory. */
export interface ProgramInstance {
  /** Where the data area lies. */
  readonly base: number
  readonly read: ReadLiteral
  /** The exported functions. Those that can raise return a status, 0 for success. */
  readonly exports: Readonly<Record<string, (...args: never[]) => unknown>>
  /** The error a non-zero status stands for. Call it before anything else runs: the text at fault may be in the arena. */
  error(status: number): MillraceError
  /** Where the text of the row lies that raised the last error; undefined where its site does not tell. */
  readonly rowAtFault: number | undefined
  /** Frees the data area. */
  release(): void
}

const LONGEST_DETAIL_BYTES = 256

export function finishProgram(context: CompilerContext): Program {
  return {
    module: new WebAssembly.Module(context.module.toBytes()),
    constants: context.constants.toBytes(),
    late: context.literals.constants,
    errors: context.errors,
    hostRoutines: context.hostRoutines,
  }
}

/**
 * @param memory the thread's memory; `linear` is the WebAssembly object behind it
 * @param literals the values of the query's numbered literals
 * @param origins the places in the query's text, for errors
 * @throws when routines of the host that the program calls are not loaded (`loadRoutines`)
 */
export function instantiateProgram(
  program: Program,
  memory: Memory,
  linear: WebAssembly.Memory,
  kernels: Kernels,
  host: Omit<HostFunctions, 'callRoutine'>,
  literals: readonly LiteralValue[],
  origins: () => readonly Origin[],
): ProgramInstance {
  const { constants, late } = program
  const { read, texts, importsAt } = bindLiterals(late, literals)
  const base = memory.allocate(constants.length + texts.length)
  memory.bytes.set(constants, base)
  memory.bytes.set(texts, base + constants.length)
  const routines = new RoutineCalls(program.hostRoutines, memory, kernels, base)
  const instance = new WebAssembly.Instance(program.module, {
    env: { memory: linear, constants: base },
    [LITERALS_MODULE]: importsAt(base + constants.length),
    kernels,
    host: { ...host, callRoutine: (number: number) => routines.run(number) },
  })
  let rowAtFault: number | undefined
  return {
    base,
    read,
    exports: instance.exports as ProgramInstance['exports'],
    error(status) {
      const { view, bytes } = memory
      const address = view.getUint32(base + ERROR_DETAIL_OFFSET, true)
      const length = Math.min(view.getUint32(base + ERROR_DETAIL_OFFSET + 4, true), LONGEST_DETAIL_BYTES)
      const detail = new TextDecoder().decode(bytes.slice(address, address + length))
      rowAtFault = program.errors.tellsRow(status) ? view.getUint32(base + ERROR_ROW_OFFSET, true) : undefined
      return program.errors.toError(status, detail, origins(), routines.raised)
    },
    get rowAtFault() {
      return rowAtFault
    },
    release: () => memory.release(base),
  }
}
