import { deserialize } from 'node:v8'
import { constants, Script } from 'node:vm'
import { MillraceError } from '../../common/errors/millrace-error.js'
import type { SourcePlace, UserCode, UserFunction } from '../../planner/plan/expression/user-function.js'

/** A function of the user, ready to be called. */
export type LoadedFunction = (...args: readonly unknown[]) => unknown

type Source = Extract<UserCode, { by: 'source' }>

/** As many functions as a thread keeps; more than these are loaded again. */
const MOST_KEPT = 256

const kept = new Map<string, LoadedFunction>()

/** Loads a function, unless the thread has it. @throws CANNOT_LOAD_USER_FUNCTION */
export async function loadFunction(user: UserFunction): Promise<LoadedFunction> {
  const known = kept.get(user.id)
  if (known) return known
  const loaded = user.code.by === 'source' ? fromSource(user, user.code) : await fromModule(user, user.code)
  if (kept.size >= MOST_KEPT) kept.delete(kept.keys().next().value!)
  kept.set(user.id, loaded)
  return loaded
}

const cannotLoad = (name: string, place: string, reason: string, cause?: unknown): MillraceError =>
  new MillraceError('CANNOT_LOAD_USER_FUNCTION', { functionName: `\`${name}\``, place, reason }, { cause })

async function fromModule({ name }: UserFunction, { url, member }: Extract<UserCode, { by: 'module' }>) {
  let members: Readonly<Record<string, unknown>>
  try {
    members = (await import(url)) as typeof members
  } catch (error) {
    throw cannotLoad(name, url, reasonOf(error), error)
  }
  const found = members[member]
  if (typeof found !== 'function') throw cannotLoad(name, url, `it exports no function ${member}`)
  return found as LoadedFunction
}

function reasonOf(error: unknown): string {
  const code = (error as { readonly code?: unknown }).code
  if (code === 'ERR_UNKNOWN_FILE_EXTENSION')
    return 'this Node cannot run TypeScript. Use Node 22.18 or later, start the program with node --import tsx, or compile the module'
  return error instanceof Error ? error.message : String(error)
}

/** Some compilers mark functions with their names by a call of this. */
const COMPILER_HELPERS = { __name: <T>(of: T): T => of }

function fromSource({ name }: UserFunction, { text, values, functions = [], place }: Source): LoadedFunction {
  const declared = values ? (deserialize(values) as Readonly<Record<string, unknown>>) : {}
  try {
    const helpers = functions.map((one) => [one.name, compiled(one.text, one.place, COMPILER_HELPERS)] as const)
    return compiled(text, place, { ...COMPILER_HELPERS, ...declared, ...Object.fromEntries(helpers) })
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
