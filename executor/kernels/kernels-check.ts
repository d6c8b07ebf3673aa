import { MillraceError } from '../../common/errors/millrace-error.js'
import { IMPORT_SIGNATURES, KERNEL_SIGNATURES } from './interface/generated.js'
import { LAYOUT } from './layout.js'
import { constantOf, functionOf, MEMORY, type ModuleInterface, moduleInterface } from './module-interface.js'

/** How many differences an error names. */
const MOST_DIFFERENCES = 5

/** @throws KERNELS_MISMATCH naming in what a module of kernels differs from those that this code was built for */
export function checkKernels(bytes: Uint8Array): void {
  const actual = moduleInterface(bytes)
  const found = [
    ...differences('import', DECLARED.imports, actual.imports),
    ...differences('export', DECLARED.exports, actual.exports),
  ]
  if (found.length === 0) return
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
