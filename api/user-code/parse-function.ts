import { createRequire } from 'node:module'
import type * as Acorn from 'acorn'
import type { ArrowFunctionExpression, ClassExpression, FunctionExpression, Node } from 'acorn'
import { MillraceError } from '../../common/errors/millrace-error.js'
import type { AnyClass, AnyFunction } from './any-function.js'
import { freeVariables } from './free-variables.js'
import { isGlobalEverywhere } from './known-globals.js'

/** A function as it was written. */
export interface ParsedFunction {
  /** An expression: methods get the word `function` before them. */
  readonly text: string
  /** By how much that is longer than what was written. */
  readonly shift: number
  readonly least: number
  readonly most?: number
  /** Names that it takes from around it. */
  readonly free: readonly string[]
}

/** What compilers put around functions within functions, to keep their names. */
const OF_COMPILERS: ReadonlySet<string> = new Set(['__name'])

const METHOD = 'function '

let acorn: typeof Acorn | undefined

/** Loaded with the first function, as most programs have none. */
function parser(): typeof Acorn {
  acorn ??= createRequire(import.meta.url)('acorn') as typeof Acorn
  return acorn
}

/** Reads the text of a function. @throws UNSUPPORTED_UDF_SOURCE for what has none, as functions of Node and bound ones, or is a class */
export function parseFunction(fn: AnyFunction, name: string): ParsedFunction {
  const { node, ...source } = expressionOf(fn, name)
  if (node.type !== 'ArrowFunctionExpression' && node.type !== 'FunctionExpression')
    throw unsupportedSource(name, 'it is a class')
  return { ...source, ...shapeOf(node as ArrowFunctionExpression | FunctionExpression) }
}

/** Reads the text of a class. @throws UNSUPPORTED_UDF_SOURCE */
export function parseClass(of: AnyClass, name: string): Omit<ParsedFunction, 'least' | 'most'> {
  const { node, ...source } = expressionOf(of, name)
  return { ...source, free: freeIn(node as ClassExpression) }
}

const unsupportedSource = (name: string, reason: string): MillraceError =>
  new MillraceError('UNSUPPORTED_UDF_SOURCE', { functionName: `\`${name}\``, reason })

function expressionOf(fn: AnyFunction | AnyClass, name: string) {
  const written = Function.prototype.toString.call(fn)
  if (/\{\s*\[native code\]\s*\}$/.test(written))
    throw unsupportedSource(
      name,
      'it has no source text, as what Node brings and what bind() makes has none; wrap it in a function',
    )
  for (const text of [written, `${METHOD}${written}`]) {
    const node = parsed(text)
    if (node) return { node, text, shift: text.length - written.length }
  }
  throw unsupportedSource(name, 'its text cannot be read on its own')
}

function parsed(text: string): Node | undefined {
  try {
    const node = parser().parseExpressionAt(text, 0, { ecmaVersion: 'latest' })
    return node.end === text.length ? node : undefined
  } catch (error) {
    if (error instanceof SyntaxError) return undefined
    throw error
  }
}

const freeIn = (node: Node): readonly string[] =>
  freeVariables(node).filter((one) => !isGlobalEverywhere(one) && !OF_COMPILERS.has(one))

function shapeOf(node: ArrowFunctionExpression | FunctionExpression) {
  const { params } = node
  const isOpen = params.at(-1)?.type === 'RestElement'
  const optional = params.findIndex(({ type }) => type === 'AssignmentPattern' || type === 'RestElement')
  return {
    least: optional < 0 ? params.length : optional,
    ...(isOpen ? {} : { most: params.length }),
    free: freeIn(node),
  }
}
