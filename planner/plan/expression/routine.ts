import type { ConditionName } from '../../../common/errors/catalogue.js'
import type { ErrorParameters } from '../../../common/errors/millrace-error.js'

/**
 * What runs a function that generated code has no instructions for: a kernel, by its export (`executor/kernels/assembly`), or a routine of the
 * host, by its name (`executor/routines`), for what only a library of JavaScript does; a call to the host costs about as much as a hundred
 * instructions, so that what rows need often is a kernel.
 */
export interface Routine {
  readonly by: 'kernel' | 'host'
  readonly name: string
  /** The function as plans print it. */
  readonly label: string
  /** It may answer NULL where no operand is. Of a kernel: it returns a status (see `ROUTINE_NULL` in executor/kernels/interface/text.ts). */
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

/** A condition; parameters may hold the marks of `executor/compiler/expression/error-sites.ts` for the text that the kernel leaves. */
export interface RoutineError {
  readonly condition: ConditionName
  readonly parameters: ErrorParameters
}

/** A text that two routines share when they are the same. */
export const routineText = ({ by, name, errors }: Routine): string =>
  `${by} ${name}${errors ? ` ${JSON.stringify(errors)}` : ''}`
