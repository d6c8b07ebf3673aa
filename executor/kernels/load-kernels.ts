import { readFileSync } from 'node:fs'
import { MillraceError } from '../../common/errors/millrace-error.js'
import { ownFile } from '../../common/own-files.js'
import { IMPORT_SIGNATURES, KERNEL_SIGNATURES, type KernelImports, type Kernels } from './interface/generated.js'
import { LAYOUT } from './layout.js'
import { constantOf, functionOf, MEMORY, type ModuleInterface, moduleInterface } from './module-interface.js'

/** How many differences an error names. */
const MOST_DIFFERENCES = 5

let shared: WebAssembly.Module | undefined

/** Makes this thread use a module another thread compiled, instead of compiling its own. */
export function useKernelsModule(module: WebAssembly.Module): void {
  shared = module
}

/** The kernels' module, compiled once and good for every thread of the process. */
export function kernelsModule(): WebAssembly.Module {
  shared ??= compileKernels(readFileSync(new URL(ownFile('executor/kernels/kernels.wasm'))))
  return shared
}

/** @throws KERNELS_MISMATCH when functions, their types or the layouts are others than this code was built for */
export function compileKernels(bytes: Uint8Array<ArrayBuffer>): WebAssembly.Module {
  const module = new WebAssembly.Module(bytes)
  const actual = moduleInterface(bytes)
  const found = [
    ...differences('import', DECLARED.imports, actual.imports),
    ...differences('export', DECLARED.exports, actual.exports),
  ]
  if (found.length === 0) return module
  const named = found.slice(0, MOST_DIFFERENCES).join(', ')
  const rest = found.length > MOST_DIFFERENCES ? ` and ${found.length - MOST_DIFFERENCES} more` : ''
  throw new MillraceError('KERNELS_MISMATCH', { differences: `${named}${rest}` })
}

const functionsOf = (signatures: Readonly<Record<string, string>>, prefix = ''): [string, string][] =>
  Object.entries(signatures).map(([name, signature]) => [`${prefix}${name}`, functionOf(signature)])

const DECLARED: ModuleInterface = {
  imports: new Map([['env.memory', MEMORY], ...functionsOf(IMPORT_SIGNATURES, 'env.')]),
  exports: new Map([
    ...functionsOf(KERNEL_SIGNATURES),
    ...Object.entries(LAYOUT).map(([name, value]): [string, string] => [name, constantOf(value)]),
  ]),
}

function differences(
  what: string,
  declared: ReadonlyMap<string, string>,
  actual: ReadonlyMap<string, string>,
): string[] {
  const names = new Set([...declared.keys(), ...actual.keys()])
  return [...names].flatMap((name) => {
    const [expected, found] = [declared.get(name), actual.get(name)]
    if (expected === found) return []
    if (found === undefined) return [`the ${what} ${name} is missing`]
    if (expected === undefined) return [`the ${what} ${name} is unknown`]
    return [`the ${what} ${name} is ${found} instead of ${expected}`]
  })
}

/** Kernels over a memory; their types are those that `compileKernels` checked. */
export function instantiateKernels(
  module: WebAssembly.Module,
  memory: WebAssembly.Memory,
  imports: KernelImports,
): Kernels {
  return new WebAssembly.Instance(module, { env: { memory, ...imports } }).exports as unknown as Kernels
}
