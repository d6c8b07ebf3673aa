import { serialize } from 'node:v8'
import { digestOf } from '../../common/digest.js'
import { MillraceError } from '../../common/errors/millrace-error.js'
import type { UserCode, UserFunction } from '../../planner/plan/expression/user-function.js'
import type { AnyFunction } from './any-function.js'
import { type ParsedFunction, parseFunction } from './parse-function.js'
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
): UserFunction {
  if (typeof fn !== 'function') throw new MillraceError('INVALID_API_USE', { reason: 'a function is wanted' })
  const name = options.name ?? (fn.name || '<lambda>')
  const parsed = parseFunction(fn, name)
  const code = options.module === undefined ? sourceCode(name, parsed, options, entry) : moduleCode(fn, name, options)
  const { least, most } = parsed
  const id = digestOf(JSON.stringify([name, code, isDeterministic], bytesAsText))
  return Object.freeze({ name, id, code, isDeterministic, least, ...(most === undefined ? {} : { most }) })
}

const bytesAsText = (_: string, value: unknown): unknown =>
  value instanceof Uint8Array ? Buffer.from(value).toString('base64') : value

const unsupported = (name: string, reason: string, cause?: unknown): MillraceError =>
  new MillraceError('UNSUPPORTED_UDF_SOURCE', { functionName: `\`${name}\``, reason }, { cause })

function moduleCode(fn: AnyFunction, name: string, { module, values }: CodeOptions): UserCode {
  const url = String(module)
  if (values) throw unsupported(name, 'values are for functions that are sent as text; a module has its own')
  if (!fn.name)
    throw unsupported(name, 'a function of a module is found by the name of its export, and this one has no name')
  if (isMain(url))
    throw unsupported(
      name,
      'its module is the program, which would run again in each thread; export it from another one',
    )
  return { by: 'module', url, member: fn.name }
}

const isMain = (url: string): boolean => {
  const [, main] = process.argv
  return main !== undefined && url.startsWith('file:') && new URL(url).pathname === new URL(`file://${main}`).pathname
}

function sourceCode(
  name: string,
  { text, shift, free }: ParsedFunction,
  { values = {} }: CodeOptions,
  entry: AnyFunction,
): UserCode {
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
