import { field, STRING } from '../../columnar/types.js'
import type { FunctionDefinition, FunctionHelp } from '../../planner/analyze/functions/definition.js'
import { functionDefinition, functionNames } from '../../planner/analyze/functions/registry.js'
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
  readonly isExtended: boolean
}

/** DESCRIBE FUNCTION [EXTENDED]: its arguments, what it does, and examples. */
export const describeFunction: StatementKind<DescribeFunctionStatement> = {
  read(tokens) {
    const isBegun = tokens.at('DESCRIBE', 'FUNCTION') || tokens.at('DESC', 'FUNCTION')
    if (!isBegun || tokens.peek(2).kind === 'end') return undefined
    tokens.next()
    tokens.next()
    const isExtended = tokens.peek(1).kind !== 'end' && tokens.accept('EXTENDED')
    const isName = tokens.peek().kind === 'word' || tokens.peek().kind === 'quoted'
    const name = isName ? readQualifiedName(tokens, 'expected the name of a function') : [tokens.next().text]
    return { kind: 'describeFunction', name, isExtended }
  },

  run({ name, isExtended }) {
    const known = name.at(-1)!.toLowerCase()
    const { help, ...arity } = functionDefinition(known)
    const usage = help ? `${known}${help.usage} - ${help.meaning}` : `${known} with ${argumentsOf(arity)}`
    const lines = [
      `Function: ${known}`,
      `Usage: ${usage}`,
      ...(isExtended ? [`Extended Usage:${examplesOf(help)}`] : []),
    ]
    const rows = lines.map((function_desc) => ({ function_desc }))
    return { kind: 'rows', schema: { fields: [field('function_desc', STRING, false)] }, rows }
  },
}

function argumentsOf({ minArgs, maxArgs }: Pick<FunctionDefinition, 'minArgs' | 'maxArgs'>): string {
  const count =
    maxArgs === minArgs
      ? `${minArgs}`
      : maxArgs === Number.POSITIVE_INFINITY
        ? `${minArgs} or more`
        : `${minArgs} to ${maxArgs}`
  return `${count} ${count === '1' ? 'argument' : 'arguments'}`
}

/** As Spark sets them: the query behind a mark, then what it gives. */
function examplesOf(help: FunctionHelp | undefined): string {
  if (!help) return '\n    No examples.\n'
  const examples = help.examples.map(([sql, result]) => {
    const isQuery = /^(?:select|with|values|from)\b/i.test(sql)
    return `      > ${isQuery ? '' : 'SELECT '}${sql};\n       ${result}\n`
  })
  return `\n    Examples:\n${examples.join('')}`
}
