import { ByteBuffer } from './byte-buffer.js'
import { FunctionBuilder } from './function-builder.js'
import { type Constant, type FunctionReference, type Global, typeCode, type ValueType } from './types.js'

const FUNCTION_KIND = 0
const MEMORY_KIND = 2
const GLOBAL_KIND = 3
const CONST_OPCODES = { i32: 0x41, i64: 0x42, f32: 0x43, f64: 0x44 } as const

interface ImportedFunction {
  readonly module: string
  readonly name: string
  readonly reference: FunctionReference
}

/**
 * Builds a WebAssembly module: function types, imports, functions, globals and exports. It imports the thread's memory as
 * `env.memory`. Imports may be added while functions are being built: indices are settled by `toBytes`.
 */
export class ModuleBuilder {
  readonly #types: string[] = []
  readonly #typeBytes: Uint8Array[] = []
  readonly #importedFunctions = new Map<string, ImportedFunction>()
  readonly #importedGlobals = new Map<
    string,
    { readonly module: string; readonly name: string; readonly global: Global }
  >()
  readonly #functions: FunctionBuilder[] = []
  readonly #globals: { readonly global: Global; readonly initial: Constant }[] = []
  readonly #exports: { readonly name: string; readonly target: FunctionReference | Global }[] = []

  /** Imports a function, once per module and name. */
  importFunction(
    module: string,
    name: string,
    parameters: readonly ValueType[],
    results: readonly ValueType[],
  ): FunctionReference {
    const key = `${module}.${name}`
    const known = this.#importedFunctions.get(key)
    if (known) return known.reference
    const position = this.#importedFunctions.size
    const reference: FunctionReference = { kind: 'function', origin: 'imported', position, parameters, results }
    this.#importedFunctions.set(key, { module, name, reference })
    return reference
  }

  /** Imports a constant global, once per module and name. */
  importGlobal(module: string, name: string, type: ValueType): Global {
    const key = `${module}.${name}`
    const known = this.#importedGlobals.get(key)
    if (known) return known.global
    const global: Global = { kind: 'global', type, origin: 'imported', position: this.#importedGlobals.size }
    this.#importedGlobals.set(key, { module, name, global })
    return global
  }

  /** Defines a mutable global. */
  global(initial: Constant): Global {
    const global: Global = { kind: 'global', type: initial.type, origin: 'defined', position: this.#globals.length }
    this.#globals.push({ global, initial })
    return global
  }

  /** Starts a function; exported when `exportName` is given. */
  function(parameters: readonly ValueType[], results: readonly ValueType[], exportName?: string): FunctionBuilder {
    const position = this.#functions.length
    const reference: FunctionReference = { kind: 'function', origin: 'defined', position, parameters, results }
    const builder = new FunctionBuilder(reference)
    this.#functions.push(builder)
    if (exportName !== undefined) this.#exports.push({ name: exportName, target: reference })
    return builder
  }

  export(name: string, target: FunctionReference | Global): void {
    this.#exports.push({ name, target })
  }

  toBytes(): Uint8Array {
    const out = new ByteBuffer(4096)
    out.append(Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0))
    const imports = this.#importSection()
    const functionTypes = this.#functions.map((f) => this.#typeIndex(f.reference))
    this.#section(out, 1, this.#typeBytes, (bytes, item) => bytes.append(item))
    this.#section(out, 2, imports, (bytes, item) => bytes.append(item))
    this.#section(out, 3, functionTypes, (bytes, index) => bytes.unsigned(index))
    this.#section(out, 6, this.#globals, (bytes, { global, initial }) => {
      bytes.byte(typeCode(global.type))
      bytes.byte(1)
      writeConstant(bytes, initial)
      bytes.byte(0x0b)
    })
    this.#section(out, 7, this.#exports, (bytes, { name, target }) => {
      bytes.name(name)
      bytes.byte(target.kind === 'function' ? FUNCTION_KIND : GLOBAL_KIND)
      bytes.unsigned(this.#indexOf(target))
    })
    this.#section(out, 10, this.#functions, (bytes, f) => {
      const body = f.finish((target) => this.#indexOf(target))
      bytes.unsigned(body.length)
      bytes.append(body)
    })
    return out.bytes.slice()
  }

  #indexOf(target: FunctionReference | Global): number {
    if (target.origin === 'imported') return target.position
    const imported = target.kind === 'function' ? this.#importedFunctions.size : this.#importedGlobals.size
    return imported + target.position
  }

  #importSection(): readonly Uint8Array[] {
    const memory = new ByteBuffer(32)
    memory.name('env')
    memory.name('memory')
    memory.byte(MEMORY_KIND)
    memory.byte(0)
    memory.unsigned(0)
    const items = [memory.bytes]
    for (const { module, name, reference } of this.#importedFunctions.values()) {
      const item = new ByteBuffer(32)
      item.name(module)
      item.name(name)
      item.byte(FUNCTION_KIND)
      item.unsigned(this.#typeIndex(reference))
      items.push(item.bytes)
    }
    for (const { module, name, global } of this.#importedGlobals.values()) {
      const item = new ByteBuffer(32)
      item.name(module)
      item.name(name)
      item.byte(GLOBAL_KIND)
      item.byte(typeCode(global.type))
      item.byte(0)
      items.push(item.bytes)
    }
    return items
  }

  #typeIndex({ parameters, results }: FunctionReference): number {
    const key = `${parameters.join()}>${results.join()}`
    const known = this.#types.indexOf(key)
    if (known >= 0) return known
    const bytes = new ByteBuffer(16)
    bytes.byte(0x60)
    for (const types of [parameters, results]) {
      bytes.unsigned(types.length)
      for (const type of types) bytes.byte(typeCode(type))
    }
    this.#typeBytes.push(bytes.bytes)
    return this.#types.push(key) - 1
  }

  #section<T>(out: ByteBuffer, id: number, items: readonly T[], write: (bytes: ByteBuffer, item: T) => void): void {
    if (items.length === 0) return
    const content = new ByteBuffer(1024)
    content.unsigned(items.length)
    for (const item of items) write(content, item)
    out.byte(id)
    out.unsigned(content.length)
    out.append(content.bytes)
  }
}

function writeConstant(bytes: ByteBuffer, constant: Constant): void {
  bytes.byte(CONST_OPCODES[constant.type])
  if (constant.type === 'i32') bytes.signed32(constant.value)
  else if (constant.type === 'i64') bytes.signed64(constant.value)
  else if (constant.type === 'f32') bytes.float32(constant.value)
  else bytes.float64(constant.value)
}
