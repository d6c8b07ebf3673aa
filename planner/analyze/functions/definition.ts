import type { DataType } from '../../../columnar/types.js'
import type { Origin } from '../../../common/errors/condition.js'
import { MillraceError } from '../../../common/errors/millrace-error.js'
import { attempt, routineCall } from '../../plan/expression/build.js'
import type { Call, Expression } from '../../plan/expression/expression.js'
import type { Routine } from '../../plan/expression/routine.js'
import type { Collating, CollationUse } from '../collations/uses.js'
import type { Printed } from '../printing.js'
import type { NamedParameter } from '../sql-functions/named-arguments.js'
import { expectType } from '../types/coercion.js'

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

/** What is said of a function beside what it resolves to. */
export interface FunctionTraits {
  /** What it does with texts that have collations: where nothing is said, it is refused for them. */
  readonly collations?: CollationUse | Collating
  /** Whether literals among its arguments are printed without the collation that they get from what stands beside them; unless it is said, where it has `plain` collations. */
  readonly leavesLiterals?: boolean
  readonly printed?: Printed
}

/** A scalar function: how many arguments it takes and what it resolves to. Everything that is said of one by its name is said here. */
export interface FunctionDefinition extends FunctionTraits {
  readonly minArgs: number
  readonly maxArgs: number
  /** @throws DATATYPE_MISMATCH.* */
  build(args: readonly Expression[], site: CallSite): Expression
  readonly help?: FunctionHelp
  /** Of a function whose arguments may be given by name: these names, in order. */
  readonly parameters?: readonly NamedParameter[]
  readonly lambdas?: LambdaArguments
}

/** Which arguments of a function may be lambdas, and what these get. */
export interface LambdaArguments {
  /** The position of the first of them; all behind it may be lambdas, too. */
  readonly first: number
  /** What the one at a position gets, of which it may take fewer; `args` are those before it, `parameters` is how many it has. */
  given(args: readonly Expression[], position: number, parameters: number, site: CallSite): readonly LambdaArgument[]
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

/** What scalar functions and aggregates say beside what they resolve to. */
interface SaidBeside {
  readonly collations?: unknown
  readonly leavesLiterals?: boolean
  readonly printed?: Printed
}
const NOTHING: SaidBeside = {}

/** The same function with its help, and what else is said of it. */
export const helped = <D extends object, T extends SaidBeside>(
  usage: string,
  meaning: string,
  examples: FunctionHelp['examples'],
  definition: D,
  traits: T = NOTHING as T,
): D & T & { readonly help: FunctionHelp } => ({ ...definition, ...traits, help: { usage, meaning, examples } })

/** Functions that do the same with collations, but for those that say something else. */
export const collated = <D extends { readonly collations?: unknown }>(
  use: NonNullable<D['collations']>,
  table: Readonly<Record<string, D>>,
): Readonly<Record<string, D>> => mapped(table, (definition) => ({ collations: use, ...definition }))

/** Functions whose names Spark prints in capitals. */
export const printedInCapitals = (table: FunctionTable): FunctionTable =>
  mapped(table, (definition, name) => ({ ...definition, printed: { as: name.toUpperCase(), ...definition.printed } }))

const mapped = <D>(table: Readonly<Record<string, D>>, of: (definition: D, name: string) => D): Record<string, D> =>
  Object.fromEntries(Object.entries(table).map(([name, definition]) => [name, of(definition, name)]))

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
