import { deserialize } from 'node:v8'
import { constants, Script } from 'node:vm'
import { MillraceError } from '../../common/errors/millrace-error.js'
import { ProcessorBase } from '../../common/processor-base.js'
import {
  AGGREGATOR_PARTS,
  type AggregatorPart,
  type ModuleCode,
  type SourceCode,
  type SourcePlace,
  type UserAggregator,
  type UserFunction,
} from '../../planner/plan/expression/user-function.js'

/** A function of the user, ready to be called. */
export type LoadedFunction = (...args: readonly unknown[]) => unknown

/** Whether it makes objects. */
export const isClass = (loaded: LoadedFunction): boolean => /^class\b/.test(Function.prototype.toString.call(loaded))

/** An aggregate of the user, whose parts are called as its methods. */
export type LoadedAggregator = Readonly<Record<AggregatorPart, LoadedFunction>>

/** As many functions as a thread keeps; more than these are loaded again. */
const MOST_KEPT = 256

const kept = new Map<string, unknown>()

/** Loads what has an id, unless the thread has it. */
async function keptOrLoaded<T>({ id }: Pick<UserFunction, 'id'>, load: () => T | Promise<T>): Promise<T> {
  const known = kept.get(id)
  if (known) return known as T
  const loaded = await load()
  if (kept.size >= MOST_KEPT) kept.delete(kept.keys().next().value!)
  kept.set(id, loaded)
  return loaded
}

/** @throws CANNOT_LOAD_USER_FUNCTION */
export const loadFunction = (user: UserFunction): Promise<LoadedFunction> =>
  keptOrLoaded(user, async () => {
    const { name, code } = user
    if (code.by === 'source') return fromSource(name, code)
    const found = await fromModule(name, code)
    if (typeof found !== 'function') throw cannotLoad(name, code.url, `it exports no function ${code.member}`)
    return found as LoadedFunction
  })

/** @throws CANNOT_LOAD_USER_FUNCTION */
export const loadAggregator = (user: UserAggregator): Promise<LoadedAggregator> =>
  keptOrLoaded(user, async () => {
    const { name, code } = user
    if (code.by === 'parts') {
      const part = (of: AggregatorPart): LoadedFunction => fromSource(`${name}.${of}`, code.parts[of])
      return { zero: part('zero'), reduce: part('reduce'), merge: part('merge'), finish: part('finish') }
    }
    const found = (await fromModule(name, code)) as Partial<LoadedAggregator> | undefined
    const missing = AGGREGATOR_PARTS.filter((part) => typeof found?.[part] !== 'function')
    if (missing.length === 0) return found as LoadedAggregator
    throw cannotLoad(name, code.url, `it exports no ${code.member} with ${missing.join(', ')}`)
  })

const cannotLoad = (name: string, place: string, reason: string, cause?: unknown): MillraceError =>
  new MillraceError('CANNOT_LOAD_USER_FUNCTION', { functionName: `\`${name}\``, place, reason }, { cause })

async function fromModule(name: string, { url, member }: ModuleCode): Promise<unknown> {
  try {
    return ((await import(url)) as Readonly<Record<string, unknown>>)[member]
  } catch (error) {
    throw cannotLoad(name, url, reasonOf(error), error)
  }
}

function reasonOf(error: unknown): string {
  const code = (error as { readonly code?: unknown }).code
  if (code === 'ERR_UNKNOWN_FILE_EXTENSION')
    return 'this Node cannot run TypeScript. Use Node 22.18 or later, start the program with node --import tsx, or compile the module'
  return error instanceof Error ? error.message : String(error)
}

/** Some compilers mark functions with their names by a call of this. */
const COMPILER_HELPERS = { __name: <T>(of: T): T => of }
/** What texts may name that the engine gives them. */
const GIVEN = { ...COMPILER_HELPERS, StatefulProcessor: ProcessorBase }

function fromSource(name: string, { text, values, functions = [], place }: SourceCode): LoadedFunction {
  const declared = values ? (deserialize(values) as Readonly<Record<string, unknown>>) : {}
  try {
    const helpers = functions.map((one) => [one.name, compiled(one.text, one.place, COMPILER_HELPERS)] as const)
    return compiled(text, place, { ...GIVEN, ...declared, ...Object.fromEntries(helpers) })
  } catch (error) {
    throw cannotLoad(name, place?.file ?? 'its text', error instanceof Error ? error.message : String(error), error)
  }
}

/** The function that a text is, in which these names have these values. Its lines count as in the file where it is written. */
function compiled(text: string, place: SourcePlace | undefined, names: Readonly<Record<string, unknown>>) {
  const head = `(function (${Object.keys(names).join(', ')}) { 'use strict'; return (`
  const at = place && { filename: place.file, lineOffset: place.line, columnOffset: place.column - head.length }
  // `import()` in it finds what it does in the file where it is written.
  const importModuleDynamically = constants.USE_MAIN_CONTEXT_DEFAULT_LOADER
  const script = new Script(`${head}${text}\n) })`, { ...at, importModuleDynamically })
  const make = script.runInThisContext() as (...values: readonly unknown[]) => LoadedFunction
  return make(...Object.values(names))
}
