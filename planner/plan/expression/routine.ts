import type { ConditionName } from '../../../common/errors/catalogue.js'
import type { ErrorParameters } from '../../../common/errors/millrace-error.js'
import type { UserCallee } from './user-function.js'

/**
 * What runs a function: an instruction of WebAssembly, a kernel, by its export (`executor/kernels/assembly`), or a routine of the host, by its name (`executor/routines`), for what only a library of JavaScript does; a call to the host costs about as much as a hundred
 * instructions, so that what rows need often is a kernel.
 */
export interface Routine {
  /**
   * `draw`: a kernel that gives each row of a task something else; analysis makes a column of a `draw` node of the call (planner/analyze/draws.ts).
   * `window`: windows of time, for which analysis makes rows and columns (planner/analyze/time-windows.ts).
   * `user`: a function of the user's program, of which analysis makes a column of an `evaluate` node (planner/analyze/user-calls/evaluated.ts).
   * `file`: what a scan tells of the file of a row; analysis makes a column of it (planner/analyze/sources/input-files.ts).
   */
  readonly by: 'instruction' | 'kernel' | 'host' | 'draw' | 'window' | 'user' | 'file'
  readonly name: string
  /** Of `user`: which. */
  readonly user?: UserCallee
  /** Of a draw in an argument of a function in SQL: the argument has its value before the function is called, so that aggregates may be of it. */
  readonly isArgument?: true
  /** The function as plans print it. */
  readonly label: string
  /** It may answer NULL where no operand is. Of a kernel: its status (`ROUTINE_VALUE` in executor/kernels/interface/text.ts) is then neither that of a value nor among `errors`. */
  readonly givesNull?: true
  /** A routine of the host gets NULLs; without this NULL operands give NULL and it is not called. */
  readonly takesNull?: true
  /** A routine of the host that raises conditions. */
  readonly raises?: true
  /** Whose types a kernel gets before its operands, as addresses of descriptions: of operands that are arrays or maps, or of the result. */
  readonly types?: readonly (number | 'result')[]
  /** What a kernel raises, by its status, in the order of the statuses from `ROUTINE_ERROR` on. */
  readonly errors?: readonly RoutineError[]
}

/** Stands in parameters for the text of the value at fault, which generated code or a kernel leaves. */
export const DETAIL = '\u0000detail'
/** The same without quotes around it; it may stand within a parameter. */
export const DETAIL_TEXT = '\u0000text'

/** The same of details that are two lines, for each of these. */
export const DETAIL_LINES = ['\u0000first', '\u0000second'] as const

/** A condition; parameters may hold these marks and those of `executor/compiler/expression/error-sites.ts`. */
export interface RoutineError {
  readonly condition: ConditionName
  readonly parameters: ErrorParameters
}

/** A text that two routines share when they are the same. */
export const routineText = ({ by, name, errors }: Routine): string =>
  `${by} ${name}${errors ? ` ${JSON.stringify(errors)}` : ''}`
