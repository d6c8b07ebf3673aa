import { type Node, parse } from 'acorn'

/** A small change of a program that means something else: the text from `start` to `end` becomes another one. */
export interface Mutation {
  readonly start: number
  readonly end: number
  readonly text: string
  /** From 1 on. */
  readonly line: number
}

/** What an operator becomes: a boundary that moves by one, or the opposite. */
const OPERATORS: Readonly<Record<string, string>> = {
  '<': '<=',
  '<=': '<',
  '>': '>=',
  '>=': '>',
  '===': '!==',
  '!==': '===',
  '&&': '||',
  '||': '&&',
  '+': '-',
  '-': '+',
  '*': '+',
  '+=': '-=',
  '-=': '+=',
  '++': '--',
  '--': '++',
}

type Find = (node: Tree, code: string) => readonly Omit<Mutation, 'line'>[]
/** A node as it is looked through: whatever else it has. */
type Tree = Node & Readonly<Record<string, unknown>>

const replaced = (node: Node, text: string) => ({ start: node.start, end: node.end, text })

const isText = (node: Tree): boolean =>
  node.type === 'TemplateLiteral' || (node.type === 'Literal' && typeof node['value'] === 'string')

const operatorBetween: Find = (node, code) => {
  const [left, right] = [node['left'] as Tree, node['right'] as Tree]
  const operator = node['operator'] as string
  const other = OPERATORS[operator]
  const start = code.indexOf(operator, left.end)
  if (other === undefined || start < 0 || start >= right.start || isText(left) || isText(right)) return []
  return [{ start, end: start + operator.length, text: other }]
}

/** What can go wrong in a kind of node. */
const FINDS: Readonly<Record<string, Find>> = {
  BinaryExpression: operatorBetween,
  LogicalExpression: operatorBetween,
  AssignmentExpression: operatorBetween,
  UpdateExpression: (node) => {
    const operator = node['operator'] as string
    const start = node['prefix'] === true ? node.start : node.end - operator.length
    return [{ start, end: start + operator.length, text: OPERATORS[operator]! }]
  },
  UnaryExpression: (node) => (node['operator'] === '!' ? [{ start: node.start, end: node.start + 1, text: '' }] : []),
  // A guard that is not there, or a branch that is never taken.
  IfStatement: (node) => [replaced(node['test'] as Tree, 'false')],
  ConditionalExpression: (node, code) => {
    const test = node['test'] as Tree
    return [replaced(test, `!(${code.slice(test.start, test.end)})`)]
  },
  // A release, a count or a message that is left out.
  ExpressionStatement: (node) => {
    const { type } = node['expression'] as Tree
    return ['CallExpression', 'AwaitExpression', 'ChainExpression'].includes(type) ? [replaced(node, ';')] : []
  },
  Literal: (node) => {
    const { value, bigint } = node as { readonly value?: unknown; readonly bigint?: string }
    if (typeof value === 'number') return [replaced(node, String(value + 1))]
    return bigint === undefined ? [] : [replaced(node, `${BigInt(bigint) + 1n}n`)]
  },
  MemberExpression: (node, code) => {
    const text = code.slice(node.start, node.end)
    if (text === 'Math.min') return [replaced(node, 'Math.max')]
    return text === 'Math.max' ? [replaced(node, 'Math.min')] : []
  },
}

/** What is said of an error, and what a module takes from others, is left as it is. */
const LEFT_OUT: ReadonlySet<string> = new Set([
  'ThrowStatement',
  'ImportDeclaration',
  'ImportExpression',
  'TemplateLiteral',
])

/** All that may be changed in a module. */
export function mutationsOf(code: string): readonly Mutation[] {
  const found: Mutation[] = []
  let line = 1
  let at = 0
  const lineOf = (start: number): number => {
    for (; at < start; at++) if (code[at] === '\n') line++
    return line
  }
  const changes: Omit<Mutation, 'line'>[] = []
  const open: Tree[] = [parse(code, { ecmaVersion: 'latest', sourceType: 'module' }) as unknown as Tree]
  for (let node = open.pop(); node !== undefined; node = open.pop()) {
    if (LEFT_OUT.has(node.type)) continue
    changes.push(...(FINDS[node.type]?.(node, code) ?? []))
    for (const value of Object.values(node)) {
      const children = (Array.isArray(value) ? value : [value]) as readonly unknown[]
      for (const child of children) if (isNode(child)) open.push(child)
    }
  }
  for (const change of changes.toSorted((a, b) => a.start - b.start || a.end - b.end))
    found.push({ ...change, line: lineOf(change.start) })
  return found
}

const isNode = (value: unknown): value is Tree =>
  typeof value === 'object' && value !== null && typeof (value as { type?: unknown }).type === 'string'

export const mutated = (code: string, { start, end, text }: Mutation): string =>
  code.slice(0, start) + text + code.slice(end)

/** A mutation as one reads it: the line, and what it becomes. */
export function mutationText(code: string, mutation: Mutation): string {
  const lineIn = (text: string): string => text.split('\n')[mutation.line - 1]!.trim()
  return `${lineIn(code)}\n    → ${lineIn(mutated(code, mutation))}`
}
