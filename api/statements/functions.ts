import { field, STRING } from '../../columnar/types.js'
import { functionArity, functionNames } from '../../planner/analyze/functions/registry.js'
import { readQualifiedName } from '../../planner/sql/expressions.js'
import { nameMatcher, readPattern } from '../../planner/sql/statement-parts.js'
import type { StatementKind } from './statement.js'

export interface ShowFunctionsStatement {
  readonly kind: 'showFunctions'
  readonly pattern?: string
  /** Functions of users, of which there are none. */
  readonly onlyUser: boolean
}

export const showFunctions: StatementKind<ShowFunctionsStatement> = {
  read(tokens) {
    const onlyUser = tokens.accept('SHOW', 'USER', 'FUNCTIONS')
    const isAll = ['SYSTEM', 'ALL'].some((word) => tokens.accept('SHOW', word, 'FUNCTIONS'))
    if (!onlyUser && !isAll && !tokens.accept('SHOW', 'FUNCTIONS')) return undefined
    if (tokens.accept('IN') || tokens.accept('FROM')) readQualifiedName(tokens, 'expected the name of a database')
    const isWord = tokens.peek().kind === 'word' && !tokens.at('LIKE')
    const pattern = isWord ? readQualifiedName(tokens, 'expected a function').at(-1) : readPattern(tokens)
    return { kind: 'showFunctions', onlyUser, ...(pattern === undefined ? {} : { pattern }) }
  },

  run({ pattern, onlyUser }) {
    const isMeant = nameMatcher(pattern)
    const names = onlyUser ? [] : functionNames().filter(isMeant)
    return {
      kind: 'rows',
      schema: { fields: [field('function', STRING, false)] },
      rows: names.map((name) => ({ function: name })),
    }
  },
}

export interface DescribeFunctionStatement {
  readonly kind: 'describeFunction'
  readonly name: readonly string[]
}

/** DESCRIBE FUNCTION: how many arguments it takes. What it does stands in the documentation. */
export const describeFunction: StatementKind<DescribeFunctionStatement> = {
  read(tokens) {
    const isBegun = tokens.at('DESCRIBE', 'FUNCTION') || tokens.at('DESC', 'FUNCTION')
    if (!isBegun || tokens.peek(2).kind === 'end') return undefined
    tokens.next()
    tokens.next()
    tokens.accept('EXTENDED')
    const isName = tokens.peek().kind === 'word' || tokens.peek().kind === 'quoted'
    if (!isName) return { kind: 'describeFunction', name: [tokens.next().text] }
    return { kind: 'describeFunction', name: readQualifiedName(tokens, 'expected the name of a function') }
  },

  run({ name }) {
    const known = name.at(-1)!.toLowerCase()
    const rows = [`Function: ${known}`, `Usage: ${argumentsOf(known)}`].map((function_desc) => ({ function_desc }))
    return { kind: 'rows', schema: { fields: [field('function_desc', STRING, false)] }, rows }
  },
}

/** @throws UNRESOLVED_ROUTINE, UNSUPPORTED_FEATURE */
function argumentsOf(name: string): string {
  const { minArgs, maxArgs } = functionArity(name)
  const count =
    maxArgs === minArgs
      ? `${minArgs}`
      : maxArgs === Number.POSITIVE_INFINITY
        ? `${minArgs} or more`
        : `${minArgs} to ${maxArgs}`
  return `${name} with ${count} ${count === '1' ? 'argument' : 'arguments'}`
}
