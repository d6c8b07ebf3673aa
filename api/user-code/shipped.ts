import { serialize } from 'node:v8'
import { digestOf } from '../../common/digest.js'
import { MillraceError } from '../../common/errors/millrace-error.js'
import {
  AGGREGATOR_PARTS,
  type AggregatorCode,
  type AggregatorPart,
  type ModuleCode,
  type SourceCode,
  type UserFunction,
} from '../../planner/plan/expression/user-function.js'
import type { AggregateUserFunction } from '../../planner/plan/unresolved/sql-function.js'
import type { AnyClass, AnyFunction } from './any-function.js'
import { type ParsedFunction, parseClass, parseFunction } from './parse-function.js'
import { sourcePlace } from './source-place.js'

/** Where the code of a function comes from. Without options it is its own text, which names nothing from around it. */
export interface CodeOptions {
  /** What messages call it; the name of the function unless told. */
  readonly name?: string
  /** What its text names that it does not define: data, and functions that name nothing themselves. */
  readonly values?: Readonly<Record<string, unknown>>
  /** `import.meta.url` of the module that exports it: it is imported where it runs, with all that it imports. */
  readonly module?: string | URL
}

/**
 * A function in the form in which it goes to other threads and processes.
 * @param entry the method of the API that the user called
 * @throws UDF_FREE_VARIABLES, UNSUPPORTED_UDF_SOURCE, INVALID_API_USE
 */
export function shipped(
  fn: AnyFunction,
  options: CodeOptions,
  isDeterministic: boolean,
  entry: AnyFunction,
  form?: UserFunction['form'],
): UserFunction {
  if (typeof fn !== 'function') throw new MillraceError('INVALID_API_USE', { reason: 'a function is wanted' })
  checkOptions(options)
  const name = options.name ?? (fn.name || '<lambda>')
  const parsed = parseFunction(fn, name)
  const code =
    options.module === undefined ? sourceCode(name, parsed, options, entry) : exported(name, fn.name, options)
  const { least, most } = parsed
  const id = digestOf(JSON.stringify([name, code, isDeterministic], bytesAsText))
  // Without a vector it cannot know how many values are wanted.
  const fewest = form === 'vectors' ? Math.max(1, least) : least
  const counts = { least: fewest, ...(most === undefined ? {} : { most }) }
  return Object.freeze({ name, id, code, isDeterministic, ...counts, ...(form ? { form } : {}) })
}

/**
 * A class in the same form: where it runs, objects are made of it.
 * @param given names that its text may use beside those of `values`
 * @throws UDF_FREE_VARIABLES, UNSUPPORTED_UDF_SOURCE
 */
export function shippedClass(
  of: AnyClass,
  options: CodeOptions,
  entry: AnyFunction,
  given: readonly string[] = [],
): UserFunction {
  checkOptions(options)
  const name = options.name ?? (of.name || '<class>')
  const { free, ...parsed } = parseClass(of, name)
  const own = { ...parsed, free: free.filter((one) => !given.includes(one)) }
  const code = options.module === undefined ? sourceCode(name, own, options, entry) : exported(name, of.name, options)
  const id = digestOf(JSON.stringify([name, code], bytesAsText))
  return Object.freeze({ name, id, code, isDeterministic: false, least: 0, most: 0 })
}

/** An object of functions as an aggregate. @throws UDF_FREE_VARIABLES, UNSUPPORTED_UDF_SOURCE, INVALID_API_USE */
export function shippedAggregator(
  aggregator: Readonly<Record<AggregatorPart, AnyFunction>>,
  options: CodeOptions,
  isDeterministic: boolean,
  entry: AnyFunction,
): AggregateUserFunction['function'] {
  const missing = AGGREGATOR_PARTS.filter((part) => typeof aggregator[part] !== 'function')
  if (missing.length > 0)
    throw new MillraceError('INVALID_API_USE', { reason: `an aggregate needs the functions ${missing.join(', ')}` })
  checkOptions(options)
  const { name = '<aggregate>' } = options
  const part = (of: AggregatorPart): SourceCode =>
    sourceCode(`${name}.${of}`, parseFunction(aggregator[of], `${name}.${of}`), options, entry)
  const { least, most } = parseFunction(aggregator.reduce, `${name}.reduce`)
  const code: AggregatorCode =
    options.module === undefined
      ? {
          by: 'parts',
          parts: { zero: part('zero'), reduce: part('reduce'), merge: part('merge'), finish: part('finish') },
        }
      : exported(name, options.name, options)
  const id = digestOf(JSON.stringify([name, code, isDeterministic], bytesAsText))
  // The first parameter is the state.
  const fewest = Math.max(0, least - 1)
  const count = most === undefined ? { least: fewest } : { least: fewest, most: Math.max(0, most - 1) }
  return Object.freeze({ name, id, code, isDeterministic, ...count })
}

const OPTIONS = ['name', 'values', 'module', 'deterministic']

/** What is not typed may name others, which would go unheard. */
function checkOptions(options: CodeOptions): void {
  const other = Object.keys(options).find((name) => !OPTIONS.includes(name))
  if (other === undefined) return
  const reason = `functions of the program have no option ${other}; there are ${OPTIONS.join(', ')}`
  throw new MillraceError('INVALID_API_USE', { reason })
}

const bytesAsText = (_: string, value: unknown): unknown =>
  value instanceof Uint8Array ? Buffer.from(value).toString('base64') : value

const unsupported = (name: string, reason: string, cause?: unknown): MillraceError =>
  new MillraceError('UNSUPPORTED_UDF_SOURCE', { functionName: `\`${name}\``, reason }, { cause })

/** @param member the name of the export */
function exported(name: string, member: string | undefined, { module, values }: CodeOptions): ModuleCode {
  const url = String(module)
  if (values) throw unsupported(name, 'values are for functions that are sent as text; a module has its own')
  if (!member)
    throw unsupported(name, 'what a module exports is found by the name of its export, and this one has no name')
  if (isMain(url))
    throw unsupported(
      name,
      'its module is the program, which would run again in each thread; export it from another one',
    )
  return { by: 'module', url, member }
}

const isMain = (url: string): boolean => {
  const [, main] = process.argv
  return main !== undefined && url.startsWith('file:') && new URL(url).pathname === new URL(`file://${main}`).pathname
}

function sourceCode(
  name: string,
  { text, shift, free }: Pick<ParsedFunction, 'text' | 'shift' | 'free'>,
  { values = {} }: CodeOptions,
  entry: AnyFunction,
): SourceCode {
  refuseFree(
    name,
    free.filter((one) => !Object.hasOwn(values, one)),
  )
  const own = Object.entries(values)
  const data = Object.fromEntries(own.filter(([, value]) => typeof value !== 'function'))
  const functions = own.flatMap(([of, value]) =>
    typeof value === 'function' ? [helper(of, value as AnyFunction, entry)] : [],
  )
  return {
    by: 'source',
    text,
    ...(Object.keys(data).length === 0 ? {} : { values: bytesOf(name, data) }),
    ...(functions.length === 0 ? {} : { functions }),
    ...placed(text, shift, entry),
  }
}

function placed(text: string, shift: number, entry: AnyFunction) {
  const place = sourcePlace(text.slice(shift), entry)
  return place ? { place: { ...place, column: place.column - shift } } : {}
}

function helper(name: string, fn: AnyFunction, entry: AnyFunction) {
  const { text, shift, free } = parseFunction(fn, name)
  refuseFree(name, free)
  return { name, text, ...placed(text, shift, entry) }
}

function refuseFree(name: string, free: readonly string[]): void {
  if (free.length === 0) return
  const names = free.map((one) => `\`${one}\``).join(', ')
  throw new MillraceError('UDF_FREE_VARIABLES', { functionName: `\`${name}\``, names, example: free.join(', ') })
}

function bytesOf(name: string, data: Readonly<Record<string, unknown>>): Uint8Array {
  try {
    return Uint8Array.from(serialize(data))
  } catch (error) {
    const reason = `its values cannot be sent: ${error instanceof Error ? error.message : String(error)}`
    throw unsupported(name, reason, error)
  }
}
