import type { DataType } from '../../../columnar/types.js'
import type { Origin } from '../../../common/errors/condition.js'
import { MillraceError } from '../../../common/errors/millrace-error.js'
import { attempt, routineCall } from '../../plan/expression/build.js'
import type { Call, Expression } from '../../plan/expression/expression.js'
import type { Routine } from '../../plan/expression/routine.js'
import { expectType } from '../coercion.js'
import type { NamedParameter } from '../sql-functions/named-arguments.js'

/** A call as it stands in the query, its operands resolved. */
export interface CallSite {
  /** As written, lower case. */
  readonly name: string
  /** The whole call as SQL in quotes, as messages have it. */
  readonly sql: string
  /** An argument as SQL in quotes. */
  argumentSql?(position: number): string | undefined
  readonly origin: Origin | undefined
  /** The names of arguments that are columns or have an alias. */
  readonly argumentNames: readonly (string | undefined)[]
}

/** What `docs/functions.md` and DESCRIBE FUNCTION tell of a function. */
export interface FunctionHelp {
  /** The arguments: `(text, start[, length])`. */
  readonly usage: string
  /** A sentence or two. */
  readonly meaning: string
  /** Expressions, or whole queries, and the text of the value that Spark answers: a test runs each. */
  readonly examples: readonly (readonly [sql: string, result: string])[]
}

/** What a lambda gets for a parameter. */
export type LambdaArgument = Pick<Expression, 'type' | 'nullable'>

/** A scalar function: how many arguments it takes and what it resolves to. Everything that is said of one by its name is said here. */
export interface FunctionDefinition {
  readonly minArgs: number
  readonly maxArgs: number
  /** @throws DATATYPE_MISMATCH.* */
  build(args: readonly Expression[], site: CallSite): Expression
  readonly help?: FunctionHelp
  /** Of a function whose arguments may be given by name: these names, in order. */
  readonly parameters?: readonly NamedParameter[]
  /**
   * Of a function that takes lambdas: what the one at a position gets, of which it may take fewer; `args` are those before it, `parameters` is how many
   * it has.
   */
  lambdas?(args: readonly Expression[], position: number, parameters: number, site: CallSite): readonly LambdaArgument[]
}

export type FunctionTable = Readonly<Record<string, FunctionDefinition>>

export const exactly = (count: number, build: FunctionDefinition['build']): FunctionDefinition => ({
  minArgs: count,
  maxArgs: count,
  build,
})

export const between = (minArgs: number, maxArgs: number, build: FunctionDefinition['build']): FunctionDefinition => ({
  minArgs,
  maxArgs,
  build,
})

/** The same function with NULL where it, or what it is given, raises. */
export const tried = (definition: FunctionDefinition): FunctionDefinition => ({
  ...definition,
  build: (args, site) => attempt(definition.build(args, site)),
})

/** The same function with its help. */
export const helped = <D extends object>(
  usage: string,
  meaning: string,
  examples: FunctionHelp['examples'],
  definition: D,
): D & { readonly help: FunctionHelp } => ({ ...definition, help: { usage, meaning, examples } })

/** What a function that a kernel or the host runs is, beside its operands. */
export type RoutineTraits = Omit<Routine, 'by' | 'name' | 'label'>

/** A function of operands of these types that a kernel runs; those left out at the end have the defaults. */
export const kernel = (
  name: string,
  result: DataType,
  types: readonly DataType[],
  defaults: readonly Expression[] = [],
  traits: RoutineTraits = {},
): FunctionDefinition => routine({ by: 'kernel', name, ...traits }, result, types, defaults)

/** A function that is one instruction of WebAssembly. */
export const instruction = (name: string, result: DataType, types: readonly DataType[]): FunctionDefinition =>
  routine({ by: 'instruction', name }, result, types, [])

const routine = (
  run: Omit<Routine, 'label'>,
  result: DataType,
  types: readonly DataType[],
  defaults: readonly Expression[],
): FunctionDefinition =>
  between(types.length - defaults.length, types.length, (args, site) =>
    routineCall({ ...run, label: site.name }, result, operands(types, args, defaults, site), site.origin),
  )

/** A call of a kernel within what a function resolves to. */
export const kernelCall = (
  name: string,
  type: DataType,
  args: readonly Expression[],
  site: Pick<CallSite, 'name' | 'origin'>,
  traits: RoutineTraits = {},
): Call => routineCall({ by: 'kernel', name, label: site.name, ...traits }, type, args, site.origin)

/** The operands as values of these types. @throws DATATYPE_MISMATCH.UNEXPECTED_INPUT_TYPE */
export const operands = (
  types: readonly DataType[],
  args: readonly Expression[],
  defaults: readonly Expression[],
  site: CallSite,
): readonly Expression[] =>
  types.map((type, i) => {
    const arg = args[i]
    return arg ? expectType(arg, type, i, site) : defaults[i - types.length + defaults.length]!
  })

/** @throws WRONG_NUM_ARGS.WITHOUT_SUGGESTION */
export function checkArity(
  { minArgs, maxArgs }: Pick<FunctionDefinition, 'minArgs' | 'maxArgs'>,
  count: number,
  site: CallSite,
): void {
  if (count >= minArgs && count <= maxArgs) return
  const expectedNum =
    minArgs === maxArgs
      ? String(minArgs)
      : maxArgs === Number.POSITIVE_INFINITY
        ? `> ${minArgs - 1}`
        : `[${Array.from({ length: maxArgs - minArgs + 1 }, (_, i) => minArgs + i).join(', ')}]`
  throw new MillraceError(
    'WRONG_NUM_ARGS.WITHOUT_SUGGESTION',
    { functionName: `\`${site.name}\``, expectedNum, actualNum: count },
    { origin: site.origin },
  )
}
