import type { Identifier, Node, Pattern } from 'acorn'

/**
 * The names that a piece of JavaScript uses and does not define, each once, in the order in which they come. Names are looked for in the scopes of functions
 * and blocks; what `var` and functions in blocks declare counts for the whole function.
 */
export function freeVariables(root: Node): readonly string[] {
  const found = new Set<string>()
  visit(root, [], found)
  return [...found]
}

type Scope = Set<string>
type Scopes = readonly Scope[]

const FUNCTIONS: ReadonlySet<string> = new Set(['FunctionDeclaration', 'FunctionExpression', 'ArrowFunctionExpression'])
const BLOCKS: ReadonlySet<string> = new Set([
  'BlockStatement',
  'ForStatement',
  'ForInStatement',
  'ForOfStatement',
  'SwitchStatement',
  'StaticBlock',
])

/** A node with the members of its kind. */
type Open = Node & Readonly<Record<string, unknown>>

function visit(node: Node, scopes: Scopes, found: Set<string>): void {
  const open = node as Open
  if (node.type === 'Identifier') return use((node as Identifier).name, scopes, found)
  if (FUNCTIONS.has(node.type)) return visitFunction(open, scopes, found)
  if (node.type === 'ClassDeclaration' || node.type === 'ClassExpression') {
    const { id } = open as { readonly id?: Identifier | null }
    return visitAll(open, ['superClass', 'body'], [...scopes, new Set(id ? [id.name] : [])], found)
  }
  if (node.type === 'CatchClause') {
    const scope: Scope = new Set()
    if (open.param) namesOf(open.param as Pattern, scope)
    return visitAll(open, ['param', 'body'], [...scopes, scope], found)
  }
  if (BLOCKS.has(node.type)) return visitAll(open, undefined, [...scopes, declaredIn(open)], found)
  visitAll(open, plainMembers(open), scopes, found)
}

function use(name: string, scopes: Scopes, found: Set<string>): void {
  if (!scopes.some((scope) => scope.has(name))) found.add(name)
}

function visitFunction(node: Open, scopes: Scopes, found: Set<string>): void {
  const scope: Scope = new Set()
  const { id, params, body } = node as unknown as { id?: Identifier | null; params: Pattern[]; body: Open }
  if (node.type !== 'ArrowFunctionExpression') scope.add('arguments')
  if (id && node.type === 'FunctionExpression') scope.add(id.name)
  for (const parameter of params) namesOf(parameter, scope)
  hoisted(body, scope)
  visitAll(node, ['params', 'body'], [...scopes, scope], found)
}

/** Members that are expressions: names of properties and labels are none. */
function plainMembers(node: Open): readonly string[] | undefined {
  switch (node.type) {
    case 'MemberExpression':
      return node.computed ? undefined : ['object']
    case 'Property':
    case 'PropertyDefinition':
    case 'MethodDefinition':
      return node.computed ? undefined : ['value']
    case 'LabeledStatement':
      return ['body']
    case 'BreakStatement':
    case 'ContinueStatement':
    case 'MetaProperty':
      return []
    default:
      return undefined
  }
}

function visitAll(node: Open, members: readonly string[] | undefined, scopes: Scopes, found: Set<string>): void {
  for (const member of members ?? Object.keys(node))
    for (const child of nodesIn(node[member])) visit(child, scopes, found)
}

function nodesIn(value: unknown): readonly Node[] {
  if (Array.isArray(value)) return value.flatMap(nodesIn)
  const isNode = typeof value === 'object' && value !== null && typeof (value as Node).type === 'string'
  return isNode ? [value as Node] : []
}

/** What `let`, `const`, classes and functions of a block, or of the head of a loop, declare. */
function declaredIn(block: Open): Scope {
  const scope: Scope = new Set()
  const statements = ['body', 'init', 'left', 'cases'].flatMap((member) => nodesIn(block[member]))
  for (const statement of statements) {
    if (statement.type === 'SwitchCase') for (const one of nodesIn((statement as Open).consequent)) declare(one, scope)
    else declare(statement, scope)
  }
  return scope
}

function declare(statement: Node, scope: Scope): void {
  const { type, declarations, id } = statement as Open & { readonly id?: Identifier }
  if (type === 'VariableDeclaration')
    for (const declaration of nodesIn(declarations)) namesOf((declaration as Open).id as Pattern, scope)
  if ((type === 'FunctionDeclaration' || type === 'ClassDeclaration') && id) scope.add(id.name)
}

/** What `var` declares anywhere in a function, and functions in its blocks. */
function hoisted(node: Node, scope: Scope): void {
  if (node.type === 'VariableDeclaration' && (node as Open).kind === 'var') declare(node, scope)
  if (node.type === 'FunctionDeclaration') return declare(node, scope)
  if (FUNCTIONS.has(node.type) || node.type.startsWith('Class')) return
  for (const member of Object.values(node as Open)) for (const child of nodesIn(member)) hoisted(child, scope)
}

/** The names that a pattern binds. */
function namesOf(pattern: Pattern, scope: Scope): void {
  switch (pattern.type) {
    case 'Identifier':
      scope.add(pattern.name)
      return
    case 'ObjectPattern':
      for (const property of pattern.properties)
        namesOf(property.type === 'RestElement' ? property.argument : property.value, scope)
      return
    case 'ArrayPattern':
      for (const element of pattern.elements) if (element) namesOf(element, scope)
      return
    case 'AssignmentPattern':
      return namesOf(pattern.left, scope)
    case 'RestElement':
      return namesOf(pattern.argument, scope)
    case 'MemberExpression':
      return
  }
}
