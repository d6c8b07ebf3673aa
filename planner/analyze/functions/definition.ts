import type { Origin } from '../../../common/errors/condition.js'
import { MillraceError } from '../../../common/errors/millrace-error.js'
import type { Expression } from '../../plan/expression/expression.js'

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

/** A scalar function: how many arguments it takes and what it resolves to. */
export interface FunctionDefinition {
  readonly minArgs: number
  readonly maxArgs: number
  /** @throws DATATYPE_MISMATCH.* */
  build(args: readonly Expression[], site: CallSite): Expression
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
        : `[${minArgs}, ${maxArgs}]`
  throw new MillraceError(
    'WRONG_NUM_ARGS.WITHOUT_SUGGESTION',
    { functionName: `\`${site.name}\``, expectedNum, actualNum: count },
    { origin: site.origin },
  )
}
