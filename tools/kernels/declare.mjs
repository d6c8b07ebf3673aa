// Run by the AssemblyScript compiler after it has read the kernels: writes their interface as TypeScript, from the types that the compiler
// itself gave them. What a kernel takes and returns is thereby said in one place, where the kernel is written.
import { DiagnosticCategory } from 'assemblyscript'
import { Transform } from 'assemblyscript/transform'

const ENTRY = 'executor/kernels/assembly/index'
const TARGET = 'executor/kernels/interface/generated.ts'
const WIDTH = 120

/** How the compiler's types lie in WebAssembly; addresses have 32 bits. */
const VALUE_TYPES = {
  bool: 'i32',
  i32: 'i32',
  u32: 'i32',
  isize: 'i32',
  usize: 'i32',
  i64: 'i64',
  u64: 'i64',
  f32: 'f32',
  f64: 'f64',
  // The address of a text that the compiler hands to `abort`.
  '~lib/string/String | null': 'i32',
}
const hostType = (type) => (type === 'i64' ? 'bigint' : 'number')

function valueType(type, where) {
  const found = VALUE_TYPES[type.toString()]
  if (found === undefined) throw new Error(`${where}: ${type} cannot be passed between kernels and the host`)
  return found
}

/** A function of the program: its name, parameters and result as WebAssembly has them. */
function declared(name, prototype, signature) {
  const where = prototype.internalName
  const names = prototype.functionTypeNode.parameters.map((parameter) => parameter.name.text)
  const result = signature.returnType.toString()
  return {
    name,
    parameters: signature.parameterTypes.map((type, i) => ({ name: names[i], type: valueType(type, where) })),
    results: result === 'void' ? [] : [valueType(signature.returnType, where)],
  }
}

/** All a file exports, by name, that of other files included. */
function exportsOf(file) {
  const all = (file.exportsStar ?? []).flatMap((other) => [...exportsOf(other)])
  return new Map([...all, ...(file.exports ?? [])])
}

const byName = (a, b) => (a.name < b.name ? -1 : 1)

/** One line where it fits, otherwise an item a line, as the formatter lays it out. */
function inLines(indent, before, items, after) {
  const line = `${indent}${before}${items.join(', ')}${after}`
  if (line.length <= WIDTH) return line
  return [`${indent}${before}`, ...items.map((item) => `${indent}  ${item},`), `${indent}${after}`].join('\n')
}

function interfaceOf(functions) {
  return functions.map(({ name, parameters, results }) => {
    const items = parameters.map((parameter) => `${parameter.name}: ${hostType(parameter.type)}`)
    return inLines('  ', `${name}(`, items, `): ${results.map(hostType)[0] ?? 'void'}`)
  })
}

const signaturesOf = (functions) =>
  functions.map(({ name, parameters, results }) => {
    const types = parameters.map(({ type }) => type)
    return `  ${name}: '${[...types, '->', ...results].join(' ')}',`
  })

const sourceOf = (
  kernels,
  imports,
) => `// Written by the build (tools/kernels/declare.mjs) from executor/kernels/assembly.

/** The functions of the kernels module. i32 are numbers, u32 and addresses too: \`>>> 0\` makes them unsigned. */
export type Kernels = {
${interfaceOf(kernels).join('\n')}
}

/** What the module imports from the host besides its memory. */
export type KernelImports = {
${interfaceOf(imports).join('\n')}
}

/** Parameters and result of each function in WebAssembly. */
export const KERNEL_SIGNATURES = {
${signaturesOf(kernels).join('\n')}
} as const

export const IMPORT_SIGNATURES = {
${signaturesOf(imports).join('\n')}
} as const
`

/** What the compiler warns of is mended: nobody reads a warning that comes with each build. It prints them itself. */
function refuseWarnings(diagnostics) {
  const warnings = diagnostics.filter(({ category }) => category === DiagnosticCategory.Warning)
  if (warnings.length > 0) throw new Error(`mend what the compiler warns of in the kernels: ${warnings.length} places`)
}

export default class extends Transform {
  afterCompile() {
    const { program } = this
    refuseWarnings(program.diagnostics)
    const kernels = [...exportsOf(program.filesByName.get(ENTRY))]
      .filter(([, element]) => element.functionTypeNode !== undefined)
      .map(([name, prototype]) => declared(name, prototype, [...prototype.instances.values()][0].signature))
    const imports = [...program.moduleImports.get('env')].map(([name, element]) =>
      declared(name, element.prototype, element.signature),
    )
    this.writeFile(TARGET, sourceOf(kernels.toSorted(byName), imports.toSorted(byName)), '.')
  }
}
