import { field, STRING, sqlTypeName } from '../../columnar/types.js'
import type { FunctionParameter, FunctionText } from '../../connectors/catalog.js'
import type { FunctionDefinition, FunctionHelp } from '../../planner/analyze/functions/definition.js'
import { functionDefinition, isBuiltIn } from '../../planner/analyze/functions/registry.js'
import type { ProgramFunction } from '../../planner/plan/unresolved/sql-function.js'
import { readQualifiedName } from '../../planner/sql/expressions.js'
import { type NamedFunction, pathOf } from '../catalog/session-functions.js'
import { isColumns } from '../catalog/sql-function.js'
import type { Outcome, StatementKind } from './statement.js'

export interface DescribeFunctionStatement {
  readonly kind: 'describeFunction'
  readonly name: readonly string[]
  readonly isExtended: boolean
}

/** DESCRIBE FUNCTION [EXTENDED]: its arguments, what it does, and examples; of a function in SQL what its statement said. */
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

  run({ name, isExtended }, { catalog }) {
    const isOwn = name.length === 1 && isBuiltIn(name[0]!.toLowerCase())
    const written = isOwn ? undefined : catalog.functions.lookUp(name, catalog.places)
    return rowsOf(written ? writtenLines(written, isExtended) : ownLines(name.at(-1)!.toLowerCase(), isExtended))
  },
}

function rowsOf(lines: readonly string[]): Outcome {
  const rows = lines.map((function_desc) => ({ function_desc }))
  return { kind: 'rows', schema: { fields: [field('function_desc', STRING, false)] }, rows }
}

function ownLines(known: string, isExtended: boolean): readonly string[] {
  const { help, ...arity } = functionDefinition(known)
  const usage = help ? `${known}${help.usage} - ${help.meaning}` : `${known} with ${argumentsOf(arity)}`
  return [`Function: ${known}`, `Usage: ${usage}`, ...(isExtended ? [`Extended Usage:${examplesOf(help)}`] : [])]
}

/** The lines of a function in SQL: a word, and what it is, perhaps in several lines. */
function writtenLines(written: NamedFunction, isExtended: boolean): readonly string[] {
  if (written.kind === 'user') return userLines(written.name, written.written)
  const { text } = written
  const { returns } = text
  const parts: readonly (readonly [word: string, lines: readonly string[]])[] = [
    ['Function', [pathOf(written).join('.')]],
    ['Type', [isColumns(returns) ? 'TABLE' : 'SCALAR']],
    [
      'Input',
      text.parameters.length === 0 ? ['()'] : text.parameters.map((parameter) => parameterLine(parameter, isExtended)),
    ],
    [
      'Returns',
      isColumns(returns) ? returns.map((column) => parameterLine(column, isExtended)) : [sqlTypeName(returns)],
    ],
    ...(isExtended ? moreParts(text) : []),
  ]
  const width = parts.reduce((widest, [word]) => Math.max(widest, word.length), 0) + 2
  return parts.flatMap(([word, lines]) => lines.map((line, i) => `${i === 0 ? `${word}:` : ''}`.padEnd(width) + line))
}

const PROGRAM_TYPES = { user: 'SCALAR', userAggregate: 'AGGREGATE', userTable: 'TABLE' } as const

/** The lines of a function of the user's program. */
const userLines = (name: string, { kind, returns, function: user }: ProgramFunction): readonly string[] => [
  `Function: ${name}`,
  `Type:     ${PROGRAM_TYPES[kind]}`,
  `Returns:  ${sqlTypeName(returns)}`,
  `Usage:    ${name} with ${argumentsOf({ minArgs: user.least, maxArgs: user.most ?? Number.POSITIVE_INFINITY })}`,
]

function parameterLine({ name, type, comment, defaultText }: FunctionParameter, isExtended: boolean): string {
  const more = [
    ...(defaultText === undefined ? [] : [`DEFAULT ${defaultText}`]),
    ...(comment === undefined ? [] : [`'${comment}'`]),
  ]
  return [name, sqlTypeName(type), ...(isExtended ? more : [])].join(' ')
}

function moreParts({
  comment,
  isDeterministic,
  readsData,
  createdMs,
  body,
}: FunctionText): readonly (readonly [string, readonly string[]])[] {
  return [
    ...(comment === undefined ? [] : [['Comment', [comment]] as const]),
    ...(isDeterministic === undefined ? [] : [['Deterministic', [String(isDeterministic)]] as const]),
    ['Data Access', [readsData ? 'READS SQL DATA' : 'CONTAINS SQL']],
    ['Create Time', [new Date(createdMs).toISOString()]],
    ['Body', [body]],
  ]
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
