import { newOptions, newProgram, parse } from 'assemblyscript'
import type { Mutation } from './mutations.js'

/** What an operator of a kernel becomes: a boundary that moves by one, the opposite, or a shift of the other signedness. */
const OPERATORS: Readonly<Record<string, string>> = {
  '<': '<=',
  '<=': '<',
  '>': '>=',
  '>=': '>',
  '==': '!=',
  '!=': '==',
  '&&': '||',
  '||': '&&',
  '+': '-',
  '-': '+',
  '*': '+',
  '+=': '-=',
  '-=': '+=',
  '|=': '=',
  '<<': '>>',
  '>>': '>>>',
  '>>>': '>>',
  '&': '|',
  '|': '&',
  '++': '--',
  '--': '++',
}

/** What a word becomes: the other end of a range, or small numbers that have a sign. */
const WORDS: Readonly<Record<string, string>> = { min: 'max', max: 'min', u8: 'i8', u16: 'i16' }

/** A node as it is looked through: the compiler's own classes are not told apart by name, so their parts say what they are. */
type Tree = { readonly range: { readonly start: number; readonly end: number } } & Readonly<Record<string, unknown>>
type Change = Omit<Mutation, 'line'>

const isNode = (value: unknown): value is Tree =>
  typeof value === 'object' && value !== null && typeof (value as Tree).range?.start === 'number'

const replaced = ({ range }: Tree, text: string): Change => ({ start: range.start, end: range.end, text })

function operatorBetween(start: number, end: number, code: string): Change[] {
  const operator = code.slice(start, end).trim()
  const other = OPERATORS[operator]
  const at = code.indexOf(operator, start)
  return other === undefined ? [] : [{ start: at, end: at + operator.length, text: other }]
}

/** `load<u8>` that becomes `load<i8>`, and `min` that becomes `max`. What is stored has the same bytes. */
function wordsOf(call: Tree): Change[] {
  const called = call['expression'] as Tree
  if (called['text'] === 'store') return []
  const types = (call['typeArguments'] ?? []) as readonly Tree[]
  return [called, ...types].flatMap((node) => {
    const name = (node['text'] ?? (node['name'] as Tree | undefined)?.['identifier']) as string | Tree | undefined
    const text = typeof name === 'string' ? name : (name?.['text'] as string | undefined)
    const other = text === undefined ? undefined : WORDS[text]
    return other === undefined ? [] : [replaced(node, other)]
  })
}

function changesOf(node: Tree, code: string): readonly Change[] {
  const { left, right, operator, operand, condition, expression, args, value } = node
  const { start, end } = node.range
  if (isNode(left) && isNode(right)) return operatorBetween(left.range.end, right.range.start, code)
  if (operator !== undefined && isNode(operand)) {
    const before = operand.range.start > start
    const [from, to] = before ? [start, operand.range.start] : [operand.range.end, end]
    return code.slice(from, to).trim() === '!' ? [{ start: from, end: to, text: '' }] : operatorBetween(from, to, code)
  }
  // A guard that is not there, or a branch that is never taken.
  if (isNode(condition) && isNode(node['ifTrue'])) return [replaced(condition, 'false')]
  if (isNode(condition) && isNode(node['ifThen']))
    return [replaced(condition, `!(${code.slice(condition.range.start, condition.range.end)})`)]
  if (Array.isArray(args) && isNode(expression)) return wordsOf(node)
  // A store, a release or a copy that is left out: a call that is a statement.
  if (isNode(expression) && Array.isArray(expression['args']) && start === expression.range.start)
    return [replaced(node, ';')]
  if (node['literalKind'] === undefined || !/^\d+$/.test(code.slice(start, end)) || value === undefined) return []
  return [replaced(node, String(BigInt(code.slice(start, end)) + 1n))]
}

function statementsOf(code: string): readonly Tree[] {
  const program = newProgram(newOptions())
  parse(program, code, 'kernel', true)
  const sources = program.sources as unknown as readonly {
    readonly internalPath: string
    readonly statements: Tree[]
  }[]
  return sources.find((source) => source.internalPath === 'kernel')!.statements
}

/** Imports and constants of a file stay: another layout would be other code on the side of the host. */
const isFunction = (statement: Tree): boolean => isNode(statement['body'])

/** All that may be changed in a file of kernels. */
export function kernelMutationsOf(code: string): readonly Mutation[] {
  const changes: Change[] = []
  const seen = new Set<Tree>()
  const open: Tree[] = statementsOf(code)
    .filter(isFunction)
    .map((each) => each['body'] as Tree)
  for (let node = open.pop(); node !== undefined; node = open.pop()) {
    if (seen.has(node)) continue
    seen.add(node)
    changes.push(...changesOf(node, code))
    for (const [name, part] of Object.entries(node)) {
      if (name === 'range') continue
      const children = (Array.isArray(part) ? part : [part]) as readonly unknown[]
      for (const child of children) if (isNode(child)) open.push(child)
    }
  }
  return changes
    .toSorted((a, b) => a.start - b.start || a.end - b.end)
    .map((change) => ({ ...change, line: code.slice(0, change.start).split('\n').length }))
}
